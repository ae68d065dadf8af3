package io.batonmq.mirror;

import io.batonmq.log.DamagedException;
import io.batonmq.log.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the arbiter of a replicated pair knows: who is active, and which nodes have every confirmed record.
///
/// @param version 1, 2, … : one more with each change
/// @param epoch one more each time that a node becomes active
/// @param active id of the node that is, or was last
/// @param inSync ids of the nodes that have all that was ever confirmed; the active is one of them. Nobody else may
///     become active
/// @param addresses `host:port` by which the active is reached
/// @param stamp unique for each change: whoever got no answer knows its own change by it
public record Reign(
    long version,
    long epoch,
    String active,
    SortedSet<String> inSync,
    List<String> addresses,
    String stamp) {
  /// Before anybody was active.
  public static final Reign NONE = new Reign(0, 0, "", new TreeSet<>(), List.of(), "");

  /// Most nodes of one set.
  public static final int NODES_MAX = 16;

  public Reign {
    inSync = new TreeSet<>(inSync);
    addresses = List.copyOf(addresses);
    if (version > 0 && !inSync.contains(active)) {
      throw new IllegalArgumentException("the active node is in sync with itself");
    }
  }

  /// Another node, or the same one again, becomes active, and is the only one in sync.
  public Reign taken(String by, List<String> reachedAt, String newStamp) {
    return new Reign(version + 1, epoch + 1, by, new TreeSet<>(List.of(by)), reachedAt, newStamp);
  }

  /// A node has all that is confirmed, and is waited for from before this is known on.
  public Reign with(String node, String newStamp) {
    SortedSet<String> more = new TreeSet<>(inSync);
    more.add(node);
    return new Reign(version + 1, epoch, active, more, addresses, newStamp);
  }

  /// A node is waited for no more from after this is known on.
  public Reign without(String node, String newStamp) {
    SortedSet<String> fewer = new TreeSet<>(inSync);
    fewer.remove(node);
    return new Reign(version + 1, epoch, active, fewer, addresses, newStamp);
  }

  /// As lines.
  public Facts facts() {
    return Facts.of(
        "baton-reign", "1",
        "version", Long.toString(version),
        "epoch", Long.toString(epoch),
        "active", active,
        "in-sync", String.join(",", inSync),
        "addresses", String.join(",", addresses),
        "stamp", stamp);
  }

  /// From lines.
  ///
  /// @throws DamagedException if they are not those of a reign
  public static Reign of(Facts facts) {
    if (!facts.get("baton-reign").equals("1")) {
      throw new DamagedException("the arbiter's entry is of another version");
    }
    try {
      return new Reign(
          facts.number("version"),
          facts.number("epoch"),
          facts.get("active"),
          new TreeSet<>(list(facts.get("in-sync"))),
          list(facts.get("addresses", "")),
          facts.get("stamp"));
    } catch (IllegalArgumentException e) {
      throw new DamagedException("the arbiter's entry is not sound: " + e.getMessage());
    }
  }

  private static List<String> list(String listed) {
    List<String> items = new ArrayList<>();
    int from = 0;
    while (from < listed.length()) {
      int comma = listed.indexOf(',', from);
      int to = comma < 0 ? listed.length() : comma;
      items.add(listed.substring(from, to));
      from = to + 1;
    }
    return items;
  }
}
