/// What people write in `broker.xml`, as one record model.
///
/// A file becomes a tree of located [io.batonmq.server.config.Element]s; a dialect's binder asks
/// the tree for what it honours, through [io.batonmq.server.config.Binding]; what nobody asked for
/// becomes a [io.batonmq.server.config.Problem] with its place, so nothing is ignored in silence.
/// All problems of a file are found in one reading.
@NullMarked
package io.batonmq.server.config;

import org.jspecify.annotations.NullMarked;
