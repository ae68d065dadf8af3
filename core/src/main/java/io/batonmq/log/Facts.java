package io.batonmq.log;

import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.zip.CRC32C;

/// A small file of facts that people can read: lines `key value`, closed by `crc32c` and eight
/// hexadecimal digits over all lines before. Immutable once it has its name.
///
/// @param lines keys without spaces, values without line breaks
public record Facts(SequencedMap<String, String> lines) {
  /// Longest file of facts that is read, in bytes.
  public static final int SIZE_MAX = 4096;

  /// Facts of keys and values in turn.
  public static Facts of(String... keysAndValues) {
    SequencedMap<String, String> lines = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      lines.put(keysAndValues[i], clean(keysAndValues[i + 1]));
    }
    return new Facts(lines);
  }

  private static String clean(String value) {
    return value.replace('\n', ' ').replace('\r', ' ');
  }

  /// The value of a key; a file that lacks one that it must have is treated as damaged.
  public String get(String key) {
    String value = lines.get(key);
    if (value == null) {
      throw new DamagedException("a file of facts lacks the line '" + key + "'");
    }
    return value;
  }

  /// As [#get], or another value where the line is missing.
  public String get(String key, String otherwise) {
    return lines.getOrDefault(key, otherwise);
  }

  /// A value that is a number.
  public long number(String key) {
    try {
      return Long.parseLong(get(key));
    } catch (NumberFormatException e) {
      throw new DamagedException("the fact '" + key + "' is not a number: " + get(key));
    }
  }

  /// A value that is a hash.
  public long hex(String key) {
    try {
      return Long.parseUnsignedLong(get(key), 16);
    } catch (NumberFormatException e) {
      throw new DamagedException("the fact '" + key + "' is not hexadecimal: " + get(key));
    }
  }

  /// The bytes of the file.
  public byte[] encode() {
    StringBuilder text = new StringBuilder();
    lines.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    text.append("crc32c ").append(hex8(body)).append('\n');
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String hex8(byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body);
    return String.format("%08x", crc.getValue());
  }

  /// Reads facts; empty if the bytes are not whole.
  public static Optional<Facts> decode(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int tail = text.lastIndexOf("crc32c ");
    if (tail < 0 || text.length() < tail + 15) {
      return Optional.empty();
    }
    String body = text.substring(0, tail);
    String crc = text.substring(tail + 7, tail + 15);
    if (!crc.equals(hex8(body.getBytes(StandardCharsets.UTF_8)))) {
      return Optional.empty();
    }
    SequencedMap<String, String> lines = new LinkedHashMap<>();
    for (String line : (Iterable<String>) body.lines()::iterator) {
      int space = line.indexOf(' ');
      if (space > 0) {
        lines.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    return Optional.of(new Facts(lines));
  }

  /// Reads a file freshly; empty if it is missing or not whole.
  public static Optional<Facts> read(Storage storage, String path) {
    Optional<StoredFile> opened = storage.open(path, Storage.Access.READ);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (StoredFile file = opened.get()) {
      return read(file);
    }
  }

  /// Reads an open file; empty if it is not whole.
  public static Optional<Facts> read(StoredFile file) {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE_MAX);
    int length = file.read(0, bytes);
    byte[] content = new byte[length];
    bytes.flip().get(content);
    return decode(content);
  }

  /// Writes these facts under a name that nobody has yet, whole or not at all; false if somebody has.
  ///
  /// @param directory of the file and of its temporary name
  /// @param unique part of the temporary name that no other writer uses
  public boolean publish(Storage storage, String directory, String name, String unique) {
    String temporary = directory + "/tmp-" + unique;
    storage.remove(temporary);
    StoredFile file =
        storage
            .createExclusive(temporary)
            .orElseThrow(() -> new DamagedException("somebody else uses " + temporary));
    try (file) {
      file.write(0, ByteBuffer.wrap(encode()));
      file.sync();
    }
    String path = directory + "/" + name;
    boolean mine = storage.link(temporary, path);
    storage.remove(temporary);
    storage.syncDirectory(directory);
    if (mine && !read(storage, path).equals(Optional.of(this))) {
      // The file server's power failed between the link and the sync: the name is gone, or
      // another's.
      // Without this look two claimants would own one epoch, or one would serve without a manifest.
      throw new StorageException(StorageException.Kind.IO, path + " vanished when it was made");
    }
    return mine;
  }

  /// The lines as they are, for messages.
  @Override
  public String toString() {
    return Map.copyOf(lines).toString();
  }
}
