package io.batonmq.server.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Reads a file into a tree of [Element]s, trusting nothing in it: no DTD, so no entities; no
/// XInclude; and no more bytes or depth than a configuration has a use for.
final class ElementReader {
  static final int FILE_BYTES_MAX = 1 << 20;
  static final int DEPTH_MAX = 32;

  private static final String REASON = "Message: ";

  private final Problems problems;
  private final String xml;
  private final int[] lineStarts;
  private final Deque<Open> open = new ArrayDeque<>();

  private record Place(int line, int column) {}

  /// An element whose end tag has not come yet.
  private record Open(
      String name,
      String path,
      Map<String, String> attributes,
      StringBuilder text,
      List<Element> children,
      Place at) {
    Open(String name, String path, Map<String, String> attributes, Place at) {
      this(name, path, attributes, new StringBuilder(), new ArrayList<>(), at);
    }

    Element close() {
      return new Element(
          name,
          path,
          attributes,
          text.toString().strip(),
          List.copyOf(children),
          at.line,
          at.column);
    }
  }

  private ElementReader(String xml, Problems problems) {
    this.problems = problems;
    this.xml = xml;
    this.lineStarts =
        IntStream.concat(
                IntStream.of(0),
                IntStream.range(0, xml.length())
                    .filter(i -> xml.charAt(i) == '\n')
                    .map(newline -> newline + 1))
            .toArray();
  }

  /// The root of the tree, unless the file is not XML that we accept: then `problems` says why.
  static Optional<Element> read(Path file, Problems problems) {
    return text(file, problems).flatMap(xml -> new ElementReader(xml, problems).parse());
  }

  private static Optional<String> text(Path file, Problems problems) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length > FILE_BYTES_MAX) {
        problems.broken(0, 0, "longer than " + FILE_BYTES_MAX + " bytes: not read");
        return Optional.empty();
      }
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      var unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
      return Optional.of(unmarked.replace("\r\n", "\n").replace('\r', '\n'));
    } catch (CharacterCodingException e) {
      problems.broken(0, 0, "is not UTF-8 text: save it as UTF-8");
    } catch (NoSuchFileException e) {
      problems.broken(
          0, 0, "is not there: `baton create DIR` makes an instance with an etc/broker.xml");
    } catch (AccessDeniedException e) {
      problems.broken(0, 0, "may not be read by this user: change its owner or its mode");
    } catch (IOException e) {
      var what = Files.isDirectory(file) ? "is a folder: name the file in it" : "cannot be read: ";
      problems.broken(0, 0, what + (Files.isDirectory(file) ? "" : e.getMessage()));
    }
    return Optional.empty();
  }

  private Optional<Element> parse() {
    try {
      var reader = factory().createXMLStreamReader(new StringReader(xml));
      try {
        return root(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      int line = Math.max(1, e.getLocation() == null ? 1 : e.getLocation().getLineNumber());
      int column = Math.max(1, e.getLocation() == null ? 1 : e.getLocation().getColumnNumber());
      problems.broken(line, column, "is not well-formed XML: " + reason(e));
      return Optional.empty();
    }
  }

  private static XMLInputFactory factory() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    return factory;
  }

  private Optional<Element> root(XMLStreamReader reader) throws XMLStreamException {
    Optional<Element> root = Optional.empty();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.DTD -> {
          var at = place(xml.lastIndexOf("<!DOCTYPE", offset(reader)));
          problems.broken(at.line, at.column, "has a DOCTYPE, which is not read: remove it");
          return Optional.empty();
        }
        case XMLStreamConstants.START_ELEMENT -> {
          if (!start(reader)) {
            return Optional.empty();
          }
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (!open.isEmpty()) {
            open.element().text.append(reader.getText());
          }
        }
        case XMLStreamConstants.END_ELEMENT -> {
          var closed = open.pop().close();
          if (open.isEmpty()) {
            root = Optional.of(closed);
          } else {
            open.element().children.add(closed);
          }
        }
        default -> {
          // Comments, blanks and processing instructions say nothing to a broker.
        }
      }
    }
    return root;
  }

  private boolean start(XMLStreamReader reader) {
    // StAX tells where the tag ends; a '<' cannot stand inside a tag, so the last one before opens
    // it.
    var at = place(xml.lastIndexOf('<', offset(reader) - 1));
    if (open.size() >= DEPTH_MAX) {
      problems.broken(
          at.line, at.column, "is nested deeper than " + DEPTH_MAX + " elements: not read");
      return false;
    }
    var name = reader.getLocalName();
    var path = open.isEmpty() ? name : open.element().path + "/" + name;
    open.push(new Open(name, path, attributes(reader), at));
    return true;
  }

  /// How much of the text the parser has passed. Its own count of characters is off at the end of
  /// the file.
  private int offset(XMLStreamReader reader) {
    var location = reader.getLocation();
    return lineStarts[location.getLineNumber() - 1] + location.getColumnNumber() - 1;
  }

  private Place place(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    int line = found >= 0 ? found : -found - 2;
    return new Place(line + 1, offset - lineStarts[line] + 1);
  }

  private static Map<String, String> attributes(XMLStreamReader reader) {
    var attributes = new LinkedHashMap<String, String>();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      var namespace = reader.getAttributeNamespace(i);
      if (namespace == null || namespace.isEmpty()) {
        attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i).strip());
      }
    }
    return Collections.unmodifiableMap(attributes);
  }

  /// The parser's reason without the place, which we say in our own way.
  private static String reason(XMLStreamException e) {
    var message = String.valueOf(e.getMessage());
    if (message.contains("reference to entity") || message.contains("entity name must")) {
      // The parser quotes what follows, which may be the rest of a password.
      return "an & stands for itself: write &amp; for it";
    }
    int at = message.indexOf(REASON);
    return at < 0 ? message : message.substring(at + REASON.length());
  }
}
