package io.batonmq.session;

import org.jspecify.annotations.Nullable;

/// What a server keeps instead of a password (RFC 5802 §3).
///
/// @param principal who it is, once the proof was right; null for a user that does not exist, whose
///     proof is never right
public record ScramVerifier(
    byte[] salt,
    int iterations,
    byte[] storedKey,
    byte[] serverKey,
    @Nullable Principal principal) {}
