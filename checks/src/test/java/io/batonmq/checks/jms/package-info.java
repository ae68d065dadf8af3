/// What an application over Qpid JMS relies on, by name, before, during and after a take-over.
@NullMarked
package io.batonmq.checks.jms;

import org.jspecify.annotations.NullMarked;
