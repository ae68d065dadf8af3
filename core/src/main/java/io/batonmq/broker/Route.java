package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a message goes: to queues of the address that it was sent to, and by diverts to others. Each queue
/// stands here once, however many ways lead to it: it gets the message once, by the first of them.
public final class Route {
  private List<LiveQueue> queues = new ArrayList<>(1);

  /// Where it was diverted from, for those queues that it was diverted to.
  private Map<LiveQueue, Origins.Place> places = Map.of();

  private boolean diverted;
  private @Nullable Refusal refusal;

  /// The client id of who sent it, if its address keeps it for those who come later.
  private @Nullable String remembered;

  Route() {}

  /// @param found queues that are not here yet
  /// @param from null for queues that it was sent to
  void add(List<LiveQueue> found, Origins.@Nullable Place from) {
    queues.addAll(found);
    if (from == null || found.isEmpty()) {
      return;
    }
    if (places.isEmpty()) {
      places = new LinkedHashMap<>();
    }
    found.forEach(queue -> places.put(queue, from));
  }

  /// An exclusive divert at the address that it was sent to has taken it.
  void divert() {
    diverted = true;
  }

  void refuse(Refusal newRefusal) {
    refusal = newRefusal;
  }

  /// Why the message is not to be taken over, wherever else it might have gone; null if it is.
  public @Nullable Refusal refusal() {
    return refusal;
  }

  /// Whether an exclusive divert at the address that it was sent to has taken it.
  boolean diverted() {
    return diverted;
  }

  /// Its address keeps it for those who come later.
  ///
  /// @param client the client id of its sender; empty if it is not known
  void remember(String client) {
    remembered = client;
  }

  /// The client id of its sender; null if its address does not keep it for those who come later.
  @Nullable String remembered() {
    return remembered;
  }

  /// Whether nobody gets it, now or later.
  public boolean leadsNowhere() {
    return queues.isEmpty() && remembered == null;
  }

  public boolean isEmpty() {
    return queues.isEmpty();
  }

  /// How many queues get it.
  public int size() {
    return queues.size();
  }

  List<LiveQueue> queues() {
    return queues;
  }

  /// Whether any queue gets it that it was sent to.
  public boolean stays() {
    return places.size() < queues.size();
  }

  /// Only those get it that it was diverted to.
  public void leave() {
    queues = new ArrayList<>(places.keySet());
    remembered = null;
  }

  Map<LiveQueue, Origins.Place> places() {
    return places;
  }

  /// Where it was diverted from on its way to a queue; null if it was not.
  Origins.@Nullable Place place(LiveQueue queue) {
    return places.get(queue);
  }

  /// Of some of the queues, those that it was not diverted to, by their numbers.
  int[] straight(List<LiveQueue> some) {
    KeyList ids = new KeyList();
    for (LiveQueue queue : some) {
      if (!places.containsKey(queue)) {
        ids.add(queue.queue().id());
      }
    }
    return numbers(ids);
  }

  /// Of some of the queues, those that it was diverted to.
  List<Diverted> diverted(List<LiveQueue> some) {
    if (places.isEmpty()) {
      return List.of();
    }
    Map<Origins.Place, KeyList> byPlace = new LinkedHashMap<>();
    for (LiveQueue queue : some) {
      Origins.Place place = places.get(queue);
      if (place != null) {
        byPlace.computeIfAbsent(place, _ -> new KeyList()).add(queue.queue().id());
      }
    }
    List<Diverted> all = new ArrayList<>();
    byPlace.forEach(
        (place, ids) -> all.add(new Diverted(place.address(), place.queue(), numbers(ids))));
    return List.copyOf(all);
  }

  /// What the names of diverts take in a record, at most.
  long textBytes() {
    Set<Origins.Place> all = new LinkedHashSet<>(places.values());
    long bytes = 0;
    for (Origins.Place place : all) {
      bytes += 32 + 3L * (place.address().length() + place.queue().length());
    }
    return bytes;
  }

  private static int[] numbers(KeyList ids) {
    int[] numbers = new int[ids.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (int) ids.get(i);
    }
    return numbers;
  }
}
