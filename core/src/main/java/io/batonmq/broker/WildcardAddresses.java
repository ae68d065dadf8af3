package io.batonmq.broker;

import io.batonmq.message.Wildcards;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The addresses whose names are patterns, as a tree of words, so that those that match a name are found
/// without a look at the others. What was found is kept for the names that were asked for lately, until an
/// address with a pattern comes or goes.
final class WildcardAddresses {
  /// Addresses that are kept in memory as what was found, in all; beyond it what was not asked for the longest
  /// time is forgotten.
  static final int KEPT_MAX = 100_000;

  private final Wildcards syntax;
  private final Node root = new Node(false);
  private int count;

  private final LinkedHashMap<LiveAddress, List<LiveAddress>> kept =
      new LinkedHashMap<>(16, 0.75f, true);
  private int keptSize;

  private static final class Node {
    /// Whether the word that leads here stands for any number of words.
    final boolean repeats;

    /// A pattern ends here. `a.#.#` is the same as `a.#`, so there may be several.
    final List<LiveAddress> ends = new ArrayList<>();

    final Map<String, Node> words = new LinkedHashMap<>();

    /// What follows a word that stands for one word, or for any number of them.
    @Nullable Node single;

    @Nullable Node any;

    Node(boolean repeats) {
      this.repeats = repeats;
    }

    boolean isEmpty() {
      return ends.isEmpty() && words.isEmpty() && single == null && any == null;
    }
  }

  WildcardAddresses(Wildcards syntax) {
    this.syntax = syntax;
  }

  void add(LiveAddress address) {
    String name = address.address().name();
    if (!syntax.routing() || !syntax.pattern(name)) {
      return;
    }
    Node node = root;
    for (String word : path(name)) {
      Node next = next(node, word);
      if (next == null) {
        next = new Node(syntax.any(word));
        put(node, word, next);
      }
      node = next;
    }
    node.ends.add(address);
    count++;
    forget();
  }

  void remove(LiveAddress address) {
    drop(address);
    String name = address.address().name();
    if (!syntax.routing() || !syntax.pattern(name)) {
      return;
    }
    List<String> path = path(name);
    List<Node> nodes = new ArrayList<>();
    Node node = root;
    for (String word : path) {
      nodes.add(node);
      Node next = next(node, word);
      if (next == null) {
        throw new IllegalStateException("no address " + name);
      }
      node = next;
    }
    node.ends.remove(address);
    for (int i = path.size() - 1; i >= 0 && node.isEmpty(); i--) {
      node = nodes.get(i);
      put(node, path.get(i), null);
    }
    count--;
    forget();
  }

  /// The addresses with patterns that match another one. None of one that has a pattern itself, and none of a
  /// temporary one: what is sent there is its connection's own.
  List<LiveAddress> matching(LiveAddress address) {
    if (count == 0 || !address.address().durable()) {
      return List.of();
    }
    List<LiveAddress> known = kept.get(address);
    if (known != null) {
      return known;
    }
    String name = address.address().name();
    List<LiveAddress> found = syntax.pattern(name) ? List.of() : find(name);
    kept.put(address, found);
    keptSize += 1 + found.size();
    Iterator<List<LiveAddress>> oldest = kept.values().iterator();
    while (keptSize > KEPT_MAX && kept.size() > 1) {
      keptSize -= 1 + oldest.next().size();
      oldest.remove();
    }
    return found;
  }

  /// How much is kept; see [#KEPT_MAX].
  int keptSize() {
    return keptSize;
  }

  private List<LiveAddress> find(String name) {
    Set<Node> here = new LinkedHashSet<>();
    arrive(root, here);
    for (String word : syntax.words(name)) {
      Set<Node> next = new LinkedHashSet<>();
      for (Node node : here) {
        arrive(node.words.get(word), next);
        arrive(node.single, next);
        if (node.repeats) {
          arrive(node, next);
        }
      }
      here = next;
    }
    List<LiveAddress> found = new ArrayList<>();
    here.forEach(node -> found.addAll(node.ends));
    return List.copyOf(found);
  }

  /// At a node one is at the one behind a word for no words too.
  private static void arrive(@Nullable Node node, Set<Node> at) {
    if (node != null) {
      at.add(node);
      if (node.any != null) {
        at.add(node.any);
      }
    }
  }

  /// The words of a pattern. Several that stand for any number of words, one after the other, are one.
  private List<String> path(String name) {
    List<String> path = new ArrayList<>();
    for (String word : syntax.words(name)) {
      if (path.isEmpty() || !syntax.any(word) || !syntax.any(path.getLast())) {
        path.add(word);
      }
    }
    return path;
  }

  private @Nullable Node next(Node node, String word) {
    return syntax.any(word) ? node.any : syntax.single(word) ? node.single : node.words.get(word);
  }

  private void put(Node node, String word, @Nullable Node next) {
    if (syntax.any(word)) {
      node.any = next;
    } else if (syntax.single(word)) {
      node.single = next;
    } else if (next == null) {
      node.words.remove(word);
    } else {
      node.words.put(word, next);
    }
  }

  private void drop(LiveAddress address) {
    List<LiveAddress> gone = kept.remove(address);
    if (gone != null) {
      keptSize -= 1 + gone.size();
    }
  }

  private void forget() {
    kept.clear();
    keptSize = 0;
  }
}
