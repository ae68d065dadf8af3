package io.batonmq.session;

import org.jspecify.annotations.Nullable;

/// Names of addresses and queues: what they may look like, and how a queue is named with its address.
final class Names {
  private static final String SEPARATOR = "::";

  private Names() {}

  /// Why a name cannot be one; null if it can.
  static @Nullable String fault(String name, int max) {
    if (name.isEmpty()) {
      return "a name is empty";
    }
    if (name.length() > max) {
      return "a name has " + name.length() + " characters, more than " + max;
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        return "a name has a control character at index " + i;
      }
    }
    return null;
  }

  /// The address of `address::queue`, or the whole.
  static String address(String name) {
    int at = name.indexOf(SEPARATOR);
    return at < 0 ? name : name.substring(0, at);
  }

  /// The queue of `address::queue`, or null.
  static @Nullable String queue(String name) {
    int at = name.indexOf(SEPARATOR);
    return at < 0 ? null : name.substring(at + SEPARATOR.length());
  }

  static String join(String address, String queue) {
    return address.equals(queue) ? address : address + SEPARATOR + queue;
  }

  /// The queue that keeps a subscription. Dots inside the parts are escaped, so that no two
  /// subscriptions have one queue.
  static String subscription(Source.Kind.Subscription subscription) {
    StringBuilder name = new StringBuilder();
    if (!subscription.clientId().isEmpty()) {
      escape(subscription.clientId(), name);
      name.append('.');
    }
    escape(subscription.name(), name);
    if (!subscription.durable()) {
      name.append(subscription.shared() ? ":shared-volatile" : ":nonshared-volatile");
    }
    if (subscription.clientId().isEmpty()) {
      name.append(":global");
    }
    return name.toString();
  }

  private static void escape(String part, StringBuilder into) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '.' || c == '\\' || c == ':') {
        into.append('\\');
      }
      into.append(c);
    }
  }
}
