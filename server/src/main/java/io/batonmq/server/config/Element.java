package io.batonmq.server.config;

import java.util.List;
import java.util.Map;

/// An element of an XML file with its place in it. Namespaces are dropped: files with, without and
/// with the wrong ones all occur, and no name means two things.
///
/// @param path names from the root to here, with slashes
/// @param attributes without those that belong to XML itself (`xmlns`, `xsi:…`, `xml:…`)
/// @param text its own text, without the blanks around it
/// @param column of the `<` that opens it, counted from 1, as is `line`
record Element(
    String name,
    String path,
    Map<String, String> attributes,
    String text,
    List<Element> children,
    int line,
    int column) {}
