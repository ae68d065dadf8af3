package io.batonmq.server.admin;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The admin listener of one node, from [#start] to [#close].
public final class AdminServer implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int TOKEN_BYTES = 32;
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  // Limits of the JDK's server, which reads them once per process; what the operator set stays.
  static {
    limit("sun.net.httpserver.maxReqTime", "10"); // seconds to send a request
    limit("sun.net.httpserver.maxRspTime", "30"); // seconds to take the answer
    limit("sun.net.httpserver.maxReqHeaders", "64");
    limit("sun.net.httpserver.maxReqHeaderSize", "16384");
    limit("jdk.httpserver.maxConnections", "64");
  }

  private final HttpServer http;
  private final ExecutorService threads;
  private final RunFile run;
  private final Path runFile;

  private AdminServer(HttpServer http, ExecutorService threads, RunFile run, Path runFile) {
    this.http = http;
    this.threads = threads;
    this.run = run;
    this.runFile = runFile;
  }

  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /// Listens, and writes down where. A port that is in use is no reason not to start a broker: another is
  /// taken, and said.
  ///
  /// @param port 0 for any
  /// @param runFile see [RunFile#in]
  /// @throws IOException if the host is not one of this machine, or the file cannot be written
  public static AdminServer start(
      String host, int port, AdminAuth auth, AdminView view, Path runFile) throws IOException {
    var address = InetAddress.getByName(host);
    if (!address.isLoopbackAddress()) {
      LOG.warn(
          "admin listener is open to the network without TLS host={}; set host = localhost in"
              + " etc/admin.properties",
          host);
    }
    var http = bind(address, port);
    var threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    try {
      var run = new RunFile(url(http.getAddress()), token(), ProcessHandle.current().pid());
      http.setExecutor(threads);
      http.createContext("/", new AdminHandler(new Gate(auth, run.token()), view, threads));
      http.start();
      run.write(runFile);
      LOG.info("admin listener started url={}", run.url());
      return new AdminServer(http, threads, run, runFile);
    } catch (IOException e) {
      http.stop(0);
      threads.shutdownNow();
      throw e;
    }
  }

  private static HttpServer bind(InetAddress address, int port) throws IOException {
    try {
      return HttpServer.create(new InetSocketAddress(address, port), BACKLOG);
    } catch (BindException e) {
      if (port == 0) {
        throw e;
      }
      var http = HttpServer.create(new InetSocketAddress(address, 0), BACKLOG);
      LOG.warn(
          "admin port is in use, another is taken wanted={} taken={}; set port in"
              + " etc/admin.properties",
          port,
          http.getAddress().getPort());
      return http;
    }
  }

  /// Local commands come by the same door, so an open address is written as the local one.
  private static URI url(InetSocketAddress address) {
    var bound = address.getAddress();
    var host =
        bound.isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress().getHostAddress()
            : bound.getHostAddress();
    var literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return URI.create("http://" + literal + ":" + address.getPort());
  }

  private static String token() {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /// Where it listens.
  public URI url() {
    return run.url();
  }

  /// Closes the door; requests under way are cut off.
  @Override
  public void close() {
    try {
      run.remove(runFile);
    } catch (IOException e) {
      LOG.warn("run file stays file={} reason=\"{}\"", runFile, e.toString());
    }
    http.stop(0);
    threads.shutdownNow();
  }
}
