package io.batonmq.server.config;

/// An address under which a node can be reached, as others are told of it.
public record Connector(String name, String host, int port) {}
