/// Addresses, queues and what is durable about them: the state is the fold of the log's events by one
/// `apply`, on the active node and on every standby.
@NullMarked
package io.batonmq.broker;

import org.jspecify.annotations.NullMarked;
