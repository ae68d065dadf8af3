/// What is carried: a message as it came, with the few facts that the broker itself needs beside it; and
/// how the addresses that it is sent to are named.
@NullMarked
package io.batonmq.message;

import org.jspecify.annotations.NullMarked;
