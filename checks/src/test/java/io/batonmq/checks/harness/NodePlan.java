package io.batonmq.checks.harness;

import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.instance.CreateOptions;
import io.batonmq.server.instance.CreateOptions.Access;
import io.batonmq.server.instance.CreateOptions.Cluster;
import io.batonmq.server.instance.CreateOptions.Content;
import io.batonmq.server.instance.CreateOptions.Replicated;
import io.batonmq.server.instance.CreateOptions.SharedStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// How a broker is to be made: what `create` is asked for, and what is changed in its file afterwards.
///
/// @param store folder of the four directories; in the instance where absent
/// @param arbiter directory of the arbiter, where each node has a store of its own
/// @param failover `failover-on-shutdown`
/// @param heap of the process, such as `192m`
/// @param edits of `broker.xml`, in order
public record NodePlan(
    String name,
    Optional<Role> role,
    boolean failover,
    Optional<Path> store,
    Optional<Path> arbiter,
    String heap,
    List<UnaryOperator<String>> edits) {
  public static final String USER = "admin";
  public static final String PASSWORD = "admin-of-tests";

  /// A broker without another.
  public static NodePlan single(String name) {
    return new NodePlan(
        name, Optional.empty(), true, Optional.empty(), Optional.empty(), "192m", List.of());
  }

  /// A node of a pair.
  public static NodePlan of(String name, Role role, Path store) {
    return new NodePlan(
        name, Optional.of(role), true, Optional.of(store), Optional.empty(), "192m", List.of());
  }

  /// A node of a pair with a store each.
  public static NodePlan replicated(String name, Role role, Path arbiter) {
    return new NodePlan(
        name, Optional.of(role), true, Optional.empty(), Optional.of(arbiter), "192m", List.of());
  }

  public NodePlan withStore(Path folder) {
    return new NodePlan(name, role, failover, Optional.of(folder), arbiter, heap, edits);
  }

  public NodePlan withHeap(String size) {
    return new NodePlan(name, role, failover, store, arbiter, size, edits);
  }

  /// With `failover-on-shutdown=false`.
  public NodePlan withoutFailoverOnShutdown() {
    return new NodePlan(name, role, false, store, arbiter, heap, edits);
  }

  /// With one more edit of the file, which has to change something.
  public NodePlan edited(UnaryOperator<String> edit) {
    var more = new ArrayList<>(edits);
    more.add(edit);
    return new NodePlan(name, role, failover, store, arbiter, heap, List.copyOf(more));
  }

  /// With text replaced in the file.
  public NodePlan replaced(String some, String other) {
    return edited(xml -> xml.replace(some, other));
  }

  /// With `failover-stall-timeout`, which `create` leaves at its default.
  public NodePlan withStallMillis(int millis) {
    var end = arbiter.isPresent() ? "</arbiter>" : "</failover-on-shutdown>";
    return replaced(
        end, end + "<failover-stall-timeout>%d</failover-stall-timeout>".formatted(millis));
  }

  /// With `allow-failback=false`, for a backup.
  public NodePlan withoutFailback() {
    return replaced("<allow-failback>true", "<allow-failback>false");
  }

  /// With segments of this size, such as `1M`.
  public NodePlan withSegments(String size) {
    return replaced("<journal-file-size>10M", "<journal-file-size>" + size);
  }

  CreateOptions options(int port, int adminPort) {
    return new CreateOptions(
        Optional.of(name),
        new Access(Optional.of(USER), Optional.of(PASSWORD), Access.ROLE, false),
        new CreateOptions.Ports("127.0.0.1", port, 0, false, "127.0.0.1", adminPort),
        store.map(folder -> folder.toAbsolutePath().toString()).orElse(CreateOptions.DATA),
        true,
        heap,
        role.map(_ -> new Cluster(Optional.of("nodes"), Optional.of("trust"), List.of())),
        arbiter.isPresent() ? Optional.empty() : role.map(it -> new SharedStore(it, failover)),
        arbiter.flatMap(folder -> role.map(it -> new Replicated(it, folder.toString()))),
        Content.DEFAULT,
        "",
        false);
  }
}
