/// The rules of the house, as tests: what a room may use, what a line may call, what a file may hold.
/// Each message says what to do instead.
@NullMarked
package io.batonmq.checks.house;

import org.jspecify.annotations.NullMarked;
