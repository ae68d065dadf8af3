package io.batonmq.wire.openwire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a peer has given a number to, so that it need not send it again. The peer says when a number means
/// something else.
final class Recall {
  /// Numbers that the ActiveMQ clients use.
  static final int NUMBERS = 16_384;

  private final int bytesMax;
  private @Nullable Struct[] structs = new Struct[64];
  private int[] sizes = new int[64];
  private int bytes;

  /// @param bytesMax of all structures together, as they were encoded
  Recall(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  void put(int number, @Nullable Struct struct, int size) {
    if (number == -1) {
      // The peer's own memory is full, and it says so.
      return;
    }
    if (number < 0 || number >= NUMBERS) {
      throw new Malformed("a structure has the number " + number);
    }
    if (number >= structs.length) {
      int length = Math.min(NUMBERS, Math.max(number + 1, structs.length * 2));
      structs = Arrays.copyOf(structs, length);
      sizes = Arrays.copyOf(sizes, length);
    }
    bytes += size - sizes[number];
    if (bytes > bytesMax) {
      throw new Malformed("more than " + bytesMax + " bytes are to be remembered");
    }
    structs[number] = struct;
    sizes[number] = size;
  }

  @Nullable Struct get(int number) {
    if (number < 0 || number >= structs.length) {
      throw new Malformed("nothing has the number " + number);
    }
    return structs[number];
  }
}
