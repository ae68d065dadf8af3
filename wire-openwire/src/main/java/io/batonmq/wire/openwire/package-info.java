/// OpenWire, the protocol of the ActiveMQ clients, versions 9 to 12, translated to the session of the core.
///
/// Bytes become frames ([Frames]), frames structures ([Decoder], by the table in [Type]), and those are what
/// [OpenWireEngine] and its parts work with. `activemq-client` has a codec, and it is what the table is tested
/// against; it is not used here, because it makes what it is told to by name (ADR 0013). Everything that a peer
/// can choose has a limit in [OpenWireLimits].
@NullMarked
package io.batonmq.wire.openwire;

import org.jspecify.annotations.NullMarked;
