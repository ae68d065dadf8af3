/// One running node: the core's lanes on threads, the real disk and clock under them, the doors that
/// clients come in by, and the admin listener.
@NullMarked
package io.batonmq.server.node;

import org.jspecify.annotations.NullMarked;
