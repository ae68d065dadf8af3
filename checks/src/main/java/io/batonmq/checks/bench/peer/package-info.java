/// Brokers to be measured: how each is made, started, reached and ended. Peers are fetched by their
/// coordinates when they are needed, and set up as their makers tell: durable, and synced.
@NullMarked
package io.batonmq.checks.bench.peer;

import org.jspecify.annotations.NullMarked;
