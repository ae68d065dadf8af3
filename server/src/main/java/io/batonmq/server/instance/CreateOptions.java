package io.batonmq.server.instance;

import io.batonmq.server.config.HaPolicy.Role;
import java.util.List;
import java.util.Optional;

/// What `baton create` is asked for. Whether it may ask back (`--silent`) is the caller's affair.
///
/// @param name `--name`; the folder's own where absent
/// @param data `--data`: where the four directories are, from the instance
/// @param fsync false for `--no-fsync`
/// @param cluster present for `--clustered`, which `--shared-store`, `--replicated` and `--static-cluster` imply
/// @param sharedStore present for `--shared-store`
/// @param replicated present for `--replicated`
/// @param content what is in the broker from the first start on, and what makes more
/// @param javaOptions `--java-options`: added to those of the launcher
/// @param force whether files of an instance that is there may be replaced; its data stays
public record CreateOptions(
    Optional<String> name,
    Access access,
    Ports ports,
    String data,
    boolean fsync,
    String javaMemory,
    Optional<Cluster> cluster,
    Optional<SharedStore> sharedStore,
    Optional<Replicated> replicated,
    Content content,
    String javaOptions,
    boolean force) {

  /// With nothing in it, and no options for the JVM.
  public CreateOptions(
      Optional<String> name,
      Access access,
      Ports ports,
      String data,
      boolean fsync,
      String javaMemory,
      Optional<Cluster> cluster,
      Optional<SharedStore> sharedStore,
      boolean force) {
    this(
        name,
        access,
        ports,
        data,
        fsync,
        javaMemory,
        cluster,
        sharedStore,
        Optional.empty(),
        Content.DEFAULT,
        "",
        force);
  }

  public static final String DATA = "data";
  public static final String JAVA_MEMORY = "2G";

  /// Who may come in.
  ///
  /// @param user `--user`; absent, there is none until one is added
  /// @param password `--password`; there is no default
  /// @param allowAnonymous `--allow-anonymous`, or not: `--require-login`
  public record Access(
      Optional<String> user, Optional<String> password, String role, boolean allowAnonymous) {
    public static final String ROLE = "amq";

    /// Leaves the password out.
    @Override
    public String toString() {
      return "Access[user=" + user + ", role=" + role + ", allowAnonymous=" + allowAnonymous + "]";
    }
  }

  /// Where the broker listens.
  ///
  /// @param host `--host`: the address to bind, and in a cluster the name that others use
  /// @param main `--default-port`, for all protocols
  /// @param offset `--port-offset`, added to each port
  /// @param amqp false for `--no-amqp-acceptor`
  public record Ports(
      String host, int main, int offset, boolean amqp, String httpHost, int httpPort) {
    public static final String ALL_ADDRESSES = "0.0.0.0";
    public static final Ports DEFAULT = new Ports(ALL_ADDRESSES, 61616, 0, true, "localhost", 8161);
  }

  /// How nodes know and trust each other.
  ///
  /// @param user `--cluster-user`
  /// @param password `--cluster-password`; there is no default
  /// @param peers `--static-cluster`: URLs of other nodes
  public record Cluster(Optional<String> user, Optional<String> password, List<String> peers) {
    public Cluster {
      peers = List.copyOf(peers);
    }

    /// Leaves the password out.
    @Override
    public String toString() {
      return "Cluster[user=" + user + ", peers=" + peers + "]";
    }
  }

  /// A pair over one directory.
  ///
  /// @param role [Role#BACKUP] for `--backup` and `--slave`
  public record SharedStore(Role role, boolean failoverOnShutdown) {}

  /// A pair with a directory each.
  ///
  /// @param role [Role#BACKUP] for `--backup` and `--slave`
  /// @param arbiter `--arbiter`: a directory that all nodes reach
  public record Replicated(Role role, String arbiter) {}

  /// What is in the broker.
  ///
  /// @param queues `--queues`: `name`, `name:anycast` or `name:multicast`
  /// @param addresses `--addresses`: names; each is for anycast and multicast
  /// @param autoCreate false for `--no-autocreate`
  /// @param autoDelete `--autodelete`: what was made by its use goes when nobody uses it
  /// @param blocking `--blocking`: producers of a full address wait
  /// @param globalMaxSize `--global-max-size`, as it is written in the file
  public record Content(
      List<String> queues,
      List<String> addresses,
      boolean autoCreate,
      boolean autoDelete,
      boolean blocking,
      Optional<String> globalMaxSize) {
    public static final Content DEFAULT =
        new Content(List.of(), List.of(), true, false, false, Optional.empty());

    public Content {
      queues = List.copyOf(queues);
      addresses = List.copyOf(addresses);
    }
  }
}
