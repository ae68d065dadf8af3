package io.batonmq.server.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.batonmq.broker.QueueKeeping;
import io.batonmq.broker.QueueSettings;
import io.batonmq.message.RoutingType;
import io.batonmq.server.admin.AdminException.Kind;
import io.batonmq.server.admin.AdminView.RefusedException;
import io.batonmq.session.AddressStat;
import io.batonmq.session.Management;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
  private static final NodeStatus STATUS =
      new NodeStatus(
          "master",
          "0.1.0",
          "primary",
          "active",
          7,
          "master",
          "",
          "",
          48_213,
          48_215,
          List.of("localhost:61616"),
          List.of(
              new PeerStatus(
                  "id",
                  "slave",
                  "backup",
                  "standby",
                  List.of("localhost:61617"),
                  "0.1.0",
                  48_213,
                  true)),
          List.of(
              new ReceiptView(
                  7,
                  "lock_free",
                  "slave",
                  "master",
                  40_000,
                  0,
                  512,
                  -1,
                  31,
                  1,
                  new ReceiptView.Phases(9, 12, 10, 4),
                  new ReceiptView.Aftermath(-1, 3, 2, 1, 5),
                  false)),
          12_345,
          4711);

  private static final List<QueueStat> QUEUES =
      List.of(
          new QueueStat("TEST", "TEST", 1, 100, 120, 2, 20, 0, "ANYCAST"),
          new QueueStat(
              "GROUPS",
              "TEST",
              1,
              100,
              120,
              2,
              20,
              0,
              "ANYCAST",
              new QueueSettings(
                  3,
                  true,
                  7,
                  true,
                  true,
                  "first",
                  2,
                  5_000,
                  new QueueKeeping(9, true, "value", true, true)),
              9,
              4));

  private static final List<AddressStat> ADDRESSES =
      List.of(new AddressStat("news", false, true, true, List.of("a", "b"), List.of("d"), 7));

  /// A node that says what it is told to say.
  private static final class Node implements AdminView {
    private final CountDownLatch awake = new CountDownLatch(1);
    private final AtomicInteger stops = new AtomicInteger();
    private final List<Management> managed = new CopyOnWriteArrayList<>();
    private volatile boolean hung;
    private volatile boolean broken;

    @Override
    public NodeStatus status() {
      if (broken) {
        throw new IllegalStateException("secret inner matter");
      }
      try {
        if (hung) {
          awake.await();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return STATUS;
    }

    @Override
    public NodeUsage usage() {
      return new NodeUsage(61, 90, 12);
    }

    @Override
    public List<QueueStat> queues() {
      return QUEUES;
    }

    @Override
    public Runnable kill() throws RefusedException {
      throw new RefusedException("not here");
    }

    @Override
    public List<AddressStat> addresses() {
      return ADDRESSES;
    }

    @Override
    public long manage(Management request) throws RefusedException {
      if (request.equals(new Management.PurgeQueue("none"))) {
        throw new RefusedException("there is no queue none");
      }
      managed.add(request);
      return managed.size();
    }

    @Override
    public String switchover(Optional<String> peer) throws RefusedException {
      if (peer.equals(Optional.of("nobody"))) {
        throw new RefusedException("there is no peer nobody; there is slave");
      }
      return peer.orElse("slave");
    }

    @Override
    public void stop() {
      stops.incrementAndGet();
    }
  }

  @TempDir private Path instance;
  private final Node node = new Node();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        AdminServer.start("localhost", 0, AdminServerTest::standing, node, RunFile.in(instance));
  }

  private static AdminAuth.Standing standing(String user, char[] password) {
    if (!new String(password).equals("pass:wörd")) {
      return AdminAuth.Standing.UNKNOWN;
    }
    return user.equals("admin") ? AdminAuth.Standing.ADMITTED : AdminAuth.Standing.LACKS_ROLE;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AdminClient client() throws IOException {
    return AdminClient.of(RunFile.read(RunFile.in(instance)).orElseThrow());
  }

  @Test
  void whoMayReadTheInstancesFilesNeedsNoPassword() throws IOException {
    assertThat(client().status()).isEqualTo(STATUS);
    assertThat(client().usage()).isEqualTo(new NodeUsage(61, 90, 12));
    assertThat(client().queues()).isEqualTo(QUEUES);
    assertThat(client().addresses()).isEqualTo(ADDRESSES);
  }

  @Test
  void whatIsToBeDoneArrivesWhole() throws IOException {
    var requests =
        List.of(
            new Management.CreateAddress("a", true, false),
            new Management.DeleteAddress("a", true),
            new Management.CreateQueue("q", "a", RoutingType.MULTICAST, 3, true),
            new Management.CreateQueue(
                "q",
                "a",
                RoutingType.ANYCAST,
                new QueueSettings.Overrides(0, true, 7, false, true, "first", 2, 3_000_000_000L)
                    .with(new QueueKeeping.Overrides(9L, true, "value", false, true)),
                true,
                "n = 1"),
            new Management.DeleteQueue("q", false, true),
            new Management.PurgeQueue("q\"\n{}"));
    for (int i = 0; i < requests.size(); i++) {
      assertThat(client().manage(requests.get(i))).isEqualTo(i + 1);
    }
    assertThat(node.managed).isEqualTo(requests);
    assertThatThrownBy(() -> client().manage(new Management.PurgeQueue("none")))
        .isInstanceOfSatisfying(
            AdminException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
        .hasMessage("there is no queue none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"name\":7}",
        "{\"name\":\"q\"}",
        "{\"name\":\"q\",\"address\":\"a\",\"routingType\":\"BOTH\",\"maxConsumers\":0,\"createAddress\":true}",
        "{\"name\":\"q\",\"address\":\"a\",\"routingType\":\"ANYCAST\",\"maxConsumers\":-1,\"createAddress\":true}",
        "{\"name\":\"q\",\"address\":\"a\",\"routingType\":\"ANYCAST\",\"maxConsumers\":0}",
        "{\"name\":\"q\",\"address\":\"a\",\"routingType\":\"ANYCAST\",\"maxConsumers\":0,\"createAddress\":true,\"filter\":\"\",\"exclusive\":1}",
        "{\"name\":\"q\",\"address\":\"a\",\"routingType\":\"ANYCAST\",\"maxConsumers\":0,\"createAddress\":true,\"filter\":\"\",\"groupBuckets\":-2}"
      })
  void nothingIsDoneOnHalfARequest(String body) throws Exception {
    var request = request("/api/v1/queues/create").header("Authorization", bearer());
    var answer = send(request.POST(HttpRequest.BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("the body is not");
    assertThat(node.managed).isEmpty();
  }

  private String bearer() throws IOException {
    return "Bearer " + RunFile.read(RunFile.in(instance)).orElseThrow().token();
  }

  @Test
  void aUserGivesItsPassword() throws IOException {
    var client = AdminClient.of(server.url(), "admin", "pass:wörd".toCharArray());
    assertThat(client.status()).isEqualTo(STATUS);
    assertThatThrownBy(AdminClient.of(server.url(), "admin", "admin".toCharArray())::status)
        .isInstanceOfSatisfying(
            AdminException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
  }

  @Test
  void theRunFileIsItsOwnersAndGoesWithTheRun() throws IOException {
    var file = RunFile.in(instance);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    var run = RunFile.read(file).orElseThrow();
    assertThat(run.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(run.url()).isEqualTo(server.url());
    assertThat(run.token()).hasSizeGreaterThanOrEqualTo(43);
    assertThat(run.toString()).doesNotContain(run.token());
    server.close();
    assertThat(file).doesNotExist();
    assertThatThrownBy(AdminClient.of(run)::status)
        .isInstanceOfSatisfying(
            AdminException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
  }

  @Test
  void aUserWithoutTheRoleMayNeitherLookNorCommand() {
    var guest = AdminClient.of(server.url(), "guest", "pass:wörd".toCharArray());
    for (ThrowingCallable request :
        List.<ThrowingCallable>of(
            guest::status, guest::queues, guest::stop, () -> guest.switchover(Optional.empty()))) {
      assertThatThrownBy(request)
          .isInstanceOfSatisfying(
              AdminException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
          .hasMessageContaining("lacks the role that etc/admin.properties asks for");
    }
    assertThat(node.stops).hasValue(0);
    // A wrong password says nothing of roles.
    assertThatThrownBy(AdminClient.of(server.url(), "guest", "wrong".toCharArray())::stop)
        .isInstanceOfSatisfying(
            AdminException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
  }

  @Test
  void aRunFileThatIsAnothersIsLeftAlone() throws IOException {
    try (var second =
        AdminServer.start(
            "localhost", 0, (_, _) -> AdminAuth.Standing.UNKNOWN, node, RunFile.in(instance))) {
      server.close();
      assertThat(RunFile.read(RunFile.in(instance)).orElseThrow().url()).isEqualTo(second.url());
    }
  }

  @Test
  void aBusyPortIsNoReasonNotToStart() throws IOException {
    try (var busy = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      var other = RunFile.in(instance.resolve("other"));
      try (var second =
          AdminServer.start(
              "localhost",
              busy.getLocalPort(),
              (_, _) -> AdminAuth.Standing.UNKNOWN,
              node,
              other)) {
        assertThat(second.url().getPort()).isNotEqualTo(busy.getLocalPort());
        assertThat(AdminClient.of(RunFile.read(other).orElseThrow()).status()).isEqualTo(STATUS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic",
        "Basic !",
        "Basic YWRtaW4=",
        "Basic gICAgA==",
        "Digest x",
        "Basic OnBhc3M="
      })
  void strangersLearnNothing(String authorization) throws Exception {
    var request = request("/api/v1/status");
    if (!authorization.isEmpty()) request.header("Authorization", authorization);
    var answer = send(request.GET());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).doesNotContain("master");
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(send(request("/nowhere").GET()).statusCode()).isEqualTo(401);
  }

  @Test
  void whatIsNotThereIsSaidPolitely() throws Exception {
    assertThat(send(authorized("/api/v1/nothing").GET()).statusCode()).isEqualTo(404);
    var answer = send(authorized("/api/v1/stop").GET());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("POST");
    assertThat(send(authorized("/api/v1/status").DELETE()).statusCode()).isEqualTo(405);
    assertThat(node.stops).hasValue(0);
  }

  @Test
  void aPageInABrowserCannotCommandANode() throws Exception {
    for (var origin : List.of("http://evil.example", "null", server.url().toString())) {
      var answer = send(authorized("/api/v1/stop").header("Origin", origin).POST(body("")));
      assertThat(answer.statusCode()).isEqualTo(403);
    }
    assertThat(node.stops).hasValue(0);
  }

  @Test
  void aSwitchoverNamesWhoWillHaveTheBatonOrSaysWhyNot() throws IOException {
    assertThat(client().switchover(Optional.empty())).isEqualTo("slave");
    assertThat(client().switchover(Optional.of("third \"node\""))).isEqualTo("third \"node\"");
    assertThatThrownBy(() -> client().switchover(Optional.of("nobody")))
        .hasMessage("there is no peer nobody; there is slave")
        .isInstanceOfSatisfying(
            AdminException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED));
  }

  @Test
  void anAnswerSaysThatItIsTheLastOfItsConnection() throws Exception {
    assertThat(send(authorized("/api/v1/status").GET()).headers().allValues("Connection"))
        .containsExactly("close");
    assertThat(
            send(authorized("/api/v1/switchover").POST(body(""))).headers().allValues("Connection"))
        .containsExactly("close");
    assertThat(send(request("/api/v1/status").GET()).headers().allValues("Connection"))
        .containsExactly("close");
  }

  @Test
  void aCommandRightAfterAnotherIsNotLost() throws IOException {
    for (int i = 0; i < 300; i++) {
      assertThat(client().switchover(Optional.empty())).isEqualTo("slave");
    }
  }

  @Test
  void aBodyHasASizeAndASense() throws Exception {
    var path = "/api/v1/switchover";
    assertThat(send(authorized(path).POST(body("{\"peer\":7}"))).statusCode()).isEqualTo(400);
    assertThat(send(authorized(path).POST(body("peer=slave"))).statusCode()).isEqualTo(400);
    assertThat(send(authorized(path).POST(body("x".repeat(1 << 20)))).statusCode()).isEqualTo(413);
  }

  @Test
  void stopIsHeardBeforeItBegins() throws IOException {
    client().stop();
    await().untilAsserted(() -> assertThat(node.stops).hasValue(1));
  }

  @Test
  void aBrokenNodeAnswersWithoutItsInnards() throws Exception {
    node.broken = true;
    var answer = send(authorized("/api/v1/status").GET());
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  void aHungNodeDoesNotHangTheOneWhoAsks() throws IOException {
    node.hung = true;
    assertThatThrownBy(client().patient(Duration.ofMillis(200))::status)
        .isInstanceOfSatisfying(
            AdminException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SILENT));
    node.awake.countDown();
  }

  @Test
  void bytesThatAreNoHttpAreAnsweredOrCutOff() throws Exception {
    for (var noise :
        List.of(
            "AMQP\0\1\0\0",
            "\r\n\r\n",
            "GET\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n",
            "POST /api/v1/stop HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
      try (var socket = new Socket(InetAddress.getByName("localhost"), server.url().getPort())) {
        socket.setSoTimeout(20_000);
        try {
          socket.getOutputStream().write(noise.getBytes(US_ASCII));
          socket.shutdownOutput();
          socket.getInputStream().readNBytes(1 << 16);
        } catch (java.net.SocketException e) {
          assertThat(e).as("cut off").isNotNull();
        }
      }
    }
    assertThat(client().status()).isEqualTo(STATUS);
    assertThat(node.stops).hasValue(0);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(20));
  }

  private HttpRequest.Builder authorized(String path) {
    var pair =
        Base64.getEncoder()
            .encodeToString("admin:pass:wörd".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return request(path).header("Authorization", "Basic " + pair);
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request.build(), BodyHandlers.ofString());
    }
  }
}
