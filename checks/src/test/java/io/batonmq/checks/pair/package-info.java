/// A pair of real processes over one directory: killed, frozen, stopped, cut off from its disk.
@NullMarked
package io.batonmq.checks.pair;

import org.jspecify.annotations.NullMarked;
