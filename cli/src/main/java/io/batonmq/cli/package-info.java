/// The `baton` command.
@NullMarked
package io.batonmq.cli;

import org.jspecify.annotations.NullMarked;
