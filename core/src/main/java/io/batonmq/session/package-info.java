/// A conversation that no protocol owns: connections, links, credit, unsettled deliveries,
/// transactions. Protocol adapters speak [Command]s and hear [Output]s; nothing else passes between
/// them and the broker.
@NullMarked
package io.batonmq.session;

import org.jspecify.annotations.NullMarked;
