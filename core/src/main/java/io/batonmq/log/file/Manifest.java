package io.batonmq.log.file;

import io.batonmq.log.Facts;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import java.util.Optional;

/// What a tenure begins with. There is at most one per tenure, made by link(2), never changed: either by
/// the claimant itself, or by a later one that found none and made it void.
///
/// ```
/// baton-manifest 1              or: void, and nothing else
/// predecessor 6                 epoch of the tenure before in the chain, 0 for none
/// start 104857600               seal of the predecessor, a position
/// chain 5b1c7e0f93d2a844        of the record that ends at start
/// tail-end 104861696            end of the records copied from the predecessor
/// snapshot-position 94371840    newest snapshot known then
/// snapshot-name snapshot-0000000005a00000-b7
/// snapshot-crc32c 9ae0daaf
/// crc32c 21c99dc8               over all lines before
/// ```
public sealed interface Manifest {
  /// The tenure served, or was about to.
  ///
  /// @param predecessorEpoch epoch of the tenure before in the chain, 0 for none
  /// @param start seal of the predecessor: from here on this tenure's records count, not the
  ///     predecessor's
  /// @param chain hash of the record that ends at `start`
  /// @param tailEnd end of the records that were copied from the predecessor
  /// @param snapshot newest one known at that time
  record Valid(long predecessorEpoch, long start, long chain, long tailEnd, SnapshotRef snapshot)
      implements Manifest {}

  /// The tenure will never serve.
  record Voided() implements Manifest {}

  /// The manifest of a tenure; empty if there is none yet (a hint).
  static Optional<Manifest> read(Storage storage, Tenure tenure) {
    return Facts.read(storage, tenure.path(Tenure.MANIFEST)).map(Manifest::parse);
  }

  static Manifest parse(Facts facts) {
    if (facts.get("baton-manifest").equals("void")) {
      return new Voided();
    }
    return new Valid(
        facts.number("predecessor"),
        facts.number("start"),
        facts.hex("chain"),
        facts.number("tail-end"),
        new SnapshotRef(
            facts.number("snapshot-position"),
            facts.get("snapshot-name"),
            (int) facts.hex("snapshot-crc32c")));
  }

  /// Publishes a manifest; false if the tenure has one.
  static boolean publish(Storage storage, Tenure tenure, Manifest manifest, String unique) {
    return facts(manifest).publish(storage, tenure.directory(), Tenure.MANIFEST, unique);
  }

  static Facts facts(Manifest manifest) {
    return switch (manifest) {
      case Voided _ -> Facts.of("baton-manifest", "void");
      case Valid valid ->
          Facts.of(
              "baton-manifest", "1",
              "predecessor", Long.toString(valid.predecessorEpoch),
              "start", Long.toString(valid.start),
              "chain", Long.toHexString(valid.chain),
              "tail-end", Long.toString(valid.tailEnd),
              "snapshot-position", Long.toString(valid.snapshot.position()),
              "snapshot-name", valid.snapshot.name(),
              "snapshot-crc32c", Integer.toHexString(valid.snapshot.checksum()));
    };
  }
}
