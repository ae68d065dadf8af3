package io.batonmq.mirror;

import io.batonmq.log.DamagedException;
import io.batonmq.log.Facts;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.util.function.Supplier;

/// An arbiter in a directory that all nodes reach: a row of numbered files, each made by link(2) with its whole content,
/// never changed. Making the next one is the compare-and-set, decided by the file server.
///
/// On a network file system a name that was looked for too early is believed missing for a minute; then this reads an
/// older reign than there is. Whoever rests a change on it is refused, and has seen the name from then on.
public final class FileArbiter implements Arbiter {
  private static final String DIRECTORY = "arbiter";
  private static final String PREFIX = "reign-";

  private final Storage storage;
  private final Supplier<String> unique;
  private final String place;
  private long newest;
  private boolean prepared;

  /// @param place of the directory, for people
  public FileArbiter(Storage storage, Supplier<String> unique, String place) {
    this.storage = storage;
    this.unique = unique;
    this.place = place;
  }

  @Override
  public Reign read() {
    try {
      return newest();
    } catch (StorageException | DamagedException e) {
      throw failed(e);
    }
  }

  private Reign newest() {
    for (String name : storage.list(DIRECTORY)) {
      if (name.startsWith(PREFIX)) {
        newest = Math.max(newest, number(name));
      }
    }
    while (storage.exists(path(newest + 1))) {
      newest++;
    }
    if (newest == 0) {
      return Reign.NONE;
    }
    return Facts.read(storage, path(newest))
        .map(Reign::of)
        .orElseThrow(() -> new DamagedException(path(newest) + " cannot be read"));
  }

  private static long number(String name) {
    try {
      return Long.parseLong(name.substring(PREFIX.length()));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  @Override
  public boolean change(Reign to) {
    try {
      if (!prepared) {
        storage.makeDirectory(DIRECTORY);
        storage.syncDirectory("");
        prepared = true;
      }
      boolean mine = to.facts().publish(storage, DIRECTORY, name(to.version()), unique.get());
      newest = Math.max(newest, to.version());
      // None is ever removed: a node that stood still for a year would make its name anew, and
      // believe
      // that it was the next.
      return mine;
    } catch (StorageException | DamagedException e) {
      throw failed(e);
    }
  }

  private ArbiterException failed(RuntimeException e) {
    return new ArbiterException(describe() + ": " + e.getMessage(), e);
  }

  @Override
  public String describe() {
    return "the arbiter's directory " + place;
  }

  private static String name(long version) {
    return PREFIX + String.format("%010d", version);
  }

  private static String path(long version) {
    return DIRECTORY + "/" + name(version);
  }
}
