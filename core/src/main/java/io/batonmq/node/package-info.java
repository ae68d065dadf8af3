/// One node put together without threads: what follows the log while it stands by, and serves while it
/// is active. The shell (`server.node`, or `sim`) gives each lane a thread of its own and calls it.
@NullMarked
package io.batonmq.node;

import org.jspecify.annotations.NullMarked;
