/// The ceiling: a server that answers and does nothing else. It has our sockets and our AMQP, and neither a
/// queue nor a disk, so no broker over the same protocol library can answer sooner.
@NullMarked
package io.batonmq.checks.bench.ceiling;

import org.jspecify.annotations.NullMarked;
