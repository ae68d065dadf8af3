/// Real brokers and real clients for the tests: instances on the disk, each run by a process of its own,
/// loads of JMS clients over them, and an account of what became of every message.
@NullMarked
package io.batonmq.checks.harness;

import org.jspecify.annotations.NullMarked;
