/// How fast the log and the core are without a socket and without a client: JMH, and the log beside the bare
/// disk.
@NullMarked
package io.batonmq.checks.bench.micro;

import org.jspecify.annotations.NullMarked;
