package io.batonmq.cli;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Session;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.jms.exceptions.JMSSecuritySaslException;
import org.jspecify.annotations.Nullable;

/// Connects to a broker as any client would, and says it when the connection moves.
final class Clients {
  private static final long HINT_MILLIS = 3_000;

  private final BrokerAccess access;
  private final PrintWriter err;
  private final String options;
  private final AtomicLong moves = new AtomicLong();
  private boolean confirmEach;

  Clients(BrokerAccess access, PrintWriter err) {
    this(access, err, "--");
  }

  /// @param options how the options begin that say as whom it comes, such as `--target-`
  Clients(BrokerAccess access, PrintWriter err, String options) {
    this.access = access;
    this.err = err;
    this.options = options;
  }

  /// Has a send wait for its answer also where a client would not: for messages that need not survive.
  Clients confirmEach() {
    confirmEach = true;
    return this;
  }

  /// How often connections were lost, and looked for elsewhere, so far.
  long moves() {
    return moves.get();
  }

  /// What one thread does on a connection.
  interface Job {
    void run(Connection connection, int thread) throws JMSException, InterruptedException;
  }

  /// Runs the job in so many threads, on one connection; what fails becomes a sentence.
  void run(int count, Job job) throws InterruptedException {
    try (var connection = connect();
        var threads = Executors.newFixedThreadPool(count, Thread.ofPlatform().factory())) {
      run(count, job, connection, threads);
    } catch (JMSException e) {
      throw UserException.failed(sentence(e));
    }
  }

  private void run(int count, Job job, Connection connection, ExecutorService threads)
      throws JMSException, InterruptedException {
    var jobs = new ExecutorCompletionService<Integer>(threads);
    for (int i = 0; i < count; i++) {
      int thread = i;
      jobs.submit(() -> {
        job.run(connection, thread);
        return thread;
      });
    }
    try {
      for (int done = 0; done < count; done++) {
        jobs.take().get();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      connection.close();
      throw e;
    } catch (ExecutionException e) {
      // The others may wait for what never comes: for an answer, or for messages.
      threads.shutdownNow();
      connection.close();
      switch (e.getCause()) {
        case JMSException jms -> throw jms;
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// A session, with transactions where there is an interval between two commits.
  static Session session(Connection connection, int commitInterval) throws JMSException {
    return connection.createSession(
        commitInterval > 0 ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE);
  }

  /// A connection of its own, started.
  Connection connect() throws JMSException {
    return connect(0);
  }

  /// @param number of the connection, where there are several: no two may have the same name
  Connection connect(int number) throws JMSException {
    var factory = new JmsConnectionFactory(access.url().uri());
    // The broker says where a selector is wrong, and why.
    factory.setValidateSelector(false);
    factory.setForceSyncSend(confirmEach);
    access.user().ifPresent(factory::setUsername);
    access.password().ifPresent(factory::setPassword);
    var connected = new AtomicBoolean();
    var hint = Thread.ofVirtual().unstarted(() -> hint(connected));
    if (access.url().failsOver()) {
      hint.start();
    }
    Connection connection = factory.createConnection();
    try {
      if (connection instanceof JmsConnection qpid) {
        qpid.addConnectionListener(new Moves());
      }
      if (access.clientId().isPresent()) {
        connection.setClientID(access.clientId().get() + (number == 0 ? "" : "-" + number));
      }
      connection.start();
      connected.set(true);
      return connection;
    } catch (JMSException e) {
      connection.close();
      throw e;
    } finally {
      hint.interrupt();
    }
  }

  /// A client that fails over tries for ever, which looks like nothing.
  private void hint(AtomicBoolean connected) {
    try {
      Thread.sleep(HINT_MILLIS);
      if (!connected.get()) {
        err.println("No broker at " + access.url().written() + " yet; still trying.");
        err.flush();
      }
    } catch (InterruptedException e) {
      // connected, or given up
    }
  }

  private final class Moves extends MoveListener {
    @Override
    protected void lost(String place) {
      moves.incrementAndGet();
      err.println("Connection to " + place + " lost; looking for a broker.");
      err.flush();
    }

    @Override
    protected void restored(String place) {
      err.println("Connected again, to " + place + ".");
      err.flush();
    }
  }

  /// Whether a send failed because its connection was lost before its answer came. This client, which has
  /// moved on, tells it in words only.
  static boolean lostWithTheConnection(Exception e) {
    return String.valueOf(e.getMessage()).contains("connection loss");
  }

  /// What went wrong, for people.
  String sentence(JMSException e) {
    var url = access.url().written();
    if (e instanceof JMSSecuritySaslException) {
      return access.user().isPresent()
          ? url + " does not accept this user and password"
          : url + " asks who you are: give " + options + "user and " + options + "password";
    }
    var root = root(e);
    return switch (root) {
      case ConnectException _ -> "nobody listens at " + url + "; is the broker running?";
      case UnknownHostException _ -> url + ": the host is not known";
      case CertificateException _, CertPathBuilderException _ ->
          url
              + ": its certificate is not trusted ("
              + root.getMessage()
              + "): name a file that trusts it with ?transport.trustStoreLocation=FILE and"
              + " &transport.trustStorePassword=…";
      case JMSSecurityException _ -> "not allowed: " + root.getMessage();
      default ->
          BrokerUrl.masked(
              url + ": " + (root.getMessage() == null ? root.toString() : root.getMessage()));
    };
  }

  private static Throwable root(JMSException e) {
    Throwable root = e;
    for (@Nullable Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root;
  }
}
