/// An instance: the folder of one broker, with its launcher, its configuration and its data.
@NullMarked
package io.batonmq.server.instance;

import org.jspecify.annotations.NullMarked;
