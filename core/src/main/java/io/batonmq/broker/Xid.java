package io.batonmq.broker;

import java.util.Arrays;
import java.util.HexFormat;

/// The name of a branch of a distributed transaction, as its transaction manager chose it (X/Open CAE C193,
/// §4.2). Ordered by format, global id and branch qualifier, octets being unsigned.
public final class Xid implements Comparable<Xid> {
  /// Octets of each of its two parts, at most (MAXGTRIDSIZE and MAXBQUALSIZE).
  public static final int PART_MAX = 64;

  private final int format;
  private final byte[] global;
  private final byte[] branch;

  /// @param format any number but -1, which stands for no xid at all
  /// @param global 1 to 64 octets
  /// @param branch up to 64 octets
  /// @throws IllegalArgumentException if it is no xid: an adapter refuses it as XAER_INVAL
  public Xid(int format, byte[] global, byte[] branch) {
    if (format == -1) {
      throw new IllegalArgumentException("an xid of format -1 is none");
    }
    if (global.length == 0 || global.length > PART_MAX || branch.length > PART_MAX) {
      throw new IllegalArgumentException(
          "an xid has a global id of 1 to 64 octets and a branch qualifier of up to 64, not "
              + global.length
              + " and "
              + branch.length);
    }
    this.format = format;
    this.global = global.clone();
    this.branch = branch.clone();
  }

  public int format() {
    return format;
  }

  public byte[] global() {
    return global.clone();
  }

  public byte[] branch() {
    return branch.clone();
  }

  void write(FieldWriter writer) {
    writer.signed(format);
    writer.raw(global);
    writer.raw(branch);
  }

  static Xid read(FieldReader reader) {
    long format = reader.signed();
    if (format != (int) format) {
      throw new IllegalArgumentException("the format of an xid has more than 32 bits: " + format);
    }
    return new Xid((int) format, reader.raw(), reader.raw());
  }

  @Override
  public int compareTo(Xid other) {
    int order = Integer.compare(format, other.format);
    if (order == 0) {
      order = Arrays.compareUnsigned(global, other.global);
    }
    return order != 0 ? order : Arrays.compareUnsigned(branch, other.branch);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Xid xid && compareTo(xid) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * format + Arrays.hashCode(global)) + Arrays.hashCode(branch);
  }

  /// `format:global:branch`, in hexadecimal.
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return Integer.toHexString(format) + ":" + hex.formatHex(global) + ":" + hex.formatHex(branch);
  }
}
