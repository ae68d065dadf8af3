package io.batonmq.server.admin;

import io.batonmq.server.admin.AdminException.Kind;
import io.batonmq.session.AddressStat;
import io.batonmq.session.Management;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Asks a node, over HTTP. Every answer is bounded in size and in time.
public final class AdminClient {
  private static final int ANSWER_BYTES_MAX = 64 << 20;
  private static final int CONNECT_MILLIS_MAX = 3_000;

  private final URI url;
  private final String authorization;
  private final Duration patience;

  private AdminClient(URI url, String authorization, Duration patience) {
    this.url = url;
    this.authorization = authorization;
    this.patience = patience;
  }

  /// As somebody who may read the instance's files.
  public static AdminClient of(RunFile run) {
    return new AdminClient(run.url(), "Bearer " + run.token(), Duration.ofSeconds(15));
  }

  /// As a user.
  ///
  /// @param url such as `http://localhost:8161`
  /// @throws IllegalArgumentException if the URL is another kind
  public static AdminClient of(URI url, String user, char[] password) {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException(url + " is not the URL of an admin listener");
    }
    var bytes =
        StandardCharsets.UTF_8.encode(CharBuffer.wrap(user + ":" + String.valueOf(password)));
    byte[] pair = new byte[bytes.remaining()];
    bytes.get(pair);
    return new AdminClient(
        url, "Basic " + Base64.getEncoder().encodeToString(pair), Duration.ofSeconds(15));
  }

  /// The same, waiting at most so long for an answer.
  public AdminClient patient(Duration patience) {
    return new AdminClient(url, authorization, patience);
  }

  public URI url() {
    return url;
  }

  public NodeStatus status() throws AdminException {
    return read(ask(Endpoint.STATUS, ""), AdminJson::status);
  }

  /// As [#status], unread: what a newer node says is passed on.
  public Json statusJson() throws AdminException {
    return ask(Endpoint.STATUS, "");
  }

  public NodeUsage usage() throws AdminException {
    return read(ask(Endpoint.USAGE, ""), AdminJson::usage);
  }

  public List<QueueStat> queues() throws AdminException {
    return read(queuesJson(), AdminJson::queues);
  }

  public Json queuesJson() throws AdminException {
    return ask(Endpoint.QUEUES, "");
  }

  /// Those that are wanted, with all that the node says of them.
  public Json queuesJson(Predicate<QueueStat> wanted) throws AdminException {
    return read(queuesJson(), answer -> AdminJson.kept(answer, "queues", AdminJson::queue, wanted));
  }

  public List<AddressStat> addresses() throws AdminException {
    return read(addressesJson(), AdminJson::addresses);
  }

  public Json addressesJson() throws AdminException {
    return ask(Endpoint.ADDRESSES, "");
  }

  /// Those that are wanted, with all that the node says of them.
  public Json addressesJson(Predicate<AddressStat> wanted) throws AdminException {
    return read(
        addressesJson(), answer -> AdminJson.kept(answer, "addresses", AdminJson::address, wanted));
  }

  /// Has addresses and queues made, deleted and emptied; it is committed when this returns.
  ///
  /// @return how many messages went with it
  public long manage(Management request) throws AdminException {
    var body = AdminJson.of(request).text();
    return read(
        ask(AdminJson.endpoint(request), body), answer -> JsonFields.of(answer).whole("messages"));
  }

  /// Asks the node to hand over.
  ///
  /// @return the name of the node that will have the baton
  public String switchover(Optional<String> peer) throws AdminException {
    var body = peer.map(name -> Json.fields().with("peer", name).text()).orElse("");
    return read(ask(Endpoint.SWITCHOVER, body), answer -> JsonFields.of(answer).text("to"));
  }

  /// Asks the node to stop; it has heard when this returns, it has not stopped yet.
  public void stop() throws AdminException {
    ask(Endpoint.STOP, "");
  }

  /// Has the node end as `kill -9` would; it may be gone when this returns.
  public void kill() throws AdminException {
    ask(Endpoint.KILL, "");
  }

  private <T> T read(Json answer, JsonFields.Reading<T> reading) throws AdminException {
    try {
      return reading.read(answer);
    } catch (JsonException e) {
      throw strange(e.getMessage());
    }
  }

  private Json ask(Endpoint endpoint, String body) throws AdminException {
    try {
      var http = (HttpURLConnection) url.resolve(endpoint.path()).toURL().openConnection();
      try {
        return ask(http, endpoint.method(), body);
      } finally {
        http.disconnect();
      }
    } catch (AdminException e) {
      throw e;
    } catch (SocketTimeoutException e) {
      throw new AdminException(Kind.SILENT, url + " does not answer");
    } catch (ConnectException e) {
      throw new AdminException(Kind.UNREACHABLE, "nobody listens at " + url);
    } catch (UnknownHostException e) {
      throw new AdminException(Kind.LOST, url + ": the host is not known");
    } catch (IOException e) {
      throw new AdminException(Kind.LOST, url + ": " + e.getMessage());
    }
  }

  private Json ask(HttpURLConnection http, String method, String body) throws IOException {
    http.setConnectTimeout((int) Math.min(CONNECT_MILLIS_MAX, patience.toMillis()));
    http.setReadTimeout((int) patience.toMillis());
    http.setInstanceFollowRedirects(false);
    http.setUseCaches(false);
    http.setRequestMethod(method);
    http.setRequestProperty("Authorization", authorization);
    http.setRequestProperty("Connection", "close");
    if (method.equals("POST")) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      http.setDoOutput(true);
      http.setFixedLengthStreamingMode(bytes.length);
      http.setRequestProperty("Content-Type", "application/json");
      try (var out = http.getOutputStream()) {
        out.write(bytes);
      }
    }
    int status = http.getResponseCode();
    if (status == 401) {
      throw new AdminException(Kind.DENIED, url + " does not accept this user and password");
    }
    try (var in = status >= 400 ? http.getErrorStream() : http.getInputStream()) {
      var answer = parse(in == null ? InputStream.nullInputStream() : in);
      if (status >= 400) {
        throw new AdminException(status == 504 ? Kind.SILENT : Kind.REFUSED, error(answer, status));
      }
      return answer;
    }
  }

  private Json parse(InputStream in) throws IOException {
    byte[] body = in.readNBytes(ANSWER_BYTES_MAX + 1);
    if (body.length > ANSWER_BYTES_MAX) {
      throw strange("more than " + ANSWER_BYTES_MAX + " bytes");
    }
    try {
      return Json.parse(new String(body, StandardCharsets.UTF_8));
    } catch (JsonException e) {
      throw strange(e.getMessage());
    }
  }

  private static String error(Json answer, int status) {
    return answer instanceof Json.Fields(var fields)
            && fields.get("error") instanceof Json.Text(var sentence)
        ? sentence
        : "HTTP status " + status;
  }

  private AdminException strange(@Nullable String reason) {
    return new AdminException(
        Kind.STRANGE, url + " does not answer as a node of Baton would: " + reason);
  }
}
