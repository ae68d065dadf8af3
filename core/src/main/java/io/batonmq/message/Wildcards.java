package io.batonmq.message;

import java.util.ArrayList;
import java.util.List;

/// How names of addresses are read: as words between delimiters, of which two have a meaning of their own.
///
/// @param routing whether what is sent to an address also goes to addresses whose names are patterns that match
///     it
/// @param delimiter what stands between two words
/// @param anyWords the word that stands for any number of words, none too
/// @param singleWord the word that stands for one word
public record Wildcards(boolean routing, char delimiter, char anyWords, char singleWord) {

  /// What holds where nothing was configured: `news.#`, `news.*`.
  public static final Wildcards DEFAULTS = new Wildcards(true, '.', '#', '*');

  public Wildcards {
    if (delimiter == anyWords || delimiter == singleWord || anyWords == singleWord) {
      throw new IllegalArgumentException(
          "three different characters are needed, not "
              + delimiter
              + ", "
              + anyWords
              + " and "
              + singleWord);
    }
  }

  /// The words of a name, one at least.
  public List<String> words(String name) {
    List<String> words = new ArrayList<>();
    int from = 0;
    for (int at = name.indexOf(delimiter); at >= 0; at = name.indexOf(delimiter, from)) {
      words.add(name.substring(from, at));
      from = at + 1;
    }
    words.add(name.substring(from));
    return words;
  }

  /// Whether a word stands for any number of words.
  public boolean any(String word) {
    return word.length() == 1 && word.charAt(0) == anyWords;
  }

  /// Whether a word stands for one word.
  public boolean single(String word) {
    return word.length() == 1 && word.charAt(0) == singleWord;
  }

  /// Whether a name is a pattern: one of its words stands for others.
  public boolean pattern(String name) {
    if (name.indexOf(anyWords) < 0 && name.indexOf(singleWord) < 0) {
      return false;
    }
    return words(name).stream().anyMatch(word -> any(word) || single(word));
  }
}
