package io.batonmq.wire.openwire;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// One conversation of a stock client with our broker, as it was recorded.
///
/// @param name of the file, and the number of the connection in it
record Recorded(String name, List<Frame> frames) {
  private static final int CLIENT = 1;

  /// @param ofClient whether the client said it
  /// @param bytes with the length before them
  record Frame(boolean ofClient, byte[] bytes) {}

  /// All there are, in the order of their names.
  static List<Recorded> all() {
    var folder = Objects.requireNonNull(Recorded.class.getResource("/recorded"));
    try (var files = Files.list(Path.of(folder.toURI()))) {
      return files
          .filter(file -> file.toString().endsWith(".gz"))
          .sorted()
          .flatMap(file -> read(file).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Recorded> read(Path file) {
    var connections = new TreeMap<Integer, List<Frame>>();
    try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      for (int connection = in.read(); connection >= 0; connection = in.read()) {
        boolean ofClient = in.readByte() == CLIENT;
        int length = in.readInt();
        var bytes = new byte[Integer.BYTES + length];
        ByteBuffer.wrap(bytes).putInt(length);
        in.readFully(bytes, Integer.BYTES, length);
        connections
            .computeIfAbsent(connection, _ -> new ArrayList<>())
            .add(new Frame(ofClient, bytes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var all = new ArrayList<Recorded>();
    connections.forEach(
        (number, frames) -> all.add(new Recorded(file.getFileName() + " " + number, frames)));
    return all;
  }

  List<byte[]> ofClient() {
    return frames.stream().filter(Frame::ofClient).map(Frame::bytes).toList();
  }

  List<byte[]> ofBroker() {
    return frames.stream().filter(frame -> !frame.ofClient()).map(Frame::bytes).toList();
  }

  /// How both sides read what comes after their introductions.
  Coding coding() {
    var introduction = struct(ofClient().getFirst(), Coding.FIRST, null);
    return Introduction.of(Objects.requireNonNull(introduction), OpenWireLimits.standard())
        .coding();
  }

  /// Reads a frame by a table of what anybody may say.
  ///
  /// @throws Malformed if it is none
  static @Nullable Struct struct(byte[] frame, Coding coding, @Nullable Recall recall) {
    return Decoder.read(frame, Integer.BYTES, frame.length, coding, recall, _ -> true);
  }
}
