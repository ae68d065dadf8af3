package io.batonmq.checks.harness;

import io.batonmq.server.config.HaPolicy.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Where one test plays: a folder in `target/checks`, the brokers that were made in it, and whatever else
/// is to be ended or undone. At the end every process that was started is ended, by its own handle; after
/// a failure the logs are shown and everything is kept.
///
/// ```java
/// @RegisterExtension final Stage stage = new Stage();
/// ```
///
/// One that [#forAll] tests of a class share is made before the first and ended after the last: in an instance field
/// of a class with one instance.
public final class Stage
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final int LINES_SHOWN = 60;

  private final List<Broker> brokers = new ArrayList<>();
  private final Deque<AutoCloseable> atEnd = new ArrayDeque<>();
  private final boolean shared;
  private volatile boolean failed;
  private Path folder = Path.of("target");

  public Stage() {
    this(false);
  }

  private Stage(boolean shared) {
    this.shared = shared;
  }

  /// One for all tests of a class.
  public static Stage forAll() {
    return new Stage(true);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    if (shared) {
      begin(context.getRequiredTestClass().getSimpleName());
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    if (!shared) {
      begin(
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getRequiredTestMethod().getName());
    }
  }

  private void begin(String name) throws IOException {
    failed = false;
    folder = Path.of("target", "checks", name).toAbsolutePath();
    delete(folder);
    Files.createDirectories(folder);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    failed |= context.getExecutionException().isPresent();
    if (!shared) {
      end();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (shared) {
      end();
    }
  }

  private void end() throws Exception {
    while (!atEnd.isEmpty()) {
      close(atEnd.pop());
    }
    brokers.forEach(Broker::end);
    if (failed) {
      brokers.forEach(broker -> System.err.println(broker.logTail(LINES_SHOWN)));
      System.err.println("everything is kept in " + folder);
    } else {
      for (var broker : brokers) {
        delete(broker.instance().dir().resolve("data"));
      }
      delete(folder.resolve("store"));
    }
    brokers.clear();
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      System.err.println("could not be undone: " + e);
    }
  }

  /// Says that one of the tests that share this stage has failed, which the end of all does not tell.
  void keepEverything() {
    failed = true;
  }

  /// A folder or file of this test.
  public Path path(String name) {
    return folder.resolve(name);
  }

  /// Sees to it that this is closed at the end of the test, before anything that was given earlier.
  public <T extends AutoCloseable> T keep(T resource) {
    atEnd.push(resource);
    return resource;
  }

  /// Makes a broker; it is not started.
  public Broker broker(NodePlan plan) {
    try {
      var broker = Broker.create(plan, folder);
      brokers.add(broker);
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Processes that run one file of the Classic dialect, none started; they are to be started in this order.
  ///
  /// @param content of the `<broker>`, whose connector is at `port`
  public List<Broker> classic(int count, int port, Path store, String content) {
    try {
      var file = folder.resolve("activemq.xml");
      Files.writeString(file, content);
      for (int seat = 1; seat <= count; seat++) {
        brokers.add(Broker.of(file, seat, port, store));
      }
      return List.copyOf(brokers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A pair over one store, neither started.
  public Pair pair() {
    return pair(Pair.Plans.of(path("store")));
  }

  public Pair pair(Pair.Plans plans) {
    return new Pair(broker(plans.primary()), broker(plans.backup()));
  }

  /// The plan of the node with this role over the store of this test.
  public NodePlan node(String name, Role role) {
    return NodePlan.of(name, role, path("store"));
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (var all = Files.walk(path)) {
      for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
