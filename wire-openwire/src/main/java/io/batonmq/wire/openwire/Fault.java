package io.batonmq.wire.openwire;

import org.jspecify.annotations.Nullable;

/// An exception as it stands on the wire.
///
/// @param className what the peer is to throw; one that came is text, and nobody looks it up
record Fault(String className, @Nullable String message) {}
