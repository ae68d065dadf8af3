/// An application as many are: written for `javax.jms`, with the last line of Qpid JMS that has it.
@NullMarked
package io.batonmq.checks.javax;

import org.jspecify.annotations.NullMarked;
