/// The store of one node, kept by others as well: whatever the active node does to its files is done to theirs, and
/// what it syncs is synced there before it counts. Knows files, not records; who may go on alone is decided by an
/// arbiter.
///
/// ```
/// active:  log -> Mirror -> own disk
///                   |
///                   Copy (one for each standby) ---- frames ----> Copyist -> the standby's own disk
/// ```
///
/// A standby's store is byte for byte that of the active, so it is followed, taken over, verified and exported by the
/// code that does so with a shared store. What differs is who raises the committed position: a sync returns when every
/// node in the *in-sync set* has synced too.
///
/// Sources: PacificA (Lin et al., 2008) for the order in which the set changes, Patroni for removing a member
/// at the arbiter before going on without it.
@NullMarked
package io.batonmq.mirror;

import org.jspecify.annotations.NullMarked;
