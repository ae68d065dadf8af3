package io.batonmq.server.admin;

import java.util.Optional;
import java.util.stream.Stream;

/// What the admin listener can be asked.
enum Endpoint {
  STATUS("GET", "/api/v1/status", "", "Where the node stands, in every role; see *status*."),
  QUEUES(
      "GET",
      "/api/v1/queues",
      "",
      "The queues of an active node; see *queues*. Empty where it is not active."),
  SWITCHOVER(
      "POST",
      "/api/v1/switchover",
      "`{\"peer\":\"NAME\"}`, or nothing",
      "Hands the baton to that node, or to the one that is furthest. 202 with `{\"to\":\"NAME\"}`:"
          + " it has begun; the epoch rises when it is done."),
  STOP("POST", "/api/v1/stop", "", "Stops the node, as a signal would. 202: it has heard.");

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
