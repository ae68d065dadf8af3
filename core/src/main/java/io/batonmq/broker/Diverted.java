package io.batonmq.broker;

import java.util.ArrayList;
import java.util.List;

/// Where a divert brought copies of a message that was taken over, or where that went because no queue took it.
///
/// @param address name of the address that the divert is at, or that the message was sent to
/// @param divert its name; empty for none
/// @param queues that got one
public record Diverted(String address, String divert, int[] queues) {
  Origins.Place place() {
    return new Origins.Place(address, divert, true);
  }

  static void write(List<Diverted> all, FieldWriter to) {
    to.number(all.size());
    for (Diverted one : all) {
      to.text(one.address);
      to.text(one.divert);
      to.numbers(one.queues);
    }
  }

  static List<Diverted> read(FieldReader from) {
    int count = from.count(3);
    List<Diverted> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new Diverted(from.text(), from.text(), from.numbers()));
    }
    return all;
  }
}
