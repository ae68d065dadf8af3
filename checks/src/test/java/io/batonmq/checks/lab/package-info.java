/// What is printed elsewhere, done as it is printed.
@NullMarked
package io.batonmq.checks.lab;

import org.jspecify.annotations.NullMarked;
