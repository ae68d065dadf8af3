/// Measures brokers side by side: the same loads, in processes of their own, against Baton, its peers and the
/// bare disk, interleaved in one run, so that what the machine does meanwhile hits all of them alike.
@NullMarked
package io.batonmq.checks.bench;

import org.jspecify.annotations.NullMarked;
