package io.batonmq.ha;

/// The legal changes of role.
///
/// | from | to | when |
/// |------|----|------|
/// | standby | standby | another tenure is observed |
/// | standby | promoting | there is reason to take over |
/// | promoting | active | the claim was won and carried through |
/// | promoting | standby | another node was first |
/// | active | standby | the baton was handed over, or the node was stopped |
/// | any but fenced | fenced | superseded, lock lost, store failed or damaged; the process ends |
final class Transitions {
  private Transitions() {}

  static boolean legal(Role from, Role to) {
    return switch (from) {
      case Role.Standby _ -> !(to instanceof Role.Active);
      case Role.Promoting _ -> !(to instanceof Role.Promoting);
      case Role.Active _ -> to instanceof Role.Standby || to instanceof Role.Fenced;
      case Role.Fenced _ -> false;
    };
  }

  static void require(Role from, Role to) {
    if (!legal(from, to)) {
      throw new IllegalStateException(
          "a node that is " + from.word() + " cannot become " + to.word());
    }
  }
}
