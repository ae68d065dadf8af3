package io.batonmq.checks.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// What a line may not call, and what it calls instead.
///
/// Inside the core and the protocols everything must come out the same from the same seed; that is
/// why clocks, threads, files, sockets and dice stay outside.
class ForbiddenCallsTest {
  private static final Predicate<String> DETERMINISTIC =
      below("seam", "message", "log", "queue", "ha", "broker", "session", "wire");
  private static final Predicate<String> SEEDED = DETERMINISTIC.or(below("sim"));
  private static final Predicate<String> READS_CLIENTS = DETERMINISTIC.or(below("server.net"));
  private static final Predicate<String> EVERYWHERE = place -> true;

  /// The one class of the simulation that hands a thread its turn, so that one runs at any moment.
  private static final String TURN = "io.batonmq.sim.Turn";

  private static final Set<String> THREAD_MAKERS =
      Set.of(
          "java.util.Timer",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ForkJoinPool",
          "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.ScheduledThreadPoolExecutor",
          "java.util.concurrent.StructuredTaskScope");

  /// Failure is vocabulary, not I/O; and every enum and lambda may say Serializable.
  private static final Set<String> HARMLESS_IO =
      Set.of(
          "java.io.IOException",
          "java.io.UncheckedIOException",
          "java.io.EOFException",
          "java.io.Serializable");

  @Test
  void timeIsAnArgument() {
    calls(
        SEEDED,
        call ->
            is(call, "java.lang.System", "nanoTime", "currentTimeMillis")
                || (owner(call).startsWith("java.time.") && call.getName().equals("now"))
                || (is(call, "java.time.Clock") && call.getName().startsWith("system")),
        "take a Now; only server.platform reads a clock");
  }

  @Test
  void threadsBelongToTheShell() {
    calls(
        SEEDED,
        call ->
            (is(call, "java.lang.Thread") && !call.getName().equals("currentThread"))
                || owner(call).startsWith("java.lang.Thread$Builder")
                || owner(call).startsWith("java.util.concurrent.locks.LockSupport")
                || (is(call, "java.util.concurrent.CompletableFuture")
                    && call.getName().endsWith("Async"))
                || THREAD_MAKERS.contains(owner(call)),
        "answer the next deadline and be called at it; server owns the threads");
    uses(
        SEEDED,
        type -> type.isAssignableTo(Thread.class) || THREAD_MAKERS.contains(type.getName()),
        "answer the next deadline and be called at it; server owns the threads");
  }

  @Test
  void filesAreBehindTheSeam() {
    uses(
        DETERMINISTIC,
        type ->
            (type.getPackageName().equals("java.io") && !HARMLESS_IO.contains(type.getName()))
                || type.getPackageName().startsWith("java.nio.file")
                || type.getPackageName().startsWith("java.nio.channels"),
        "ask seam.Storage, and write bytes with ByteBuffer; files live in server.platform and sim");
  }

  @Test
  void socketsAreBehindTheSeam() {
    uses(
        SEEDED,
        type ->
            type.getPackageName().equals("java.net")
                || type.getPackageName().startsWith("java.net."),
        "answer bytes to the caller; sockets and addresses live in server.net");
  }

  @Test
  void diceAreSeeded() {
    calls(
        SEEDED,
        call ->
            is(call, "java.lang.Math", "random")
                || is(call, "java.lang.StrictMath", "random")
                || is(call, "java.util.UUID", "randomUUID")
                || is(call, "java.util.concurrent.ThreadLocalRandom", "current")
                || is(call, "java.util.random.RandomGenerator", "getDefault", "of")
                || owner(call).equals("java.security.SecureRandom")
                || (call.getName().equals("<init>")
                    && Set.of("java.util.Random", "java.util.SplittableRandom")
                        .contains(owner(call))
                    && call.getTarget().getFullName().endsWith("<init>()")),
        "take a seeded RandomGenerator, or the identity itself, as an argument");
  }

  @Test
  void noPatternIsMatchedAgainstWhatAClientSent() {
    calls(
        READS_CLIENTS,
        call ->
            owner(call).startsWith("java.util.regex.")
                || is(
                    call,
                    "java.lang.String",
                    "matches",
                    "replaceAll",
                    "replaceFirst",
                    "split",
                    "splitWithDelimiters"),
        "walk the characters once; a pattern can be made to take for ever");
  }

  @Test
  void nothingIsLoadedByName() {
    calls(
        EVERYWHERE,
        call ->
            is(call, "java.lang.Class", "forName")
                || is(call, "java.lang.ClassLoader", "loadClass"),
        "name the type: a switch or a sealed interface says what there is");
    uses(
        EVERYWHERE,
        type -> type.getName().equals("java.io.ObjectInputStream"),
        "read fields by offset; an object stream runs what the sender chose");
  }

  private static void calls(
      Predicate<String> where, Predicate<JavaAccess<?>> forbidden, String instead) {
    var breaches = new TreeSet<String>();
    for (var type : House.PRODUCT) {
      if (!where.test(place(type)) || type.getName().equals(TURN)) continue;
      for (var access : type.getAccessesFromSelf()) {
        if (forbidden.test(access)) breaches.add(access.getDescription());
      }
    }
    assertThat(breaches).as("Instead: " + instead).isEmpty();
  }

  private static void uses(
      Predicate<String> where, Predicate<JavaClass> forbidden, String instead) {
    var breaches = new TreeSet<String>();
    for (var type : House.PRODUCT) {
      if (!where.test(place(type)) || type.getName().equals(TURN)) continue;
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        if (forbidden.test(dependency.getTargetClass())) breaches.add(dependency.getDescription());
      }
    }
    assertThat(breaches).as("Instead: " + instead).isEmpty();
  }

  private static boolean is(JavaAccess<?> call, String owner, String... names) {
    return owner(call).equals(owner)
        && (names.length == 0 || Set.of(names).contains(call.getName()));
  }

  private static String owner(JavaAccess<?> call) {
    return call.getTargetOwner().getName();
  }

  private static String place(JavaClass type) {
    return type.getPackageName().replaceFirst("^io\\.batonmq\\.?", "");
  }

  private static Predicate<String> below(String... rooms) {
    return place -> Set.of(rooms).stream().anyMatch(room -> (place + ".").startsWith(room + "."));
  }
}
