package io.batonmq.server.instance;

import java.nio.file.Files;
import java.nio.file.Path;

/// Where things are in an instance.
public record Instance(Path dir) {
  public Instance {
    dir = dir.toAbsolutePath().normalize();
  }

  public Path bin() {
    return dir.resolve("bin");
  }

  public Path etc() {
    return dir.resolve("etc");
  }

  public Path brokerXml() {
    return etc().resolve("broker.xml");
  }

  /// The file in the dialect of Classic, where `import classic` has put it.
  public Path activemqXml() {
    return etc().resolve("activemq.xml");
  }

  /// The configuration: the file of either dialect that is there; `broker.xml` where none is.
  public Path config() {
    return Files.notExists(brokerXml()) && Files.exists(activemqXml())
        ? activemqXml()
        : brokerXml();
  }

  public Path users() {
    return etc().resolve("artemis-users.properties");
  }

  public Path roles() {
    return etc().resolve("artemis-roles.properties");
  }

  /// Whether strangers are let in: see [io.batonmq.server.security.LoginPolicy].
  public Path login() {
    return etc().resolve("login.properties");
  }

  /// Where the admin listener is: see [AdminEndpoint].
  public Path admin() {
    return etc().resolve("admin.properties");
  }

  /// What the launcher is told: the distribution and the options of the JVM.
  public Path profile() {
    return etc().resolve("baton.profile");
  }

  /// What is there while it runs.
  public Path run() {
    return dir.resolve("run");
  }

  /// See [InstanceLock].
  public Path runLock() {
    return run().resolve("lock");
  }

  public Path log() {
    return dir.resolve("log");
  }

  public Path tmp() {
    return dir.resolve("tmp");
  }
}
