package io.batonmq.ha;

import io.batonmq.seam.Now;
import java.util.Optional;

/// Whether this node may read its store and take the baton over, apart from what the store itself says. Over a shared
/// store nothing is apart from it: [#NONE]. Where each node has a store of its own, somebody has to know which of
/// them is whole, and to decide between two that both see the other no more.
///
/// Called by the baton's lane.
public interface Warrant {
  /// What the store says is all there is.
  Warrant NONE =
      new Warrant() {
        @Override
        public boolean readable() {
          return true;
        }

        @Override
        public Optional<String> objection(Now now) {
          return Optional.empty();
        }

        @Override
        public boolean sole() {
          return false;
        }

        @Override
        public boolean claim(Now now) {
          return true;
        }

        @Override
        public void begun() {}

        @Override
        public void ending() {}

        @Override
        public void over() {}
      };

  /// Whether the store of this node is whole, and not being made so.
  boolean readable();

  /// Why this node may not even try to take over at the moment; empty if it may.
  Optional<String> objection(Now now);

  /// Whether nobody but this node can ever go on, whatever it is configured as: then a stop on purpose is over when
  /// this node is started again.
  boolean sole();

  /// Asks for the right to go on; for good when this answers true. What is confirmed from here on by anybody else is
  /// confirmed by a node that this one has agreed with before.
  ///
  /// @throws UndecidedException if it cannot be known; the right may have been given all the same
  boolean claim(Now now);

  /// This node is active, and lets others in from now on.
  void begun();

  /// Nothing more is confirmed by this node; what it still writes is for the next.
  void ending();

  /// The right is given back, or was taken.
  void over();
}
