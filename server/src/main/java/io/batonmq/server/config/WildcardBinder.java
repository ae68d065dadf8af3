package io.batonmq.server.config;

import io.batonmq.message.Wildcards;
import java.util.List;

/// Binds `wildcard-addresses`.
final class WildcardBinder {
  private static final Kind<Character> CHARACTER =
      new Kind<>(
          "one character",
          text -> {
            if (text.length() != 1) {
              throw new IllegalArgumentException("\"" + text + "\" is not one character");
            }
            return text.charAt(0);
          });

  private static final Setting<Boolean> ROUTING =
      Setting.of(
          "routing-enabled",
          Values.FLAG,
          "true",
          "Whether queues and subscriptions at an address such as `news.#` get what is sent to the"
              + " addresses that it matches.");
  private static final Setting<Boolean> ENABLED =
      Setting.of("enabled", Values.FLAG, "true", "The older word for `routing-enabled`.");
  private static final Setting<Character> DELIMITER =
      Setting.of("delimiter", CHARACTER, ".", "What stands between two words.");
  private static final Setting<Character> ANY_WORDS =
      Setting.of("any-words", CHARACTER, "#", "Stands for any number of words, none too.");
  private static final Setting<Character> SINGLE_WORD =
      Setting.of("single-word", CHARACTER, "*", "Stands for one word.");

  /// In `core` itself.
  static final Setting<Boolean> OLDER =
      Setting.of(
          "wild-card-routing-enabled",
          Values.FLAG,
          "true",
          "The oldest word for `routing-enabled` of `wildcard-addresses`.");

  private static final Vocabulary WILDCARDS =
      new Vocabulary().honouring(ROUTING, ENABLED, DELIMITER, ANY_WORDS, SINGLE_WORD);

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "core/wildcard-addresses",
              "How names of addresses are read, everywhere: in settings, in diverts, and where"
                  + " somebody consumes. See [wildcards](wildcards.md).",
              WILDCARDS));

  private WildcardBinder() {}

  static Wildcards bind(Binding core) {
    boolean older = core.value(OLDER);
    Wildcards usual = Wildcards.DEFAULTS;
    return core.child("wildcard-addresses")
        .map(element -> bind(element, older))
        .orElseGet(
            () -> new Wildcards(older, usual.delimiter(), usual.anyWords(), usual.singleWord()));
  }

  private static Wildcards bind(Binding element, boolean older) {
    boolean enabled = element.optional(ENABLED).orElse(older);
    boolean routing = element.optional(ROUTING).orElse(enabled);
    char delimiter = element.value(DELIMITER);
    char anyWords = element.value(ANY_WORDS);
    char singleWord = element.value(SINGLE_WORD);
    element.rest(WILDCARDS);
    if (delimiter == anyWords || delimiter == singleWord || anyWords == singleWord) {
      element.error("needs three different characters");
      return Wildcards.DEFAULTS;
    }
    return new Wildcards(routing, delimiter, anyWords, singleWord);
  }
}
