package io.batonmq.sim;

/// What of the unsynced a power cut leaves. A sector of a file that was written several times may
/// hold any of its versions, whatever its neighbours hold; a name may have any of its states,
/// whatever became of the bytes of its file.
interface Survival {
  /// How many of the writes of this sector survive, from the oldest on, up to `writes`.
  int sector(SectorVersions sector);

  /// How many of the changes of this name survive, from the oldest on, up to `changes`.
  int name(String path, int changes);

  /// How many bytes of the next version the sector holds too; 0 unless it is torn.
  default int torn(SectorVersions sector) {
    return 0;
  }

  /// The same for bytes, but every name survives.
  default Survival withNames() {
    Survival bytes = this;
    return new Survival() {
      @Override
      public int sector(SectorVersions sector) {
        return bytes.sector(sector);
      }

      @Override
      public int name(String path, int changes) {
        return changes;
      }

      @Override
      public int torn(SectorVersions sector) {
        return bytes.torn(sector);
      }
    };
  }

  /// The unsynced writes of one sector, oldest first, by their serial numbers.
  ///
  /// @param inode of the file
  /// @param serials of the writes that touched it
  record SectorVersions(long inode, long sector, long[] serials) {
    int count() {
      return serials.length;
    }
  }

  /// Everything written was on its way and arrived.
  Survival ALL =
      new Survival() {
        @Override
        public int sector(SectorVersions sector) {
          return sector.count();
        }

        @Override
        public int name(String path, int changes) {
          return changes;
        }
      };

  /// Nothing but what was synced.
  Survival NONE =
      new Survival() {
        @Override
        public int sector(SectorVersions sector) {
          return 0;
        }

        @Override
        public int name(String path, int changes) {
          return 0;
        }
      };

  /// One of the two above for bytes and names each.
  static Survival of(boolean bytes, boolean names) {
    return new Survival() {
      @Override
      public int sector(SectorVersions sector) {
        return bytes ? sector.count() : 0;
      }

      @Override
      public int name(String path, int changes) {
        return names ? changes : 0;
      }
    };
  }

  /// All arrived but one write: its sectors hold what they held before it.
  static Survival without(long serial) {
    return new Survival() {
      @Override
      public int sector(SectorVersions sector) {
        for (int i = 0; i < sector.count(); i++) {
          if (sector.serials()[i] == serial) {
            return i;
          }
        }
        return sector.count();
      }

      @Override
      public int name(String path, int changes) {
        return changes;
      }
    };
  }

  /// Nothing arrived but the sectors of one write, with what was in them before.
  static Survival only(long serial) {
    return new Survival() {
      @Override
      public int sector(SectorVersions sector) {
        for (int i = 0; i < sector.count(); i++) {
          if (sector.serials()[i] == serial) {
            return i + 1;
          }
        }
        return 0;
      }

      @Override
      public int name(String path, int changes) {
        return changes;
      }
    };
  }

  /// Any subset, by the seed; how much is lost is chosen too.
  static Survival by(Chance chance) {
    int keepBytes = new int[] {0, 10, 50, 90, 100}[chance.below(5)];
    int keepNames = new int[] {0, 50, 100, 100}[chance.below(4)];
    boolean tears = chance.oneIn(2);
    return new Survival() {
      @Override
      public int sector(SectorVersions sector) {
        if (chance.below(100) < keepBytes) {
          return chance.oneIn(4) ? 1 + chance.below(sector.count()) : sector.count();
        }
        return chance.oneIn(4) ? chance.below(sector.count()) : 0;
      }

      @Override
      public int name(String path, int changes) {
        return chance.below(100) < keepNames ? changes : chance.below(changes + 1);
      }

      @Override
      public int torn(SectorVersions sector) {
        return tears && chance.oneIn(8) ? chance.below(Unsynced.SECTOR) : 0;
      }
    };
  }
}
