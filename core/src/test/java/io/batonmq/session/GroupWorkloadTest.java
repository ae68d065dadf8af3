package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.QueueSettings;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Consumers come and go, fail, give back and settle as chance has it. A message of a group is given only while
/// every earlier one of that group is settled, or out with the same consumer.
class GroupWorkloadTest {
  private static final int GROUPS = 4;
  private static final int STEPS = 400;

  private TestBroker broker = new TestBroker();
  private TestPeer peer = broker.connect();
  private final List<Integer> links = new ArrayList<>();

  /// Messages that are not settled, by group and number; the link that has it, 0 for none.
  private final List<TreeMap<Integer, Integer>> unsettled = new ArrayList<>();

  /// What each link has, by delivery.
  private final Map<Integer, TreeMap<Long, String>> out = new HashMap<>();

  private int heard;
  private int given;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 40);
  }

  private void start(Random random) {
    var settings =
        new QueueSettings.Overrides(
            null,
            null,
            random.nextInt(4) == 0 ? 2 : -1,
            random.nextBoolean(),
            random.nextBoolean(),
            null,
            null,
            null);
    var always =
        new AddressSettings.Overrides(null, null, -1, null, null, null, null, null, null, null);
    broker = new TestBroker(TestSettings.rule(always.with(settings)));
    peer = broker.connect();
    for (int group = 0; group < GROUPS; group++) {
      unsettled.add(new TreeMap<>());
    }
  }

  /// Looks at every delivery that was made since the last time.
  private void look() {
    broker.rest();
    for (; heard < peer.heard.size(); heard++) {
      if (peer.heard.get(heard) instanceof Output.Delivered delivered) {
        String body = TestPeer.body(delivered.message());
        given++;
        int group = group(body);
        if (group < GROUPS) {
          TreeMap<Integer, Integer> messages = unsettled.get(group);
          messages
              .headMap(number(body))
              .forEach((earlier, with) ->
                  assertThat(with)
                      .as(body + " goes to " + delivered.link() + ", and who has " + earlier + "?")
                      .isEqualTo(delivered.link()));
          messages.put(number(body), delivered.link());
        }
        out.computeIfAbsent(delivered.link(), _ -> new TreeMap<>()).put(delivered.delivery(), body);
      }
    }
  }

  private static int group(String body) {
    return Integer.parseInt(body.substring(0, body.indexOf(':')));
  }

  private static int number(String body) {
    return Integer.parseInt(body.substring(body.indexOf(':') + 1));
  }

  private void back(String body, boolean settled) {
    if (group(body) < GROUPS) {
      TreeMap<Integer, Integer> messages = unsettled.get(group(body));
      if (settled) {
        messages.remove(number(body));
      } else {
        messages.put(number(body), 0);
      }
    }
  }

  private void settle(Random random, int link) {
    TreeMap<Long, String> has = out.getOrDefault(link, new TreeMap<>());
    if (has.isEmpty()) {
      return;
    }
    Disposition disposition =
        switch (random.nextInt(8)) {
          case 0 -> Disposition.RELEASED;
          case 1 -> Disposition.FAILED;
          default -> Disposition.ACCEPTED;
        };
    // Whoever gives back gives all back, and who takes does so in order, as sessions do.
    long first = has.firstKey();
    long last = disposition == Disposition.ACCEPTED ? first : has.lastKey();
    var some = has.subMap(first, true, last, true);
    some.values().forEach(body -> back(body, disposition == Disposition.ACCEPTED));
    some.clear();
    peer.settle(link, first, last, disposition, 0);
  }

  private void close(int link) {
    links.remove(Integer.valueOf(link));
    TreeMap<Long, String> has = out.getOrDefault(link, new TreeMap<>());
    has.values().forEach(body -> back(body, false));
    has.clear();
    peer.close(link);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingOvertakesAnEarlierOneOfItsGroup(long seed) {
    Random random = new Random(seed);
    start(random);
    int producer = peer.producer("q");
    int sent = 0;
    for (int step = 0; step < STEPS; step++) {
      int choice = random.nextInt(10);
      if (choice < 4) {
        // One more stands for no group.
        int group = random.nextInt(GROUPS + 1);
        if (group < GROUPS) {
          unsettled.get(group).put(sent, 0);
        }
        int sequence = random.nextInt(6) == 0 ? -1 : 1;
        peer.send(
            producer,
            GroupTest.message(group + ":" + sent++, group < GROUPS ? "g" + group : null, sequence),
            0);
      } else if (choice == 4 && links.size() < 4) {
        links.add(peer.consumer("q", random.nextInt(8)));
      } else if (!links.isEmpty()) {
        int link = links.get(random.nextInt(links.size()));
        if (choice == 5 && random.nextInt(3) == 0) {
          close(link);
        } else if (choice < 8) {
          settle(random, link);
        } else {
          peer.credit(link, peer.delivered(link).size() + random.nextInt(6));
        }
      }
      look();
    }
    for (int link : List.copyOf(links)) {
      close(link);
      look();
    }
    assertThat(broker.stat("q").groupCount()).isZero();
    int last = peer.consumer("q", 100_000);
    look();
    // What follows on a closed group comes when that is settled.
    for (int i = 0; i < sent && broker.stat("q").messageCount() > 0; i++) {
      out.getOrDefault(last, new TreeMap<>()).values().forEach(body -> back(body, true));
      out.remove(last);
      peer.settle(last, 0, 100_000, Disposition.ACCEPTED, 0);
      look();
    }
    assertThat(broker.stat("q").messageCount()).as("seed " + seed).isZero();
    assertThat(given).isGreaterThanOrEqualTo(sent);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }
}
