/// Who holds the baton: roles, epochs, presence, take-over. It knows positions, not queues.
@NullMarked
package io.batonmq.ha;

import org.jspecify.annotations.NullMarked;
