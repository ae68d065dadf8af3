package io.batonmq.session;

/// What the shell gives to the engine of a new connection.
///
/// @param connection its number, unique in this process
/// @param remoteAddress of the peer, for people to read
/// @param line the way to the peer
/// @param outlet where the broker's outputs for it go; they come back by [WireEngine#emit]
/// @param gateway the way to the broker
/// @param authenticator who may come in here
public record Wiring(
    long connection,
    String remoteAddress,
    Line line,
    Outlet outlet,
    Gateway gateway,
    Authenticator authenticator) {}
