/// What nobody should send, write or configure, and what the broker makes of it.
@NullMarked
package io.batonmq.checks.hostile;

import org.jspecify.annotations.NullMarked;
