package io.batonmq.wire.openwire;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One structure with its values. What was never set is `false`, 0 or null.
///
/// It belongs to one thread, and is not changed any more once it was given to somebody else.
final class Struct {
  private static final byte[] NO_BYTES = {};

  private final Type type;
  private final @Nullable Object[] values;

  Struct(Type type) {
    this.type = type;
    this.values = new Object[type.slots().size()];
  }

  Type type() {
    return type;
  }

  @Nullable Object value(int index) {
    return values[index];
  }

  void value(int index, @Nullable Object value) {
    values[index] = value;
  }

  /// Sets a field; the value has the type that [Kind] says.
  Struct with(Field field, @Nullable Object value) {
    values[type.index(field)] = value;
    return this;
  }

  private @Nullable Object get(Field field) {
    return values[type.index(field)];
  }

  boolean flag(Field field) {
    return get(field) instanceof Boolean set && set;
  }

  int number(Field field) {
    return get(field) instanceof Integer number ? number : 0;
  }

  long large(Field field) {
    return get(field) instanceof Long number ? number : 0;
  }

  @Nullable String text(Field field) {
    return (String) get(field);
  }

  byte @Nullable [] bytes(Field field) {
    return (byte[]) get(field);
  }

  byte[] bytesOrNone(Field field) {
    byte[] bytes = bytes(field);
    return bytes == null ? NO_BYTES : bytes;
  }

  @Nullable Struct child(Field field) {
    return (Struct) get(field);
  }

  /// A nested structure that has to be there.
  Struct needed(Field field) {
    Struct child = child(field);
    if (child == null) {
      throw new Malformed(type + " comes without " + field);
    }
    return child;
  }

  /// A text that has to be there.
  String neededText(Field field) {
    String text = text(field);
    if (text == null) {
      throw new Malformed(type + " comes without " + field);
    }
    return text;
  }

  @SuppressWarnings("unchecked") // only the decoder and this package's own code put lists in
  List<Struct> list(Field field) {
    Object list = get(field);
    return list == null ? List.of() : (List<Struct>) list;
  }

  @Nullable Fault fault(Field field) {
    return (Fault) get(field);
  }

  /// The same values in a new structure, which may be changed; nested ones are shared.
  Struct copy() {
    Struct copy = new Struct(type);
    System.arraycopy(values, 0, copy.values, 0, values.length);
    return copy;
  }

  /// For people to read: what text it has is a stranger's, so it is not shown.
  @Override
  public String toString() {
    return type.toString();
  }

  /// Compares by value where both hold the same; what holds bytes never equals another.
  static boolean same(@Nullable Struct one, @Nullable Struct other) {
    if (one == null) {
      return other == null;
    }
    if (other == null || one.type != other.type) {
      return false;
    }
    for (int i = 0; i < one.values.length; i++) {
      Object mine = one.values[i];
      Object theirs = other.values[i];
      boolean equal =
          (mine instanceof Struct nested && theirs instanceof Struct match)
              ? same(nested, match)
              : Objects.equals(mine, theirs);
      if (!equal) {
        return false;
      }
    }
    return true;
  }
}
