package io.batonmq.server.admin;

import java.util.ArrayList;
import java.util.List;

/// An object that must have certain fields.
record JsonFields(Json.Fields fields) {
  interface Reading<T> {
    T read(Json json) throws JsonException;
  }

  static JsonFields of(Json json) throws JsonException {
    if (json instanceof Json.Fields fields) {
      return new JsonFields(fields);
    }
    throw new JsonException("expected an object");
  }

  static String text(Json json) throws JsonException {
    if (json instanceof Json.Text(var value)) {
      return value;
    }
    throw new JsonException("expected a text");
  }

  String text(String name) throws JsonException {
    if (get(name) instanceof Json.Text(var value)) {
      return value;
    }
    throw wrong(name, "a text");
  }

  long whole(String name) throws JsonException {
    if (get(name) instanceof Json.Whole(var value)) {
      return value;
    }
    throw wrong(name, "a number");
  }

  boolean flag(String name) throws JsonException {
    if (get(name) instanceof Json.Flag(var value)) {
      return value;
    }
    throw wrong(name, "true or false");
  }

  /// Whether the field is there, whatever it is.
  boolean has(String name) {
    return fields.values().containsKey(name);
  }

  <T> List<T> list(String name, Reading<T> reading) throws JsonException {
    if (!(get(name) instanceof Json.Items(var items))) {
      throw wrong(name, "a list");
    }
    var values = new ArrayList<T>();
    for (var item : items) {
      values.add(reading.read(item));
    }
    return values;
  }

  private Json get(String name) {
    return fields.values().getOrDefault(name, new Json.Nothing());
  }

  private static JsonException wrong(String name, String expected) {
    return new JsonException("\"" + name + "\" is not " + expected);
  }
}
