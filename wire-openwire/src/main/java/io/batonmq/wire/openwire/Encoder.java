package io.batonmq.wire.openwire;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes structures. It gives nothing a number: where the peer expects one, it is told that there is no room
/// to remember more.
final class Encoder {
  /// A text longer than this does not fit what its length is written in, which is read as a signed number where bits
  /// are gathered.
  private static final int TEXT_MAX = 65_535;

  private static final int TIGHT_TEXT_MAX = 32_767;

  private static final int NO_NUMBER = -1;

  private final Coding coding;
  private final Bytes values;
  private final Bytes bits = new Bytes(16);
  private int bit;

  private Encoder(Coding coding, int room) {
    this.coding = coding;
    this.values = new Bytes(room);
  }

  /// A frame: length, type, and what [Decoder] reads.
  static ByteBuffer frame(Struct struct, Coding coding) {
    byte[] body = encode(struct, coding);
    return ByteBuffer.allocate(Integer.BYTES + body.length).putInt(body.length).put(body).flip();
  }

  /// The same without the length in front.
  static byte[] encode(Struct struct, Coding coding) {
    Encoder encoder = new Encoder(coding, 128 + contentLength(struct));
    encoder.struct(struct);
    Bytes whole = new Bytes(encoder.values.length() + encoder.bits.length() + 4);
    whole.octet(struct.type().code());
    if (coding.tight()) {
      int count = encoder.bits.length();
      if (count < 64) {
        whole.octet(count);
      } else if (count < 256) {
        whole.octet(0xC0).octet(count);
      } else {
        whole.octet(0x80).int16(count);
      }
      whole.raw(encoder.bits);
    }
    return whole.raw(encoder.values).array();
  }

  private static int contentLength(Struct struct) {
    Struct message = struct.type() == Type.MESSAGE_DISPATCH ? struct.child(Field.MESSAGE) : struct;
    return message != null && message.type().isMessage()
        ? message.bytesOrNone(Field.CONTENT).length
            + message.bytesOrNone(Field.MARSHALLED_PROPERTIES).length
        : 0;
  }

  private void struct(Struct struct) {
    List<Type.Slot> slots = struct.type().slots();
    for (int i = 0; i < slots.size(); i++) {
      Type.Slot slot = slots.get(i);
      if (slot.since() <= coding.version()) {
        value(slot, struct.value(i));
      }
    }
  }

  @SuppressWarnings("unchecked") // Kind says what stands where
  private void value(Type.Slot slot, @Nullable Object value) {
    switch (slot.kind()) {
      case BOOLEAN -> flag(value instanceof Boolean set && set);
      case BYTE -> values.octet(value instanceof Integer number ? number : 0);
      case INT -> values.int32(value instanceof Integer number ? number : 0);
      case LONG -> large(value instanceof Long number ? number : 0);
      case STRING -> string((String) value);
      case BYTES -> bytes((byte[]) value);
      case MAGIC -> values.raw(value instanceof byte[] magic ? magic : new byte[8]);
      case NESTED -> nested((Struct) value);
      case CACHED -> cached((Struct) value);
      case ARRAY -> array((List<Struct>) value);
      case FAULT -> fault((Fault) value);
    }
  }

  private void flag(boolean set) {
    if (!coding.tight()) {
      values.octet(set ? 1 : 0);
      return;
    }
    if ((bit & 7) == 0) {
      bits.octet(0);
    }
    if (set) {
      bits.or(bit >> 3, 1 << (bit & 7));
    }
    bit++;
  }

  private void large(long value) {
    if (!coding.tight()) {
      values.int64(value);
    } else if (value == 0) {
      flag(false);
      flag(false);
    } else if ((value & ~0xffffL) == 0) {
      flag(false);
      flag(true);
      values.int16((int) value);
    } else if ((value & ~0xffff_ffffL) == 0) {
      flag(true);
      flag(false);
      values.int32((int) value);
    } else {
      flag(true);
      flag(true);
      values.int64(value);
    }
  }

  private void string(@Nullable String text) {
    flag(text != null);
    if (text == null) {
      return;
    }
    if (coding.tight()) {
      flag(ModifiedUtf.ascii(text));
    }
    byte[] encoded = ModifiedUtf.encode(text);
    if (encoded.length > (coding.tight() ? TIGHT_TEXT_MAX : TEXT_MAX)) {
      throw new Malformed("a text of " + encoded.length + " bytes cannot be sent");
    }
    values.int16(encoded.length).raw(encoded);
  }

  private void bytes(byte @Nullable [] bytes) {
    flag(bytes != null);
    if (bytes != null) {
      values.int32(bytes.length).raw(bytes);
    }
  }

  private void nested(@Nullable Struct struct) {
    flag(struct != null);
    if (struct != null) {
      if (coding.tight() && struct.type().aware()) {
        flag(false);
      }
      values.octet(struct.type().code());
      struct(struct);
    }
  }

  private void cached(@Nullable Struct struct) {
    if (coding.cached()) {
      flag(true);
      values.int16(NO_NUMBER);
    }
    nested(struct);
  }

  private void array(@Nullable List<Struct> structs) {
    flag(structs != null);
    if (structs != null) {
      values.int16(structs.size());
      structs.forEach(this::nested);
    }
  }

  private void fault(@Nullable Fault fault) {
    flag(fault != null);
    if (fault != null) {
      string(fault.className());
      string(fault.message());
      if (coding.stackTraces()) {
        values.int16(0);
        fault(null);
      }
    }
  }
}
