package io.batonmq.selector;

import io.batonmq.selector.Selector.Fields;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A node of a parsed selector. Its value is a [String], [Boolean], [Long] or [Double], or null for unknown
/// (SQL's NULL), by the three-valued logic of Jakarta Messaging 3.1 §3.8.1.2.
sealed interface Expression {
  @Nullable Object value(Fields fields);

  /// What kinds of value it can have, as far as the text alone tells.
  Kind kind();

  /// Kinds of values.
  enum Kind {
    CONDITION,
    NUMBER,
    STRING,
    /// A field: that depends on the message.
    ANY;

    boolean mayBe(Kind other) {
      return this == ANY || this == other;
    }
  }

  /// A string, number or truth value that stands in the text.
  record Literal(Object literal) implements Expression {
    @Override
    public Object value(Fields fields) {
      return literal;
    }

    @Override
    public Kind kind() {
      return switch (literal) {
        case String _ -> Kind.STRING;
        case Boolean _ -> Kind.CONDITION;
        default -> Kind.NUMBER;
      };
    }
  }

  /// A header field or property.
  record Field(String name) implements Expression {
    @Override
    public @Nullable Object value(Fields fields) {
      return fields.get(name);
    }

    @Override
    public Kind kind() {
      return Kind.ANY;
    }
  }

  /// Several conditions; the first that decides ends it.
  ///
  /// @param decides `false` for AND, `true` for OR
  record Joined(List<Expression> parts, boolean decides) implements Expression {
    @Override
    public @Nullable Object value(Fields fields) {
      boolean unknown = false;
      for (Expression part : parts) {
        Object value = part.value(fields);
        if (value instanceof Boolean known) {
          if (known == decides) {
            return decides;
          }
        } else {
          unknown = true;
        }
      }
      return unknown ? null : (Boolean) !decides;
    }

    @Override
    public Kind kind() {
      return Kind.CONDITION;
    }
  }

  record Not(Expression of) implements Expression {
    @Override
    public @Nullable Object value(Fields fields) {
      return of.value(fields) instanceof Boolean known ? (Boolean) !known : null;
    }

    @Override
    public Kind kind() {
      return Kind.CONDITION;
    }
  }

  /// Comparisons. Values of different types are neither equal nor unequal nor in any order: false.
  enum Comparison {
    EQUAL("="),
    UNEQUAL("<>"),
    LESS("<"),
    AT_MOST("<="),
    GREATER(">"),
    AT_LEAST(">=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    String sign() {
      return sign;
    }

    /// Whether it is for numbers only.
    boolean ordered() {
      return this != EQUAL && this != UNEQUAL;
    }

    boolean of(Object left, Object right) {
      if (left instanceof Number a && right instanceof Number b) {
        return (a instanceof Long && b instanceof Long)
            ? of(Long.compare(a.longValue(), b.longValue()))
            : of(a.doubleValue(), b.doubleValue());
      }
      if (ordered() || !left.getClass().equals(right.getClass())) {
        return false;
      }
      return left.equals(right) == (this == EQUAL);
    }

    private boolean of(int order) {
      return switch (this) {
        case EQUAL -> order == 0;
        case UNEQUAL -> order != 0;
        case LESS -> order < 0;
        case AT_MOST -> order <= 0;
        case GREATER -> order > 0;
        case AT_LEAST -> order >= 0;
      };
    }

    private boolean of(double left, double right) {
      return switch (this) {
        case EQUAL -> left == right;
        case UNEQUAL -> left != right;
        case LESS -> left < right;
        case AT_MOST -> left <= right;
        case GREATER -> left > right;
        case AT_LEAST -> left >= right;
      };
    }
  }

  record Compared(Expression left, Comparison by, Expression right) implements Expression {
    @Override
    public @Nullable Object value(Fields fields) {
      Object a = left.value(fields);
      Object b = right.value(fields);
      return (a == null || b == null) ? null : (Boolean) by.of(a, b);
    }

    @Override
    public Kind kind() {
      return Kind.CONDITION;
    }
  }

  /// Whether a field is a string that passes a test; of a field that is something else it is false.
  record Tested(Field field, BiPredicate<Object, String> by, Object argument)
      implements Expression {
    static Tested like(Field field, Like pattern) {
      return new Tested(field, (like, string) -> ((Like) like).matches(string), pattern);
    }

    static Tested in(Field field, Set<String> strings) {
      return new Tested(field, (set, string) -> ((Set<?>) set).contains(string), strings);
    }

    @Override
    public @Nullable Object value(Fields fields) {
      return switch (field.value(fields)) {
        case null -> null;
        case String string -> by.test(argument, string);
        default -> false;
      };
    }

    @Override
    public Kind kind() {
      return Kind.CONDITION;
    }
  }

  /// Never unknown.
  record IsNull(Field field) implements Expression {
    @Override
    public Object value(Fields fields) {
      return field.value(fields) == null;
    }

    @Override
    public Kind kind() {
      return Kind.CONDITION;
    }
  }

  /// Exact with exact is exact, and wraps around as Java's `long` does; else it is approximate. Unknown where a
  /// side is no number, and where an exact one is divided by zero.
  record Arithmetic(Expression left, char by, Expression right) implements Expression {
    @Override
    public @Nullable Object value(Fields fields) {
      if (!(left.value(fields) instanceof Number a) || !(right.value(fields) instanceof Number b)) {
        return null;
      }
      if (a instanceof Long && b instanceof Long) {
        return exact(a.longValue(), b.longValue());
      }
      return approximate(a.doubleValue(), b.doubleValue());
    }

    private @Nullable Long exact(long a, long b) {
      return switch (by) {
        case '+' -> a + b;
        case '-' -> a - b;
        case '*' -> a * b;
        default -> b == 0 ? null : (Long) (a / b);
      };
    }

    private double approximate(double a, double b) {
      return switch (by) {
        case '+' -> a + b;
        case '-' -> a - b;
        case '*' -> a * b;
        default -> a / b;
      };
    }

    @Override
    public Kind kind() {
      return Kind.NUMBER;
    }
  }

  record Negated(Expression of) implements Expression {
    @Override
    public @Nullable Object value(Fields fields) {
      return switch (of.value(fields)) {
        case Long exact -> -exact;
        case Double approximate -> -approximate;
        case null, default -> null;
      };
    }

    @Override
    public Kind kind() {
      return Kind.NUMBER;
    }
  }
}
