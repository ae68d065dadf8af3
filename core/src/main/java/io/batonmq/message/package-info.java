/// What is carried: a message as it came, with the few facts that the broker itself needs beside it.
@NullMarked
package io.batonmq.message;

import org.jspecify.annotations.NullMarked;
