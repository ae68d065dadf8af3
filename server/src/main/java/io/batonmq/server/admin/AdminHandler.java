package io.batonmq.server.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.batonmq.server.admin.AdminView.RefusedException;
import io.batonmq.session.Management;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers one request, on a thread of its own.
final class AdminHandler implements HttpHandler {
  static final int BODY_BYTES_MAX = 4096;

  /// Of a body that is too long.
  private static final int DRAINED_BYTES_MAX = 4 << 20;

  /// How long the node may take to answer; it may be the patient.
  private static final long ANSWER_SECONDS_MAX = 10;

  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final Gate gate;
  private final AdminView view;
  private final ExecutorService threads;

  /// @param then what is to be done once the answer is out
  private record Answer(int status, Json body, Optional<Runnable> then) {
    Answer(int status, Json body) {
      this(status, body, Optional.empty());
    }

    static Answer error(int status, String sentence) {
      return new Answer(status, Json.fields().with("error", sentence));
    }
  }

  AdminHandler(Gate gate, AdminView view, ExecutorService threads) {
    this.gate = gate;
    this.view = view;
    this.threads = threads;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        answer = Answer.error(503, "this node is stopping");
      }
      send(exchange, answer);
      exchange.close();
      answer.then().ifPresent(Runnable::run);
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException, InterruptedException {
    var headers = exchange.getRequestHeaders();
    switch (gate.look(headers.getFirst("Authorization"))) {
      case WELCOME -> {}
      case STRANGER -> {
        exchange
            .getResponseHeaders()
            .set("WWW-Authenticate", "Basic realm=\"baton\", charset=\"UTF-8\"");
        return Answer.error(401, "give a user of this instance and the password");
      }
      case LACKS_ROLE -> {
        return Answer.error(
            403, "this user lacks the role that etc/admin.properties asks for: give it that role");
      }
      case LATER -> {
        exchange.getResponseHeaders().set("Retry-After", "5");
        return Answer.error(503, "too many logins at once; try again");
      }
    }
    var uri = exchange.getRequestURI();
    var endpoint = Endpoint.at(uri.getPath());
    if (endpoint.isEmpty()) {
      return Answer.error(404, "there is no " + exchange.getRequestMethod() + " " + uri);
    }
    return switch (endpoint.get()) {
      case STATUS -> get(exchange, () -> AdminJson.of(view.status()));
      case USAGE -> get(exchange, () -> AdminJson.of(view.usage()));
      case QUEUES -> get(exchange, () -> AdminJson.of(view.queues()));
      case ADDRESSES -> get(exchange, () -> AdminJson.ofAddresses(view.addresses()));
      case QUEUE_CREATE, QUEUE_DELETE, QUEUE_PURGE, ADDRESS_CREATE, ADDRESS_DELETE ->
          post(exchange, () -> manage(endpoint.get(), exchange));
      case SWITCHOVER -> post(exchange, () -> switchover(exchange));
      case STOP -> post(exchange, this::stop);
      case KILL -> post(exchange, this::kill);
    };
  }

  private Answer get(HttpExchange exchange, Callable<Json> question) throws InterruptedException {
    if (!exchange.getRequestMethod().equals("GET")) {
      return wrongMethod(exchange, "GET");
    }
    return bounded(() -> new Answer(200, question.call()));
  }

  private interface Command {
    Answer run() throws IOException, InterruptedException;
  }

  private Answer post(HttpExchange exchange, Command command)
      throws IOException, InterruptedException {
    if (!exchange.getRequestMethod().equals("POST")) {
      return wrongMethod(exchange, "POST");
    }
    // Browsers send it with every request of a page that could command the node behind its
    // operator's back.
    if (exchange.getRequestHeaders().containsKey("Origin")) {
      return Answer.error(403, "pages may not command a node");
    }
    return command.run();
  }

  private static Answer wrongMethod(HttpExchange exchange, String right) {
    exchange.getResponseHeaders().set("Allow", right);
    return Answer.error(405, "use " + right);
  }

  private Answer switchover(HttpExchange exchange) throws IOException, InterruptedException {
    Optional<String> peer;
    try {
      peer = peer(body(exchange));
    } catch (JsonException e) {
      return Answer.error(400, "the body is not {\"peer\":\"NAME\"}: " + e.getMessage());
    } catch (TooLongException e) {
      return tooLong();
    }
    return bounded(() -> {
      try {
        return new Answer(202, Json.fields().with("to", view.switchover(peer)));
      } catch (RefusedException e) {
        return Answer.error(409, String.valueOf(e.getMessage()));
      }
    });
  }

  private Answer manage(Endpoint endpoint, HttpExchange exchange)
      throws IOException, InterruptedException {
    Management request;
    try {
      request = AdminJson.management(endpoint, Json.parse(body(exchange)));
    } catch (JsonException e) {
      return Answer.error(400, "the body is not " + endpoint.body() + ": " + e.getMessage());
    } catch (TooLongException e) {
      return tooLong();
    }
    return bounded(() -> {
      try {
        long messages = view.manage(request);
        LOG.info("done by the admin listener request={} messages={}", request, messages);
        return new Answer(200, Json.fields().with("messages", messages));
      } catch (RefusedException e) {
        return Answer.error(409, String.valueOf(e.getMessage()));
      }
    });
  }

  private static final class TooLongException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private static String body(HttpExchange exchange) throws IOException, TooLongException {
    var in = exchange.getRequestBody();
    byte[] body = in.readNBytes(BODY_BYTES_MAX + 1);
    if (body.length > BODY_BYTES_MAX) {
      // A connection that is closed with bytes unread is reset, and the answer lost with it.
      int left = DRAINED_BYTES_MAX;
      for (int read = 0; left > 0 && read >= 0; left -= read) {
        read = in.read(body);
      }
      throw new TooLongException();
    }
    return new String(body, StandardCharsets.UTF_8);
  }

  private static Answer tooLong() {
    return Answer.error(413, "at most " + BODY_BYTES_MAX + " bytes");
  }

  private static Optional<String> peer(String body) throws JsonException {
    if (body.isBlank()) {
      return Optional.empty();
    }
    var fields = JsonFields.of(Json.parse(body));
    return fields.fields().values().containsKey("peer")
        ? Optional.of(fields.text("peer"))
        : Optional.empty();
  }

  private Answer stop() {
    LOG.info("stop asked for by the admin listener");
    return new Answer(202, Json.fields(), Optional.of(view::stop));
  }

  private Answer kill() {
    try {
      var kill = view.kill();
      LOG.warn("the process is killed by the admin listener");
      return new Answer(202, Json.fields(), Optional.of(kill));
    } catch (RefusedException e) {
      return Answer.error(409, String.valueOf(e.getMessage()));
    }
  }

  /// The node may hang when it is asked; the one who asks does not.
  private Answer bounded(Callable<Answer> question) throws InterruptedException {
    var answer = threads.submit(question);
    try {
      return answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      return Answer.error(504, "the node does not answer");
    } catch (ExecutionException e) {
      LOG.warn("an admin request failed", e.getCause());
      return Answer.error(500, "the node could not answer; its log says why");
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = (answer.body().text() + "\n").getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "application/json");
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    // One answer to a connection, and said so. The JDK's server ends a connection whose request
    // asked
    // for that, but leaves it out of the answer: a client that pools connections then sent its next
    // command into the closing socket, and nobody may repeat a POST.
    headers.set("Connection", "close");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
    if (!head) {
      try (var out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }
}
