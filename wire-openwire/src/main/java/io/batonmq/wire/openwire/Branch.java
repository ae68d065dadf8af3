package io.batonmq.wire.openwire;

import io.batonmq.broker.Xid;

/// Names of branches of distributed transactions.
final class Branch {
  private Branch() {}

  /// @throws Malformed if it is no xid
  static Xid of(Struct id) {
    try {
      return new Xid(
          id.number(Field.FORMAT_ID),
          id.bytesOrNone(Field.GLOBAL_TRANSACTION_ID),
          id.bytesOrNone(Field.BRANCH_QUALIFIER));
    } catch (IllegalArgumentException invalid) {
      throw new Malformed(String.valueOf(invalid.getMessage()));
    }
  }

  static Struct struct(Xid xid) {
    return new Struct(Type.XA_TRANSACTION_ID)
        .with(Field.FORMAT_ID, xid.format())
        .with(Field.GLOBAL_TRANSACTION_ID, xid.global())
        .with(Field.BRANCH_QUALIFIER, xid.branch());
  }
}
