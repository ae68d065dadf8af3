package io.batonmq.mirror;

import io.batonmq.seam.Monitor;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One standby's copy of the store, as the active node sees it: first it is made whole, by naming every file that there
/// is and sending what differs; and from the beginning on it hears of every change. A copy that has what was there and
/// has heard of all since is *whole*.
///
/// What is read to be compared or sent is read and handed to the link in one step with the monitor, as changes are made
/// and handed over: so a block that was read before a change never arrives after it.
final class Copy {
  /// Files whose answers may be outstanding.
  private static final int FILES_MAX = 16;

  /// Bytes of files that may be on their way without an acknowledgement.
  private static final long WINDOW = 2L << 20;

  /// Bytes that may wait for a copy that is not whole, beside those that it asked for.
  private static final long PENDING_MAX = 64L << 20;

  /// Bytes that wait for a copy that is whole, from which on changes wait too.
  private static final long CLOGGED = 8L << 20;

  /// Bytes after which an acknowledgement is asked for.
  private static final long ASK = 512 << 10;

  private final Quorum quorum;
  private final Monitor monitor;
  private final Storage own;
  private final Link link;
  private final String node;
  private final String name;

  // With the monitor.
  private long acknowledged;
  private volatile long heardNanos;
  private long lastTicket;
  private long movedNanos;
  private volatile boolean lost;
  private boolean whole;
  private long wholeTicket;
  private final ArrayDeque<Frame.Missing> missing = new ArrayDeque<>();
  private final Map<Integer, String> asked = new HashMap<>();
  private final ArrayDeque<long[]> sent = new ArrayDeque<>();
  private long onTheWay;
  private long unasked;
  private @Nullable String lastPath;

  // The copying lane's.
  private @Nullable ArrayDeque<String> toName;
  private int files;
  private Naming naming = Naming.NONE;
  private Sending sending = Sending.NONE;
  private volatile long comparedBytes;
  private volatile long sentBytes;

  private record Naming(int file, String path, long size, long at) {
    static final Naming NONE = new Naming(0, "", 0, 0);
  }

  private record Sending(String path, List<Long> offsets, int next) {
    static final Sending NONE = new Sending("", List.of(), 0);
  }

  /// @param copy null if there is none, for a reason
  record Attached(@Nullable Copy copy, String reason) {
    static Attached to(Copy copy) {
      return new Attached(copy, "");
    }

    static Attached refused(String reason) {
      return new Attached(null, reason);
    }
  }

  Copy(Mirror mirror, Link link, String node, String name) {
    this.quorum = mirror.quorum();
    this.monitor = quorum.monitor();
    this.own = mirror.own();
    this.link = link;
    this.node = node;
    this.name = name;
    this.heardNanos = quorum.nanos();
    this.movedNanos = heardNanos;
  }

  String node() {
    return node;
  }

  String name() {
    return name;
  }

  /// Whether it has all that there is; the caller has the monitor.
  boolean whole() {
    return whole;
  }

  /// The newest ticket that it has answered; the caller has the monitor.
  long acknowledged() {
    return acknowledged;
  }

  /// An answer is asked for; the caller has the monitor.
  void asked(long ticket) {
    if (acknowledged >= lastTicket) {
      movedNanos = quorum.nanos();
    }
    lastTicket = ticket;
  }

  /// For how long it has not answered what it was asked, or said nothing at all. A standby whose disk hangs may go on
  /// showing that it lives.
  long silentNanos() {
    monitor.enter();
    try {
      boolean owes = whole && acknowledged < lastTicket;
      return quorum.nanos() - (owes ? movedNanos : heardNanos);
    } finally {
      monitor.leave();
    }
  }

  /// Bytes compared so far.
  long comparedBytes() {
    return comparedBytes;
  }

  /// Bytes that differed and were sent.
  long sentBytes() {
    return sentBytes;
  }

  /// The caller has the monitor.
  void send(ByteBuffer frame) {
    link.send(frame);
    if (!whole && link.pending() > PENDING_MAX) {
      // Nobody waits for it yet, so it could be behind by any amount.
      link.close();
      lost = true;
    }
  }

  /// Whether so much waits to be sent that more has to wait; the caller has the monitor.
  boolean clogged() {
    return whole && !lost && link.pending() > CLOGGED;
  }

  void send(Frame frame) {
    link.send(frame.encode());
  }

  void close() {
    link.close();
  }

  // ---- what comes

  /// Takes a frame of the standby; answers what is not for the copy.
  Optional<Frame> heard(Frame frame) {
    monitor.enter();
    try {
      heardNanos = quorum.nanos();
      switch (frame) {
        case Frame.Ack(long ticket) -> {
          acknowledged = Math.max(acknowledged, ticket);
          movedNanos = heardNanos;
          while (!sent.isEmpty() && sent.getFirst()[0] <= ticket) {
            onTheWay -= sent.removeFirst()[1];
          }
          if (wholeTicket != 0 && ticket >= wholeTicket) {
            whole = true;
          }
          monitor.signal();
        }
        case Frame.Missing(int file, List<Long> _) when asked.containsKey(file) -> {
          missing.add((Frame.Missing) frame);
          monitor.signal();
        }
        case Frame.Alive _ -> {
          // It was heard.
        }
        default -> {
          return Optional.of(frame);
        }
      }
      return Optional.empty();
    } finally {
      monitor.leave();
    }
  }

  void lost() {
    lost = true;
  }

  boolean isLost() {
    return lost;
  }

  // ---- the copying lane

  /// Goes on making the copy whole; answers whether there may be more to do at once.
  boolean copy() {
    if (lost || wholeTicket != 0) {
      return false;
    }
    if (toName == null) {
      toName = list();
    }
    if (!sending.equals(Sending.NONE)) {
      return sendNext();
    }
    Frame.Missing answer = takeAnswer();
    if (answer != null) {
      sending = new Sending(pathOf(answer.file()), answer.offsets(), 0);
      return true;
    }
    if (!naming.equals(Naming.NONE)) {
      return nameNext();
    }
    String next = outstanding() < FILES_MAX ? toName.poll() : null;
    if (next != null) {
      return begin(next);
    }
    if (toName.isEmpty() && outstanding() == 0) {
      end();
    }
    return false;
  }

  private Frame.@Nullable Missing takeAnswer() {
    monitor.enter();
    try {
      return missing.poll();
    } finally {
      monitor.leave();
    }
  }

  private String pathOf(int file) {
    monitor.enter();
    try {
      return asked.getOrDefault(file, "");
    } finally {
      monitor.leave();
    }
  }

  private int outstanding() {
    monitor.enter();
    try {
      return asked.size();
    } finally {
      monitor.leave();
    }
  }

  /// The files that all nodes keep. What is made from here on the standby hears of anyway.
  private ArrayDeque<String> list() {
    ArrayDeque<String> paths = new ArrayDeque<>();
    for (String directory : own.list("")) {
      if (Paths.directory(directory)) {
        send(new Frame.MakeDirectory(directory));
        for (String file : own.list(directory)) {
          String path = directory + "/" + file;
          if (Paths.file(path)) {
            paths.add(path);
          }
        }
      }
    }
    return paths;
  }

  private boolean begin(String path) {
    monitor.enter();
    try (StoredFile file = own.open(path, Storage.Access.READ).orElse(null)) {
      if (file == null) {
        return true;
      }
      files++;
      long size = file.size();
      asked.put(files, path);
      send(new Frame.File(files, path, size));
      naming = new Naming(files, path, size, 0);
      return true;
    } finally {
      monitor.leave();
    }
  }

  private boolean nameNext() {
    Naming at = naming;
    if (at.at >= at.size) {
      send(new Frame.FileEnd(at.file));
      naming = Naming.NONE;
      return true;
    }
    int length = (int) Math.min(Frame.CHUNK, at.size - at.at);
    monitor.enter();
    try {
      Optional<ByteBuffer> block = read(at.path, at.at, length);
      if (block.isEmpty()) {
        // Removed in the meantime, which the standby hears of.
        send(new Frame.FileEnd(at.file));
        naming = Naming.NONE;
        return true;
      }
      send(new Frame.Digest(at.file, at.at, length, digest(block.get())));
    } finally {
      monitor.leave();
    }
    long compared = comparedBytes + length;
    comparedBytes = compared;
    naming = new Naming(at.file, at.path, at.size, at.at + length);
    return true;
  }

  private boolean sendNext() {
    Sending at = sending;
    if (at.next == at.offsets.size()) {
      answered(at.path);
      sending = Sending.NONE;
      return true;
    }
    monitor.enter();
    try {
      if (onTheWay >= WINDOW) {
        return false;
      }
      long offset = at.offsets.get(at.next);
      Optional<ByteBuffer> block = read(at.path, offset, Frame.CHUNK);
      if (block.isPresent()) {
        byte[] bytes = new byte[block.get().remaining()];
        block.get().get(bytes);
        send(new Frame.Write(at.path, offset, bytes));
        onTheWay += bytes.length;
        unasked += bytes.length;
        long all = sentBytes + bytes.length;
        sentBytes = all;
        lastPath = at.path;
      }
      if (unasked >= ASK || at.next + 1 == at.offsets.size()) {
        ask();
      }
    } finally {
      monitor.leave();
    }
    sending = new Sending(at.path, at.offsets, at.next + 1);
    return true;
  }

  private void ask() {
    if (lastPath == null) {
      return;
    }
    long ticket = quorum.ticket();
    asked(ticket);
    sent.add(new long[] {ticket, unasked});
    send(new Frame.Sync(lastPath, ticket));
    unasked = 0;
  }

  private void answered(String path) {
    monitor.enter();
    asked.values().remove(path);
    monitor.leave();
  }

  private void end() {
    monitor.enter();
    try {
      wholeTicket = quorum.ticket();
      asked(wholeTicket);
      send(new Frame.Whole(wholeTicket));
    } finally {
      monitor.leave();
    }
  }

  private Optional<ByteBuffer> read(String path, long offset, int length) {
    Optional<StoredFile> opened = own.open(path, Storage.Access.READ);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (StoredFile file = opened.get()) {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      file.read(offset, bytes);
      return Optional.of(bytes.flip());
    }
  }

  /// What tells two blocks apart.
  static byte[] digest(ByteBuffer block) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(block.duplicate());
      return Arrays.copyOf(sha.digest(), Frame.DIGEST);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
