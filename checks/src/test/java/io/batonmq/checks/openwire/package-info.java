/// The broker as the stock ActiveMQ client sees it.
@NullMarked
package io.batonmq.checks.openwire;

import org.jspecify.annotations.NullMarked;
