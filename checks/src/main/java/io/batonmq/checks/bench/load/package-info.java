/// Loads: processes of plain Jakarta Messaging clients that are measured from outside and tell what they saw.
/// They know no broker; which client library they use is decided by the class path.
@NullMarked
package io.batonmq.checks.bench.load;

import org.jspecify.annotations.NullMarked;
