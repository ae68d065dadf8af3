package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What tells in a store that an epoch was claimed or served, beside its entry in the register and its
/// manifest. Both are made before anything is confirmed that rests on them; where one of these is there and
/// they are not, they were lost: a part of a store was restored, or somebody tidied up. A node that took
/// "missing" for "never was" would begin with an older state, or with none, and confirm upon it.
///
/// | witness | says |
/// |---|---|
/// | the fence of epoch N, raised by M | M was claimed |
/// | `epoch-M-…/heart` that has beaten | M was claimed and has a manifest |
/// | `epoch-M-…/manifest` that is not void | M was claimed |
final class Witnesses {
  private final Storage storage;
  private final Register register;

  Witnesses(Storage storage, Register register) {
    this.storage = storage;
    this.register = register;
  }

  /// An epoch after one that seems to be the newest; empty if there is none. The register has its entry if it
  /// was claimed a moment ago.
  ///
  /// @param newest as far as the register is known; 0 where it is empty
  /// @throws io.batonmq.seam.StorageException if the fence of the newest is gone
  Optional<Tenure> after(long newest) {
    if (newest > 0) {
      long by = Fence.raisedBy(storage, register.read(newest));
      if (by > newest && by <= newest + Register.EPOCHS_AHEAD_MAX) {
        return Optional.of(new Tenure(by, "?", "?"));
      }
    }
    return tenures().stream()
        .filter(tenure -> tenure.epoch() > newest && served(tenure))
        .findFirst();
  }

  /// The directories of all tenures, whether the register knows of them or not, oldest first.
  private List<Tenure> tenures() {
    return storage.list("").stream().map(Tenure::of).flatMap(Optional::stream).sorted().toList();
  }

  /// Whether a tenure has served, or was about to, whatever the register says.
  boolean served(Tenure tenure) {
    return beaten(tenure)
        || Manifest.read(storage, tenure).filter(Manifest.Valid.class::isInstance).isPresent();
  }

  private boolean beaten(Tenure tenure) {
    return Heart.read(storage, tenure).orElse(Heart.NONE).beats() > 0;
  }

  /// Refuses to have a tenure never serve that has served: its manifest was there before its heart beat.
  void requireNotServed(Tenure tenure) {
    if (beaten(tenure) && Manifest.read(storage, tenure).isEmpty()) {
      throw new DamagedException(noManifest(tenure));
    }
  }

  private static String noManifest(Tenure tenure) {
    return tenure.directory() + " was served, but its manifest is missing";
  }

  /// Says that the register has lost the entry of an epoch.
  static DamagedException unregistered(Tenure witness) {
    return new DamagedException(noEntry(witness));
  }

  private static String noEntry(Tenure witness) {
    return "epoch %d was claimed, but its entry in the register is missing"
        .formatted(witness.epoch());
  }

  /// Everything that is missing though somebody tells of it, a sentence each; for who reads it all. Lists
  /// first and asks later, so that a claim that comes in between is no loss.
  List<String> lost() {
    List<String> lost = new ArrayList<>();
    long newest = register.newest().map(Tenure::epoch).orElse(0L);
    for (Tenure tenure : tenures()) {
      boolean beaten = beaten(tenure);
      if (!beaten && !served(tenure)) {
        continue;
      }
      Optional<Tenure> claimed = register.find(tenure.epoch());
      if (claimed.isEmpty()) {
        lost.add(noEntry(tenure) + ": see " + tenure.directory());
      } else if (!claimed.get().directory().equals(tenure.directory())) {
        lost.add(
            "two nodes served in epoch %d: see %s and %s"
                .formatted(tenure.epoch(), tenure.directory(), claimed.get().directory()));
      } else if (beaten && Manifest.read(storage, tenure).isEmpty()) {
        lost.add(noManifest(tenure));
      }
    }
    for (long epoch = newest; epoch > 0; epoch--) {
      Optional<Tenure> claimed = register.find(epoch);
      if (claimed.isEmpty()) {
        lost.add("the entry of epoch " + epoch + " in the register cannot be read");
        continue;
      }
      if (!storage.exists(claimed.get().fence())) {
        lost.add(claimed.get().fence() + " is missing");
      }
      if (served(claimed.get())) {
        break;
      }
    }
    if (newest > 0) {
      register
          .find(newest)
          .filter(tenure -> storage.exists(tenure.fence()))
          .flatMap(_ -> after(newest))
          .filter(witness -> register.find(witness.epoch()).isEmpty())
          .ifPresent(witness -> lost.add(noEntry(witness) + ": the fence before it names it"));
    }
    return lost.stream().distinct().toList();
  }
}
