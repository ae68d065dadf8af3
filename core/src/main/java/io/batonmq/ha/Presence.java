package io.batonmq.ha;

import io.batonmq.log.Facts;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The files by which nodes that use one store know of each other. Nothing here is needed for safety:
/// from presence come failback, the addresses that clients are told, and what `status` shows.
///
/// A node is alive while the lock of its file is held, or while the file changes.
///
/// A file whose write or sync failed is never written again, so after a failure the node shows itself
/// by a fresh one: its first is named as the process, the others `PROCESS.2`, `PROCESS.3` and so on. No
/// failure here stops the node that it befalls.
public final class Presence implements AutoCloseable {
  private static final String DIRECTORY = "presence";
  private static final int SIZE = Facts.SIZE_MAX;
  private static final long UPDATE_NANOS = 500_000_000L;
  private static final long PROGRESS_NANOS = 100_000_000L;
  private static final long CHANGE_NANOS = 3_000_000_000L;
  private static final long RETRY_NANOS = 1_000_000_000L;

  /// What a node says of itself.
  ///
  /// @param id of its process, and of which file of that process; see [Presence#same]
  /// @param applied position up to which it has the log
  /// @param process see [HaSettings#process]
  /// @param fresh whether the file was seen to change lately: a node that only holds its lock may be hung
  public record Peer(
      String id,
      String node,
      HaSettings.Configured configured,
      String role,
      List<String> connectors,
      String version,
      long applied,
      String process,
      boolean fresh) {
    Peer with(boolean nowFresh) {
      return new Peer(id, node, configured, role, connectors, version, applied, process, nowFresh);
    }
  }

  /// What was read last.
  ///
  /// @param sinceNanos when it was first read so
  /// @param moved whether it was different before
  private record Seen(Peer peer, String count, long sinceNanos, boolean moved) {}

  private final Storage storage;
  private final HaSettings settings;
  private final String process;
  private final Map<String, Seen> seen = new LinkedHashMap<>();
  private String id;
  private @Nullable StoredFile file;
  private @Nullable HeldLock lock;
  private long count;
  private long nextUpdateNanos;
  private String said = "";
  private long saidApplied = -1;
  private int files = 1;
  private boolean appeared;
  private String trouble = "";

  /// @param process a name, without a dot, that no other process uses
  public Presence(Storage storage, HaSettings settings, String process) {
    this.storage = storage;
    this.settings = settings;
    this.process = process;
    this.id = process;
  }

  /// By what the others know this process at the moment.
  public String id() {
    return id;
  }

  /// Whether two ids are of one process.
  static boolean same(String id, String other) {
    return process(id).equals(process(other));
  }

  private static String process(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? id : id.substring(0, dot);
  }

  /// Why the others cannot see this node at the moment, as far as it knows; empty if they can.
  public String trouble() {
    return trouble;
  }

  private void appear(Now now) {
    storage.makeDirectory(DIRECTORY);
    storage.syncDirectory("");
    show();
    say(now, "standby", 0);
    storage.syncDirectory(DIRECTORY);
    appeared = true;
  }

  private void show() {
    file =
        storage
            .createExclusive(path(id))
            .or(() -> storage.open(path(id), Storage.Access.WRITE))
            .orElse(null);
    lock = storage.tryLock(path(id)).orElse(null);
  }

  private static String path(String id) {
    return DIRECTORY + "/" + id;
  }

  /// Makes the file and locks it at first; then writes what is new, at most a few times a second. A
  /// failure is told by [#trouble] and tried again, with a fresh file, a second later.
  public void update(Now now, Role role, long applied) {
    if (!trouble.isEmpty() && now.nanos() - nextUpdateNanos < 0) {
      return;
    }
    try {
      if (!appeared) {
        appear(now);
      }
      long due =
          applied == saidApplied
              ? nextUpdateNanos
              : nextUpdateNanos - UPDATE_NANOS + PROGRESS_NANOS;
      if (!role.word().equals(said) || now.nanos() - due >= 0) {
        say(now, role.word(), applied);
      }
      trouble = "";
    } catch (StorageException e) {
      trouble = "this node does not show itself to the others: " + e.getMessage();
      startAnew(now);
    }
  }

  /// With the file that failed, a sync would fail for ever, and the others would wait for its node in
  /// vain.
  private void startAnew(Now now) {
    try {
      disappear();
      storage.remove(path(id));
    } catch (StorageException _) {
      // The others remove it: it does not change any more.
    }
    files++;
    id = process + "." + files;
    appeared = false;
    said = "";
    nextUpdateNanos = now.nanos() + RETRY_NANOS;
  }

  private void say(Now now, String role, long applied) {
    if (lock == null || !lock.stillHeld()) {
      // Another held it for a moment to see whether this node lives; or this one stood still for so
      // long that the others took it for dead and removed the file, which would be written unseen.
      disappear();
      show();
    }
    said = role;
    saidApplied = applied;
    nextUpdateNanos = now.nanos() + UPDATE_NANOS;
    Facts facts =
        Facts.of(
            "baton-presence", "1",
            "id", id,
            "node", settings.node(),
            "configured", settings.role().name(),
            "role", role,
            "connectors", String.join(",", settings.connectors()),
            "version", settings.version(),
            "applied", Long.toString(applied),
            "process", settings.process(),
            "count", Long.toString(++count));
    write(facts.encode());
  }

  private void write(byte[] facts) {
    if (file == null) {
      return;
    }
    ByteBuffer sector = ByteBuffer.allocate(SIZE);
    sector.put(facts, 0, Math.min(facts.length, SIZE)).clear();
    try {
      file.write(0, sector);
      file.sync();
    } catch (StorageException e) {
      if (!isGone(e)) {
        throw e;
      }
      disappear();
    }
  }

  /// Others remove the files of those who seem to be dead.
  private static boolean isGone(StorageException e) {
    return e.kind() == StorageException.Kind.STALE || e.kind() == StorageException.Kind.MISSING;
  }

  /// The other nodes that are alive now.
  public List<Peer> others(Now now) {
    List<Peer> alive = new ArrayList<>();
    for (String name : storage.list(DIRECTORY)) {
      if (!same(name, id)) {
        alive(name, now).ifPresent(alive::add);
      }
    }
    return alive;
  }

  /// Who holds the lock of its file at this moment, awake or not. Changes nothing: for a process that does
  /// not show itself yet.
  public static List<Peer> holders(Storage storage) {
    List<Peer> holders = new ArrayList<>();
    for (String name : storage.list(DIRECTORY)) {
      if (lockHeld(storage, name)) {
        Facts.read(storage, path(name)).map(Presence::peer).ifPresent(holders::add);
      }
    }
    return holders;
  }

  /// A node, if it is alive now. The file of one that is not is removed.
  public Optional<Peer> alive(String peer, Now now) {
    try {
      return look(peer, now);
    } catch (StorageException e) {
      if (!isGone(e)) {
        throw e;
      }
      seen.remove(peer);
      return Optional.empty();
    }
  }

  private Optional<Peer> look(String peer, Now now) {
    Optional<StoredFile> opened = storage.open(path(peer), Storage.Access.READ);
    if (opened.isEmpty()) {
      seen.remove(peer);
      return Optional.empty();
    }
    try (StoredFile in = opened.get()) {
      Facts.read(in).ifPresent(facts -> see(peer, facts, now));
    }
    Seen last = seen.get(peer);
    boolean recent = last != null && now.nanos() - last.sinceNanos < CHANGE_NANOS;
    if (last != null && (recent || lockHeld(storage, peer))) {
      return Optional.of(last.peer.with(recent && last.moved));
    }
    if (last != null) {
      storage.remove(path(peer));
      seen.remove(peer);
    }
    return Optional.empty();
  }

  private void see(String peer, Facts facts, Now now) {
    String counted = facts.get("count");
    Seen before = seen.get(peer);
    if (before == null || !before.count.equals(counted)) {
      seen.put(peer, new Seen(peer(facts), counted, now.nanos(), before != null));
    }
  }

  private static boolean lockHeld(Storage storage, String peer) {
    Optional<HeldLock> free = storage.tryLock(path(peer));
    free.ifPresent(HeldLock::close);
    return free.isEmpty();
  }

  private static Peer peer(Facts facts) {
    return new Peer(
        facts.get("id"),
        facts.get("node"),
        facts.get("configured").equals(HaSettings.Configured.PRIMARY.name())
            ? HaSettings.Configured.PRIMARY
            : HaSettings.Configured.BACKUP,
        facts.get("role"),
        connectors(facts.get("connectors", "")),
        facts.get("version"),
        facts.number("applied"),
        facts.get("process", ""),
        false);
  }

  private static List<String> connectors(String listed) {
    List<String> connectors = new ArrayList<>();
    for (int from = 0; from < listed.length(); ) {
      int comma = listed.indexOf(',', from);
      int to = comma < 0 ? listed.length() : comma;
      connectors.add(listed.substring(from, to));
      from = to + 1;
    }
    return connectors;
  }

  private void disappear() {
    if (lock != null) {
      lock.close();
    }
    if (file != null) {
      file.close();
    }
    file = null;
    lock = null;
  }

  @Override
  public void close() {
    boolean shown = file != null;
    disappear();
    if (shown) {
      storage.remove(path(id));
    }
  }
}
