/// The benchmark's own parts, each seen to do what its figures are said to be of.
@NullMarked
package io.batonmq.checks.bench;

import org.jspecify.annotations.NullMarked;
