package io.batonmq.sim;

import io.batonmq.seam.Clock;
import io.batonmq.seam.StorageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Every state in which a crash may leave the disk of a run: the run is recorded once, and cut at
/// each change that it makes (write, zero, sync, create, link, remove, directory sync).
///
/// ```
/// var run = CrashStates.<Long>record(seed, recorder -> {
///   var log = new FileLog(recorder.storage(), ...);
///   log.append(...); log.sync();
///   recorder.mark(log.committed());            // told to a client: must survive from here on
/// });
/// run.sample(2_000).forEach(state -> {
///   var found = FileLog.recover(state.mount());
///   assertThat(found.end()).as("%s", state).isGreaterThanOrEqualTo(state.marks().getLast());
/// });
/// ```
///
/// At each boundary these are tried: the process was killed (all arrives, unsynced pages stay
/// unsynced), power was lost with nothing, all, only bytes, or only names of the unsynced
/// surviving; with each single unsynced write missing, or alone; and random subsets, old versions
/// of sectors and torn sectors.
public final class CrashStates<M> {
  private static final int SINGLES_MAX = 8;
  private static final int DRAWS_PER_STATE = 4;

  private final long seed;
  private final List<Boundary<M>> boundaries;

  private record Boundary<M>(DiskImage image, int marks, List<M> allMarks) {
    List<M> known() {
      return List.copyOf(allMarks.subList(0, marks));
    }
  }

  /// What a recorded run is given.
  ///
  /// @param <M> what it marks
  public interface Recorder<M> {
    /// The disk to work on.
    SimStorage storage();

    /// Two clocks, which move as calls are made.
    Clock clock();

    /// Notes a fact that must be found after every later crash.
    void mark(M fact);
  }

  private CrashStates(long seed, List<Boundary<M>> boundaries) {
    this.seed = seed;
    this.boundaries = boundaries;
  }

  /// Records a run on an empty disk. A [ProcessDied] or [StorageException] that the run throws ends
  /// it: both are ends that a crash may follow.
  public static <M> CrashStates<M> record(long seed, Consumer<Recorder<M>> run) {
    return record(seed, new SimDisk(new Scheduler(seed), SimDisk.Model.LOCAL), run);
  }

  /// Records a run on a disk that has something on it already, such as the one of a [CrashState]: a
  /// crash during recovery from a crash.
  public static <M> CrashStates<M> record(long seed, SimDisk disk, Consumer<Recorder<M>> run) {
    var process = disk.scheduler().process("recorded");
    var storage = disk.mount(process);
    var marks = new ArrayList<M>();
    var images = new ArrayList<DiskImage>();
    var marksBefore = new ArrayList<Integer>();
    images.add(disk.image().copy());
    disk.atChange(() -> {
      // What was marked up to here was known while the disk was as the last image shows it.
      marksBefore.add(marks.size());
      images.add(disk.image().copy());
    });
    try {
      run.accept(new RecorderOf<>(storage, process.clock(), marks));
    } catch (ProcessDied | StorageException _) {
      // recorded up to here
    } finally {
      disk.atChange(() -> {});
    }
    marksBefore.add(marks.size());
    var boundaries = new ArrayList<Boundary<M>>();
    for (int i = 0; i < images.size(); i++) {
      boundaries.add(new Boundary<>(images.get(i), marksBefore.get(i), marks));
    }
    return new CrashStates<>(seed, boundaries);
  }

  private record RecorderOf<M>(SimStorage storage, Clock clock, List<M> marks)
      implements Recorder<M> {
    @Override
    public void mark(M fact) {
      marks.add(fact);
    }
  }

  /// The number of places where the run may be cut.
  public int boundaries() {
    return boundaries.size();
  }

  /// About so many states, spread evenly over the boundaries and never the same for two seeds; each
  /// is made when the stream comes to it.
  public Stream<CrashState<M>> sample(int states) {
    int cuts = boundaries.size();
    if (states <= cuts) {
      var chance = new Chance(seed);
      return IntStream.range(0, states)
          .map(i -> (int) ((long) i * cuts / states))
          .mapToObj(boundary -> state(boundary, chance.below(1_000)));
    }
    int each = (states + cuts - 1) / cuts;
    return IntStream.range(0, cuts)
        .boxed()
        .flatMap(boundary ->
            IntStream.range(0, Math.min(each, variants(boundary)))
                .mapToObj(variant -> state(boundary, variant)));
  }

  /// All states that differ in what is on the disk or in what was marked, as far as they are found: at each
  /// boundary those with a name and then random ones, until `each` are different or drawing more finds
  /// hardly any.
  public Stream<CrashState<M>> distinct(int each) {
    return IntStream.range(0, boundaries()).boxed().flatMap(boundary -> distinct(boundary, each));
  }

  private Stream<CrashState<M>> distinct(int boundary, int each) {
    Set<Long> seen = new HashSet<>();
    int variants = Math.min(variants(boundary), DRAWS_PER_STATE * each);
    return IntStream.range(0, variants)
        .boxed()
        .takeWhile(_ -> seen.size() < each)
        .map(variant -> state(boundary, variant))
        .filter(state -> seen.add(state.disk().hash()));
  }

  /// One state, by its numbers; variants beyond those with a name are random.
  public CrashState<M> state(int boundary, int variant) {
    var at = boundaries.get(boundary);
    var image = at.image.copy();
    long own = Hash.fold(Hash.fold(seed, boundary), variant);
    var scheduler = new Scheduler(own);
    var named = named(image);
    String what;
    if (variant == 0) {
      what = "process killed";
    } else if (variant <= named.size()) {
      var loss = named.get(variant - 1);
      what = loss.words;
      image.lose(loss.survival);
    } else {
      what = "variant " + variant;
      image.lose(Survival.by(scheduler.chance().fork()));
    }
    return new CrashState<>(
        seed, boundary, what, at.known(), new SimDisk(scheduler, SimDisk.Model.LOCAL, image));
  }

  private record Loss(String words, Survival survival) {}

  private static List<Loss> named(DiskImage image) {
    var losses = new ArrayList<Loss>();
    losses.add(new Loss("nothing unsynced survives", Survival.NONE));
    losses.add(new Loss("all survives", Survival.ALL));
    losses.add(new Loss("only bytes survive", Survival.of(true, false)));
    losses.add(new Loss("only names survive", Survival.of(false, true)));
    var serials = image.unsyncedSerials();
    singles(serials, losses, "without write ", Survival::without);
    singles(serials, losses, "only write ", Survival::only);
    return losses;
  }

  private static void singles(
      List<Long> serials, List<Loss> losses, String words, LongFunction<Survival> survival) {
    int count = Math.min(serials.size(), SINGLES_MAX);
    for (int i = 0; i < count; i++) {
      long serial = serials.get((int) ((long) i * serials.size() / count));
      losses.add(new Loss(words + serial, survival.apply(serial)));
    }
  }

  /// Where nothing is unsynced there is nothing to choose.
  private int variants(int boundary) {
    return boundaries.get(boundary).image.settled() ? 1 : Integer.MAX_VALUE;
  }
}
