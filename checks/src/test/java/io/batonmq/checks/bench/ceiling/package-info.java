/// The server that only answers.
@NullMarked
package io.batonmq.checks.bench.ceiling;

import org.jspecify.annotations.NullMarked;
