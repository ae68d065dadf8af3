/// Who may come in: the users of an instance, their roles, and whether strangers are let in.
///
/// Passwords are kept as SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677), never as text: with one a broker
/// can check a password and prove itself, but not log in anywhere.
@NullMarked
package io.batonmq.server.security;

import org.jspecify.annotations.NullMarked;
