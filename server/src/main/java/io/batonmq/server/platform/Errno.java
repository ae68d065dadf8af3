package io.batonmq.server.platform;

import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;

/// Error numbers of Linux, the same on every architecture that [Posix] serves.
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int EFBIG = 27;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int ENAMETOOLONG = 36;
  static final int ENOLCK = 37;
  static final int ENOTEMPTY = 39;
  static final int ELOOP = 40;
  static final int EOPNOTSUPP = 95;
  static final int ETIMEDOUT = 110;
  static final int EHOSTDOWN = 112;
  static final int EHOSTUNREACH = 113;
  static final int ESTALE = 116;
  static final int EDQUOT = 122;

  private Errno() {}

  static Kind kind(int errno) {
    return switch (errno) {
      case ENOENT, ENOTDIR -> Kind.MISSING;
      case ESTALE -> Kind.STALE;
      case ENOSPC, EDQUOT -> Kind.NO_SPACE;
      case EPERM, EACCES, EROFS -> Kind.DENIED;
      default -> Kind.IO;
    };
  }

  /// @param result of a call of [Posix]: negative, the error number negated
  static StorageException failure(String what, Object path, long result) {
    int errno = (int) -result;
    return new StorageException(
        kind(errno), what + " " + path + ": " + words(errno) + "errno " + errno);
  }

  /// What people know an error as, where that helps them.
  private static String words(int errno) {
    return switch (errno) {
      case ENOENT -> "it is not there, ";
      case EEXIST -> "it is there already, ";
      case ENOTDIR -> "a file stands where a folder should, ";
      case EISDIR -> "it is a folder, ";
      case EAGAIN -> "somebody else has it, ";
      case EBUSY -> "in use, ";
      case EINVAL -> "this file system cannot do that, ";
      case ENOTEMPTY -> "the folder is not empty, ";
      case ENODEV, ENXIO -> "the disk is gone, ";
      case ENAMETOOLONG -> "the name is too long, ";
      case ENFILE, EMFILE -> "too many files are open, ";
      case EFBIG -> "the file would be too large, ";
      case ELOOP -> "links lead in a circle, ";
      case ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH -> "the file server does not answer, ";
      case EPERM, EACCES -> "not permitted, ";
      case EIO -> "the disk fails, ";
      case ENOSPC -> "no space left on the disk, ";
      case EROFS -> "the disk is mounted read-only, ";
      case EDQUOT -> "the quota is used up, ";
      case ENOLCK, EOPNOTSUPP -> "no locks on this mount, ";
      case ESTALE -> "removed or replaced on the file server, ";
      default -> "";
    };
  }
}
