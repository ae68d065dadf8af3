/// The log in files of a directory that all nodes share.
///
/// ```
/// register/epoch-0000000007                 who claimed epoch 7; immutable, made by link(2)
/// epoch-0000000007-<tenure>/                everything that this claimant writes
///     lock     held by the claimant while it lives
///     heart    a counter, changed by the lane that confirms
///     fence    zeros until a later claimant writes its epoch here
///     manifest predecessor, seal, start; or "void". Immutable, made by link(2)
///     note     `next` or `stopped`, left by a clean end. Immutable
///     segment-<base, 16 hex digits>         records, see RecordFormat
///     spare-<n>                             zeros, to become a segment
///     sparse-<base>-<n>                     what is live of a segment, of any tenure, see Rewritten
///     rewriting-<base>-<n>                  the same before a committed record has named it
/// snapshots/snapshot-<position>-<unique>    states
/// presence/<node>                           one per process that uses the store
/// ```
///
/// A *tenure* is the time of one claimant in its epoch. The log is read through a chain of tenures: each
/// manifest names its predecessor and the position (the *seal*) from which its own segments count.
@NullMarked
package io.batonmq.log.file;

import org.jspecify.annotations.NullMarked;
