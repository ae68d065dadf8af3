package io.batonmq.selector;

import io.batonmq.selector.Token.Kind;
import java.util.Locale;
import java.util.Set;

/// Cuts a selector into words and signs (Jakarta Messaging 3.1 §3.8.1.1).
final class Lexer {
  private static final Set<String> RESERVED =
      Set.of("NULL", "TRUE", "FALSE", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "ESCAPE");

  private final String text;
  private int at;

  Lexer(String text) {
    this.text = text;
  }

  Token next() throws SelectorException {
    while (at < text.length() && space(text.charAt(at))) {
      at++;
    }
    int begin = at;
    if (at == text.length()) {
      return new Token(Kind.END, begin, "", "");
    }
    char c = text.charAt(at);
    if (Character.isJavaIdentifierStart(c)) {
      return word(begin);
    }
    if (digit(c) || (c == '.' && digit(ahead(1)))) {
      return number(begin);
    }
    return c == '\'' ? string(begin) : sign(begin);
  }

  private static boolean space(char c) {
    return c == ' ' || c == '\t' || c == '\f' || c == '\n' || c == '\r';
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private char ahead(int count) {
    return at + count < text.length() ? text.charAt(at + count) : '\0';
  }

  private Token word(int begin) {
    // An identifier part that is ignorable could hide in a name; NUL is one.
    while (at < text.length() && part(text.charAt(at))) {
      at++;
    }
    String word = text.substring(begin, at);
    String upper = word.toUpperCase(Locale.ROOT);
    return RESERVED.contains(upper)
        ? new Token(Kind.WORD, begin, upper, upper)
        : new Token(Kind.NAME, begin, word, word);
  }

  private static boolean part(char c) {
    return Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
  }

  private Token string(int begin) throws SelectorException {
    StringBuilder content = new StringBuilder();
    for (at = begin + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c != '\'') {
        content.append(c);
      } else if (ahead(1) == '\'') {
        content.append(c);
        at++;
      } else {
        at++;
        return new Token(Kind.STRING, begin, content.toString(), content.toString());
      }
    }
    throw new SelectorException(text, begin, "this string has no closing '");
  }

  private Token number(int begin) throws SelectorException {
    int radix = 10;
    if (text.charAt(at) == '0' && (ahead(1) == 'x' || ahead(1) == 'X')) {
      radix = 16;
      at += 2;
    }
    boolean approximate = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean exponent = radix == 10 && (c == 'e' || c == 'E');
      if (exponent && (ahead(1) == '+' || ahead(1) == '-')) {
        at++;
      } else if (!exponent && !(radix == 10 && c == '.') && Character.digit(c, radix) < 0) {
        break;
      }
      approximate |= exponent || (radix == 10 && c == '.');
      at++;
    }
    int end = at;
    String suffixes = approximate ? "fFdD" : radix == 10 ? "lLfFdD" : "lL";
    if (at < text.length() && suffixes.indexOf(text.charAt(at)) >= 0) {
      approximate |= "fFdD".indexOf(text.charAt(at)) >= 0;
      at++;
    }
    if (at < text.length() && part(text.charAt(at))) {
      throw new SelectorException(text, at, "this cannot stand in a number");
    }
    String digits = text.substring(begin, end);
    return approximate ? approximate(begin, digits) : exact(begin, digits, radix);
  }

  private Token approximate(int begin, String digits) throws SelectorException {
    try {
      return new Token(Kind.NUMBER, begin, digits, Double.valueOf(digits));
    } catch (NumberFormatException e) {
      throw new SelectorException(text, begin, digits + " is no number");
    }
  }

  private Token exact(int begin, String digits, int base) throws SelectorException {
    boolean octal = base == 10 && digits.length() > 1 && digits.charAt(0) == '0';
    int radix = octal ? 8 : base;
    String significant = base == 16 ? digits.substring(2) : digits;
    try {
      long value =
          radix == 10 ? Long.parseLong(significant) : Long.parseUnsignedLong(significant, radix);
      return new Token(Kind.NUMBER, begin, digits, value);
    } catch (NumberFormatException e) {
      if (significant.equals("9223372036854775808")) {
        return new Token(Kind.NUMBER_TO_NEGATE, begin, digits, Long.MIN_VALUE);
      }
      throw new SelectorException(
          text, begin, digits + " is no number, or too large for one without a fraction");
    }
  }

  private Token sign(int begin) throws SelectorException {
    String two = text.substring(begin, Math.min(begin + 2, text.length()));
    String sign = Set.of("<>", "<=", ">=").contains(two) ? two : two.substring(0, 1);
    if ("=<>+-*/(),".indexOf(sign.charAt(0)) < 0) {
      throw new SelectorException(
          text,
          begin,
          sign.equals("\"")
              ? "strings stand in single quotes, as in 'red'"
              : "this cannot stand in a selector");
    }
    at = begin + sign.length();
    return new Token(Kind.SIGN, begin, sign, sign);
  }
}
