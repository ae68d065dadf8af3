package io.batonmq.mirror;

/// Which files of a store are kept by every node, and which are each node's own.
final class Paths {
  private static final String PRESENCE = "presence/";
  private static final String TENURE = "epoch-";

  private Paths() {}

  /// Whether a directory is kept by every node.
  static boolean directory(String path) {
    return sound(path)
        && path.indexOf('/') < 0
        && (path.equals("register") || path.equals("snapshots") || path.startsWith(TENURE));
  }

  /// Whether a file is kept by every node: those of the register, of the tenures and the snapshots, but for what has
  /// no name of its own yet.
  static boolean file(String path) {
    int slash = path.indexOf('/');
    return slash > 0
        && directory(path.substring(0, slash))
        && sound(path.substring(slash + 1))
        && path.indexOf('/', slash + 1) < 0
        && !unnamed(path.substring(slash + 1));
  }

  private static boolean unnamed(String name) {
    return name.startsWith("tmp-") || name.startsWith("spare-") || name.startsWith("rewriting-");
  }

  /// Whether a file tells of a node.
  static boolean presence(String path) {
    return path.startsWith(PRESENCE) && sound(path.substring(PRESENCE.length()));
  }

  /// Whether it is the lock of a tenure.
  static boolean lock(String path) {
    return path.startsWith(TENURE) && path.endsWith("/lock");
  }

  /// The name of a file of this node's own while it is being received.
  static String unnamed(String path, long number) {
    int slash = path.indexOf('/');
    return path.substring(0, slash + 1) + "tmp-received-" + number;
  }

  static String directoryOf(String path) {
    return path.substring(0, Math.max(0, path.indexOf('/')));
  }

  /// Letters, digits, and `-`, `_`, `.`, not first; what leads to nowhere else.
  static boolean sound(String name) {
    if (name.isEmpty() || name.length() > 200 || name.charAt(0) == '.') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }
}
