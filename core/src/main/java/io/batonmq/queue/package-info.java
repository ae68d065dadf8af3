/// One queue as a deterministic machine: it holds references to messages, never bodies, and knows
/// nothing of files, positions' owners or connections.
@NullMarked
package io.batonmq.queue;

import org.jspecify.annotations.NullMarked;
