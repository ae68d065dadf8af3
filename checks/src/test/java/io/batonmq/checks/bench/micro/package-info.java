/// What is measured without a socket, once each.
@NullMarked
package io.batonmq.checks.bench.micro;

import org.jspecify.annotations.NullMarked;
