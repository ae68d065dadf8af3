package io.batonmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.Wildcards;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which addresses with patterns match a name.
class WildcardAddressesTest {
  private final WildcardAddresses addresses = new WildcardAddresses(Wildcards.DEFAULTS);
  private int last;

  private LiveAddress address(String name) {
    return new LiveAddress(
        new Address(++last, name, true, true, false),
        AddressSettings.DEFAULTS,
        new LiveDiverts(List.of(), _ -> Condition.NONE));
  }

  private LiveAddress added(String name) {
    LiveAddress address = address(name);
    addresses.add(address);
    return address;
  }

  private List<String> matching(String name) {
    return names(addresses.matching(address(name)));
  }

  private static List<String> names(List<LiveAddress> some) {
    return some.stream().map(it -> it.address().name()).toList();
  }

  @Test
  void thoseThatMatchAreFound() {
    for (String name : List.of("a.*", "a.#", "#", "*.b", "a.b", "a.*.c", "#.c", "*")) {
      added(name);
    }
    assertThat(matching("a.b")).containsExactlyInAnyOrder("a.*", "a.#", "#", "*.b");
    assertThat(matching("a")).containsExactlyInAnyOrder("a.#", "#", "*");
    assertThat(matching("a.b.c")).containsExactlyInAnyOrder("a.#", "#", "a.*.c", "#.c");
    assertThat(matching("b")).containsExactlyInAnyOrder("#", "*");
  }

  @Test
  void oneWithAPatternMatchesItselfOnly() {
    added("#");
    assertThat(matching("a.*")).isEmpty();
  }

  @Test
  void whatWasFoundIsForgottenWhenOneComesOrGoes() {
    LiveAddress name = address("a.b");
    LiveAddress all = added("#");
    assertThat(names(addresses.matching(name))).containsExactly("#");
    LiveAddress some = added("a.*");
    assertThat(names(addresses.matching(name))).containsExactlyInAnyOrder("#", "a.*");
    addresses.remove(all);
    assertThat(names(addresses.matching(name))).containsExactly("a.*");
    addresses.remove(some);
    assertThat(addresses.matching(name)).isEmpty();
  }

  @Test
  void aTemporaryOneIsNobodyElses() {
    added("#");
    LiveAddress temporary =
        new LiveAddress(
            new Address(-1, "temp", true, false, true),
            AddressSettings.DEFAULTS,
            new LiveDiverts(List.of(), _ -> Condition.NONE));
    assertThat(addresses.matching(temporary)).isEmpty();
  }

  @Test
  void whereItIsSwitchedOffNothingMatches() {
    var off = new WildcardAddresses(new Wildcards(false, '.', '#', '*'));
    LiveAddress all = address("#");
    off.add(all);
    assertThat(off.matching(address("a"))).isEmpty();
    off.remove(all);
  }

  /// The tree says what each pattern by itself would say, whatever comes and goes.
  @Test
  void itFindsWhatThePatternsSay() {
    Random random = new Random(7);
    List<LiveAddress> there = new ArrayList<>();
    for (int step = 0; step < 3_000; step++) {
      if (there.size() > 30 || (!there.isEmpty() && random.nextInt(3) == 0)) {
        addresses.remove(there.remove(random.nextInt(there.size())));
      } else {
        String name = words(random, "a", "b", "*", "#");
        LiveAddress one = address(name);
        addresses.add(one);
        there.add(one);
      }
      String name = words(random, "a", "b", "c");
      assertThat(matching(name))
          .as("step " + step + ": " + name + " among " + names(there))
          .containsExactlyInAnyOrderElementsOf(
              names(there).stream()
                  .filter(Wildcards.DEFAULTS::pattern)
                  .filter(pattern -> new AddressPattern(pattern).matches(name))
                  .toList());
    }
  }

  private static String words(Random random, String... from) {
    List<String> words = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      words.add(from[random.nextInt(from.length)]);
    }
    return String.join(".", words);
  }

  @Test
  void whatIsKeptIsBounded() {
    for (int i = 0; i < 99; i++) {
      // All of them match, and all are different.
      added("#" + ".*".repeat(i % 3) + (i < 3 ? "" : ".#".repeat(i)));
    }
    for (int i = 0; i < WildcardAddresses.KEPT_MAX / 50; i++) {
      assertThat(matching("a.b." + i)).hasSize(99);
    }
    assertThat(addresses.keptSize())
        .isBetween(WildcardAddresses.KEPT_MAX - 100, WildcardAddresses.KEPT_MAX);
  }

  /// Thousands of patterns cost a name no more than those that could match it.
  @Test
  @Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manyPatternsAreNotLookedAtOneByOne() {
    for (int i = 0; i < 50_000; i++) {
      added("shop." + i + ".#");
    }
    for (int i = 0; i < 50_000; i++) {
      addresses.remove(added("other." + i + ".*"));
      assertThat(matching("shop." + i + ".orders")).hasSize(1);
    }
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aHostilePatternCostsLittle() {
    added("#.a.".repeat(250) + "z");
    added("#.*.".repeat(250) + "z");
    for (int i = 0; i < 20; i++) {
      assertThat(matching("a.".repeat(500) + i)).isEmpty();
    }
  }
}
