package io.batonmq.ha;

import io.batonmq.log.Facts;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/// The files by which nodes that use one store know of each other. Nothing here is needed for safety:
/// from presence come failback, the addresses that clients are told, and what `status` shows.
///
/// A node is alive while the lock of its file is held, or while the file changes.
public final class Presence implements AutoCloseable {
  private static final String DIRECTORY = "presence";
  private static final int SIZE = Facts.SIZE_MAX;
  private static final long UPDATE_NANOS = 500_000_000L;
  private static final long PROGRESS_NANOS = 100_000_000L;
  private static final long CHANGE_NANOS = 3_000_000_000L;

  /// What a node says of itself.
  ///
  /// @param id of its process
  /// @param applied position up to which it has the log
  /// @param fresh whether the file was seen to change lately: a node that only holds its lock may be hung
  public record Peer(
      String id,
      String node,
      HaSettings.Configured configured,
      String role,
      List<String> connectors,
      String version,
      long applied,
      boolean fresh) {}

  private record Seen(String count, long changedNanos) {}

  private final Storage storage;
  private final HaSettings settings;
  private final String id;
  private final Map<String, Seen> seen = new LinkedHashMap<>();
  private @Nullable StoredFile file;
  private @Nullable HeldLock lock;
  private long count;
  private long nextUpdateNanos;
  private String said = "";
  private long saidApplied = -1;

  public Presence(Storage storage, HaSettings settings, String id) {
    this.storage = storage;
    this.settings = settings;
    this.id = id;
  }

  public String id() {
    return id;
  }

  /// Makes the file and locks it.
  public void appear(Now now) {
    storage.makeDirectory(DIRECTORY);
    storage.syncDirectory("");
    StoredFile created =
        storage
            .createExclusive(path(id))
            .orElseThrow(() -> new IllegalStateException("presence " + id + " is in use"));
    file = created;
    lock = storage.tryLock(path(id)).orElse(null);
    say(now, "standby", 0);
    storage.syncDirectory(DIRECTORY);
  }

  private static String path(String id) {
    return DIRECTORY + "/" + id;
  }

  /// Writes what is new, at most a few times a second.
  public void update(Now now, Role role, long applied) {
    long due =
        applied == saidApplied ? nextUpdateNanos : nextUpdateNanos - UPDATE_NANOS + PROGRESS_NANOS;
    if (!role.word().equals(said) || now.nanos() - due >= 0) {
      say(now, role.word(), applied);
    }
  }

  private void say(Now now, String role, long applied) {
    if (file == null) {
      return;
    }
    if (lock == null) {
      // An observer may have held it for a moment to see whether this node lives.
      lock = storage.tryLock(path(id)).orElse(null);
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
            "count", Long.toString(++count));
    ByteBuffer sector = ByteBuffer.allocate(SIZE).put(facts.encode()).clear();
    file.write(0, sector);
    file.sync();
  }

  /// The other nodes that are alive now.
  public List<Peer> others(Now now) {
    List<Peer> alive = new ArrayList<>();
    for (String name : storage.list(DIRECTORY)) {
      if (!name.equals(id)) {
        alive(name, now).ifPresent(alive::add);
      }
    }
    return alive;
  }

  /// A node, if it is alive now. The file of one that is not is removed.
  public Optional<Peer> alive(String peer, Now now) {
    Optional<Facts> facts = Facts.read(storage, path(peer));
    if (facts.isEmpty()) {
      return Optional.empty();
    }
    String counted = facts.get().get("count");
    Seen before = seen.get(peer);
    boolean changed = before != null && !before.count().equals(counted);
    if (before == null || changed) {
      long at = changed ? now.nanos() : now.nanos() - CHANGE_NANOS;
      seen.put(peer, new Seen(counted, at));
    }
    boolean fresh = now.nanos() - changedAt(peer) < CHANGE_NANOS;
    if (fresh || lockHeld(peer)) {
      return Optional.of(peer(facts.get(), fresh));
    }
    storage.remove(path(peer));
    seen.remove(peer);
    return Optional.empty();
  }

  private long changedAt(String peer) {
    Seen at = seen.get(peer);
    return at == null ? Long.MIN_VALUE / 4 : at.changedNanos();
  }

  private boolean lockHeld(String peer) {
    Optional<HeldLock> free = storage.tryLock(path(peer));
    free.ifPresent(HeldLock::close);
    return free.isEmpty();
  }

  private static Peer peer(Facts facts, boolean fresh) {
    String connectors = facts.get("connectors", "");
    return new Peer(
        facts.get("id"),
        facts.get("node"),
        HaSettings.Configured.valueOf(facts.get("configured")),
        facts.get("role"),
        Collections.list(new StringTokenizer(connectors, ",")).stream()
            .map(String::valueOf)
            .toList(),
        facts.get("version"),
        facts.number("applied"),
        fresh);
  }

  @Override
  public void close() {
    if (lock != null) {
      lock.close();
    }
    if (file != null) {
      file.close();
      storage.remove(path(id));
    }
    file = null;
    lock = null;
  }
}
