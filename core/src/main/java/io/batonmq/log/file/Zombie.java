package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;

/// What a node wrote after it was taken over from, without knowing. It lies beyond the end that the
/// successor read, is confirmed to nobody and counts for nothing; how much there is tells how far the
/// two were apart.
///
/// @param tenure of that node
/// @param segment base of the one in which `end` lies
/// @param end position up to which the successor took over
/// @param chain at `end`
public record Zombie(Tenure tenure, long segment, long end, long chain) {
  /// Bytes of valid records there, now; -1 if that cannot be seen any more. Reads what it counts.
  public long bytes(Storage storage) {
    try (Scanner scanner = new Scanner(storage, tenure, segment, end, chain)) {
      while (scanner.next(false).isPresent()) {
        // only counted
      }
      boolean gone = scanner.stop() == Scanner.Stop.GONE;
      return gone ? -1 : scanner.at() - end;
    } catch (StorageException | DamagedException _) {
      // Its space was given back meanwhile. Nothing depends on this number.
      return -1;
    }
  }
}
