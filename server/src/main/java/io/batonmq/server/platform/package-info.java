/// The real clock and the real disk: what the core asks of the world, answered by the operating
/// system.
///
/// [io.batonmq.server.platform.DiskStorage] is the door. Behind it stand two ways to the same
/// files: system calls on 64-bit Linux ([io.batonmq.server.platform.Posix], the only class that
/// calls native code), and the JDK's channels elsewhere. [io.batonmq.server.platform.Mounts] says
/// what kind of file system a directory is on, and what is known against it.
@NullMarked
package io.batonmq.server.platform;

import org.jspecify.annotations.NullMarked;
