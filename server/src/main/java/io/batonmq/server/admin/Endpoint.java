package io.batonmq.server.admin;

import java.util.Optional;
import java.util.stream.Stream;

/// What the admin listener can be asked.
enum Endpoint {
  STATUS("GET", "/api/v1/status", "", "Where the node stands, in every role; see *status*."),
  USAGE("GET", "/api/v1/usage", "", "How full disk and memory are, in every role; see *usage*."),
  QUEUES(
      "GET",
      "/api/v1/queues",
      "",
      "The queues; see *queues*. A standby answers with those that it has followed the log to."),
  ADDRESSES(
      "GET",
      "/api/v1/addresses",
      "",
      "The addresses of an active node; see *addresses*. Empty where it is not active."),
  QUEUE_CREATE(
      "POST",
      "/api/v1/queues/create",
      "`{\"name\":…,\"address\":…,\"routingType\":\"ANYCAST\",\"maxConsumers\":0,\"createAddress\":true,\"filter\":\"\"}`",
      "Makes a durable queue; 0 is any number of consumers. These may be added, else what holds for"
          + " the address does: `exclusive`, `groupBuckets`, `groupRebalance`,"
          + " `groupRebalancePauseDispatch`, `groupFirstKey`, `consumersBeforeDispatch`,"
          + " `delayBeforeDispatch`, `ringSize`, `lastValue`, `lastValueKey`, `nonDestructive`,"
          + " `purgeOnNoConsumers`. 200 when it is committed."),
  QUEUE_DELETE(
      "POST",
      "/api/v1/queues/delete",
      "`{\"name\":…,\"removeConsumers\":false,\"deleteAddress\":false}`",
      "Deletes a queue with its messages. 200 with `{\"messages\":N}` when it is committed."),
  QUEUE_PURGE(
      "POST",
      "/api/v1/queues/purge",
      "`{\"name\":…}`",
      "Throws away the messages in a queue that no consumer has. 200 with `{\"messages\":N}`."),
  ADDRESS_CREATE(
      "POST",
      "/api/v1/addresses/create",
      "`{\"name\":…,\"anycast\":true,\"multicast\":false}`",
      "Makes an address. 200 when it is committed."),
  ADDRESS_DELETE(
      "POST",
      "/api/v1/addresses/delete",
      "`{\"name\":…,\"force\":false}`",
      "Deletes an address, with force its queues too. 200 when it is committed."),
  SWITCHOVER(
      "POST",
      "/api/v1/switchover",
      "`{\"peer\":\"NAME\"}`, or nothing",
      "Hands the baton to that node, or to the one that is furthest. 202 with `{\"to\":\"NAME\"}`:"
          + " it has begun; the epoch rises when it is done."),
  STOP("POST", "/api/v1/stop", "", "Stops the node, as a signal would. 202: it has heard."),
  KILL(
      "POST",
      "/api/v1/kill",
      "",
      "Ends the process as `kill -9` would; only where it was started with `run --allow-kill`.");

  private final String method;
  private final String path;
  private final String body;
  private final String what;

  Endpoint(String method, String path, String body, String what) {
    this.method = method;
    this.path = path;
    this.body = body;
    this.what = what;
  }

  static Optional<Endpoint> at(String path) {
    return Stream.of(values()).filter(endpoint -> endpoint.path.equals(path)).findFirst();
  }

  /// `GET` for a question, `POST` for a command.
  String method() {
    return method;
  }

  String path() {
    return path;
  }

  /// What is sent with it, for the reference page.
  String body() {
    return body;
  }

  /// What it does, for the reference page.
  String what() {
    return what;
  }
}
