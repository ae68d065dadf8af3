/// AMQP 1.0 (OASIS, ISO/IEC 19464), translated to the session of the core.
///
/// Bytes become frames ([FrameReader]), frames performatives ([Performatives]), and only those reach
/// protonj2's engine, which keeps the state of sessions and links. Its own decoders are not used: they
/// share maps between connections that grow with every symbol and descriptor that a stranger invents.
/// Everything that a peer can choose has a limit in [AmqpLimits].
@NullMarked
package io.batonmq.wire.amqp;

import org.jspecify.annotations.NullMarked;
