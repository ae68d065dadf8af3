package io.batonmq.selector;

import io.batonmq.selector.Expression.Comparison;
import io.batonmq.selector.Expression.Field;
import io.batonmq.selector.Expression.Kind;
import io.batonmq.selector.Expression.Literal;
import io.batonmq.selector.Expression.Not;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads a selector by recursive descent, one rule a method:
///
/// ```text
/// condition  = and { OR and }
/// and        = not { AND not }
/// not        = { NOT } comparison
/// comparison = sum [ ( = | <> | < | <= | > | >= ) sum
///                  | [ NOT ] BETWEEN sum AND sum
///                  | [ NOT ] IN ( string { , string } )
///                  | [ NOT ] LIKE string [ ESCAPE string ]
///                  | IS [ NOT ] NULL ]
/// sum        = product { ( + | - ) product }
/// product    = signed { ( * | / ) signed }
/// signed     = { + | - } primary
/// primary    = literal | name | ( condition )
/// ```
final class Parser {
  private final String text;
  private final Lexer lexer;
  private final Set<String> names = new HashSet<>();
  private Token token;
  private int depth;

  /// An expression and where it begins, for what is said of it.
  private record Read(Expression expression, int at) {
    Kind kind() {
      return expression.kind();
    }
  }

  Parser(String text) throws SelectorException {
    this.text = text;
    this.lexer = new Lexer(text);
    this.token = lexer.next();
  }

  /// The whole text.
  Expression condition() throws SelectorException {
    Read read = or();
    if (token.kind() != Token.Kind.END) {
      throw wrong("the condition could end here; " + token.shown() + " cannot follow");
    }
    return required(read, Kind.CONDITION, "this is no condition: compare it with something");
  }

  /// The fields that were named in what was read.
  Set<String> names() {
    return Set.copyOf(names);
  }

  private Read or() throws SelectorException {
    return joined("OR", true);
  }

  private Read joined(String word, boolean decides) throws SelectorException {
    Read first = decides ? joined("AND", false) : not();
    if (!token.isWord(word)) {
      return first;
    }
    List<Expression> parts = new ArrayList<>();
    parts.add(operand(first, word));
    while (token.isWord(word)) {
      advance();
      parts.add(operand(decides ? joined("AND", false) : not(), word));
    }
    return new Read(new Expression.Joined(List.copyOf(parts), decides), first.at);
  }

  private Expression operand(Read read, String word) throws SelectorException {
    return required(read, Kind.CONDITION, "beside " + word + " stands a condition: compare this");
  }

  private Read not() throws SelectorException {
    if (!token.isWord("NOT")) {
      return comparison();
    }
    int at = token.at();
    advance();
    deeper();
    Expression of = operand(not(), "NOT");
    depth--;
    return new Read(new Not(of), at);
  }

  private Read comparison() throws SelectorException {
    Read left = sum();
    for (Comparison by : Comparison.values()) {
      if (token.isSign(by.sign())) {
        return compared(left, by);
      }
    }
    if (token.isWord("IS")) {
      advance();
      boolean not = skip("NOT");
      Field field = field(left, "IS NULL");
      expect("NULL");
      return negated(not, new Expression.IsNull(field), left.at);
    }
    boolean not = skip("NOT");
    if (token.isWord("BETWEEN")) {
      return negated(not, between(left), left.at);
    }
    if (token.isWord("IN")) {
      return negated(not, Expression.Tested.in(field(left, "IN"), strings()), left.at);
    }
    if (token.isWord("LIKE")) {
      return negated(not, Expression.Tested.like(field(left, "LIKE"), pattern()), left.at);
    }
    if (not) {
      throw wrong("after NOT follows BETWEEN, IN or LIKE here");
    }
    return left;
  }

  private static Read negated(boolean not, Expression expression, int at) {
    return new Read(not ? new Not(expression) : expression, at);
  }

  private Read compared(Read left, Comparison by) throws SelectorException {
    advance();
    Read right = sum();
    if (by.ordered()) {
      String reason = "strings and truth values can be compared by = and <> only";
      required(left, Kind.NUMBER, reason);
      required(right, Kind.NUMBER, reason);
    } else if (!left.kind().mayBe(right.kind()) && !right.kind().mayBe(left.kind())) {
      throw new SelectorException(
          text, right.at, "this has another type than what it is compared with");
    }
    return new Read(new Expression.Compared(left.expression, by, right.expression), left.at);
  }

  private Expression between(Read left) throws SelectorException {
    advance();
    String reason = "BETWEEN is for numbers";
    Expression value = required(left, Kind.NUMBER, reason);
    Expression low = required(sum(), Kind.NUMBER, reason);
    expect("AND");
    Expression high = required(sum(), Kind.NUMBER, reason);
    return new Expression.Joined(
        List.of(
            new Expression.Compared(value, Comparison.AT_LEAST, low),
            new Expression.Compared(value, Comparison.AT_MOST, high)),
        false);
  }

  private Set<String> strings() throws SelectorException {
    advance();
    expectSign("(");
    Set<String> strings = new HashSet<>();
    strings.add(string("IN has a list of strings"));
    while (token.isSign(",")) {
      advance();
      strings.add(string("IN has a list of strings"));
    }
    expectSign(")");
    return Set.copyOf(strings);
  }

  private Like pattern() throws SelectorException {
    advance();
    int at = token.at();
    String pattern = string("LIKE has a pattern that is a string");
    int escape = -1;
    if (token.isWord("ESCAPE")) {
      advance();
      int place = token.at();
      String character = string("ESCAPE has a character in quotes");
      if (character.length() != 1) {
        throw new SelectorException(text, place, "ESCAPE has exactly one character");
      }
      escape = character.charAt(0);
    }
    try {
      return new Like(pattern, escape);
    } catch (Like.BadEscapeException e) {
      throw new SelectorException(text, at, String.valueOf(e.getMessage()));
    }
  }

  private Read sum() throws SelectorException {
    int before = depth;
    Read left = product();
    while (token.isSign("+") || token.isSign("-")) {
      left = arithmetic(left, true);
    }
    depth = before;
    return left;
  }

  private Read product() throws SelectorException {
    int before = depth;
    Read left = signed();
    while (token.isSign("*") || token.isSign("/")) {
      left = arithmetic(left, false);
    }
    depth = before;
    return left;
  }

  private Read arithmetic(Read left, boolean sum) throws SelectorException {
    char by = token.text().charAt(0);
    // A long row of these makes a deep tree, though the text is flat.
    deeper();
    advance();
    Read right = sum ? product() : signed();
    String reason = "only numbers can be reckoned with";
    return new Read(
        new Expression.Arithmetic(
            required(left, Kind.NUMBER, reason), by, required(right, Kind.NUMBER, reason)),
        left.at);
  }

  private Read signed() throws SelectorException {
    if (!token.isSign("+") && !token.isSign("-")) {
      return primary(false);
    }
    int at = token.at();
    boolean negative = token.isSign("-");
    advance();
    if (negative && token.kind() == Token.Kind.NUMBER_TO_NEGATE) {
      return primary(true);
    }
    deeper();
    Expression of = required(signed(), Kind.NUMBER, "a sign stands before a number");
    depth--;
    return new Read(negative ? new Expression.Negated(of) : of, at);
  }

  private Read primary(boolean negated) throws SelectorException {
    Token first = token;
    switch (first.kind()) {
      case STRING, NUMBER -> {
        advance();
        return new Read(new Literal(first.value()), first.at());
      }
      case NUMBER_TO_NEGATE -> {
        if (!negated) {
          throw wrong(first.text() + " is too large for a number without a fraction");
        }
        advance();
        return new Read(new Literal(first.value()), first.at());
      }
      case NAME -> {
        advance();
        names.add(first.text());
        return new Read(new Field(first.text()), first.at());
      }
      case WORD -> {
        if (first.isWord("TRUE") || first.isWord("FALSE")) {
          advance();
          return new Read(new Literal(first.isWord("TRUE")), first.at());
        }
      }
      case SIGN -> {
        if (first.isSign("(")) {
          return parenthesis();
        }
      }
      case END -> {}
    }
    throw wrong(
        first.isWord("NULL")
            ? "nothing equals NULL: use IS NULL"
            : "here a name, a value or ( is missing before " + first.shown());
  }

  private Read parenthesis() throws SelectorException {
    int at = token.at();
    advance();
    deeper();
    Read inner = or();
    depth--;
    expectSign(")");
    return new Read(inner.expression, at);
  }

  private void deeper() throws SelectorException {
    if (++depth > Selector.DEPTH_MAX) {
      throw wrong("more than " + Selector.DEPTH_MAX + " levels within one another");
    }
  }

  private Expression required(Read read, Kind kind, String reason) throws SelectorException {
    if (!read.kind().mayBe(kind)) {
      throw new SelectorException(text, read.at, reason);
    }
    return read.expression;
  }

  private Field field(Read read, String word) throws SelectorException {
    if (read.expression instanceof Field field) {
      return field;
    }
    throw new SelectorException(text, read.at, "before " + word + " stands a name");
  }

  private String string(String reason) throws SelectorException {
    if (token.kind() != Token.Kind.STRING) {
      throw wrong(reason + ", in single quotes");
    }
    String string = token.text();
    advance();
    return string;
  }

  private boolean skip(String word) throws SelectorException {
    boolean there = token.isWord(word);
    if (there) {
      advance();
    }
    return there;
  }

  private void expect(String word) throws SelectorException {
    if (!skip(word)) {
      throw wrong("here " + word + " is missing before " + token.shown());
    }
  }

  private void expectSign(String sign) throws SelectorException {
    if (!token.isSign(sign)) {
      throw wrong("here " + sign + " is missing before " + token.shown());
    }
    advance();
  }

  private void advance() throws SelectorException {
    token = lexer.next();
  }

  private SelectorException wrong(String reason) {
    return new SelectorException(text, token.at(), reason);
  }
}
