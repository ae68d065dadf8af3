package io.batonmq.server.admin;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// One thing that a node tells about itself: its name, its value, and what the reference page says of it.
///
/// @param kind the words of the page for its type
/// @param parts what is in each item of a list; empty for anything else
record Figure<R>(
    String name,
    String kind,
    Function<R, Json> value,
    String what,
    List<? extends Figure<?>> parts) {

  static <R> Figure<R> text(String name, Function<R, String> value, String what) {
    return new Figure<>(name, "text", from -> new Json.Text(value.apply(from)), what, List.of());
  }

  static <R> Figure<R> whole(String name, ToLongFunction<R> value, String what) {
    return new Figure<>(
        name, "number", from -> new Json.Whole(value.applyAsLong(from)), what, List.of());
  }

  static <R> Figure<R> flag(String name, Predicate<R> value, String what) {
    return new Figure<>(
        name, "true or false", from -> new Json.Flag(value.test(from)), what, List.of());
  }

  static <R> Figure<R> texts(String name, Function<R, List<String>> value, String what) {
    return new Figure<>(
        name,
        "list of texts",
        from -> new Json.Items(value.apply(from).stream().<Json>map(Json.Text::new).toList()),
        what,
        List.of());
  }

  static <R, P> Figure<R> list(
      String name, Function<R, List<P>> value, List<Figure<P>> parts, String what) {
    return new Figure<>(
        name, "list", from -> Figure.<P>list(value.apply(from), parts), what, parts);
  }

  /// All of them of one record.
  static <R> Json.Fields of(R from, List<Figure<R>> figures) {
    var fields = Json.fields();
    for (var figure : figures) {
      fields = fields.with(figure.name(), figure.value().apply(from));
    }
    return fields;
  }

  private static <P> Json list(List<P> values, List<Figure<P>> parts) {
    return new Json.Items(values.stream().<Json>map(value -> of(value, parts)).toList());
  }
}
