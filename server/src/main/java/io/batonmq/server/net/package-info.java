/// Sockets and event loops. A connection belongs to one event loop, which is the only thread that ever
/// touches its engine; what the broker's thread has to say to it comes through a queue.
@NullMarked
package io.batonmq.server.net;

import org.jspecify.annotations.NullMarked;
