/// `baton demo`: a pair, a load, a kill in mid-stream, and an account of every message.
@NullMarked
package io.batonmq.cli.demo;

import org.jspecify.annotations.NullMarked;
