package io.batonmq.server.admin;

import java.util.ArrayList;
import java.util.List;

/// The reference of what a node tells about itself, printed from what it answers with.
public final class AdminPage {
  private static final String HEAD =
      """
      # What a node tells

      <!-- Printed from the code by scripts/reference; do not edit. -->

      Every node has an admin listener, the standby too: HTTP, at the host and port of
      `etc/admin.properties` (`localhost:8161`), or at another port if that one is taken; the log and
      `baton status` say which. `baton status --json` and `baton queue stat --json` print its answers as
      they are.

      Who asks gives a user of the instance and the password (HTTP Basic), and the user needs the role of
      `role` in `etc/admin.properties` (`amq`; `create --role` names it). Commands that run where the
      instance's files can be read use the token of this run in `run/admin.properties` instead. Answers are
      JSON; what goes wrong is `{"error":"a sentence"}`:

      | status | when |
      |---|---|
      | 400, 413 | the body is not what the request takes, or is too long |
      | 401 | no user, or a wrong password |
      | 403 | the user lacks the role; or a page in a browser tries to command |
      | 404, 405 | no such path; another method |
      | 409 | the node will not, and says what to change |
      | 503 | too many logins at once, or the node is stopping |
      | 504 | the node does not answer within 10 s: it may hang |
      """;

  private AdminPage() {}

  /// The whole page, in Markdown.
  public static String text() {
    var page = new StringBuilder(HEAD);
    page.append("\n## Requests\n\n| request | body | what it does |\n|---|---|---|\n");
    for (var endpoint : Endpoint.values()) {
      page.append(
          "| `%s %s` | %s | %s |\n"
              .formatted(endpoint.method(), endpoint.path(), endpoint.body(), endpoint.what()));
    }
    page.append("\n## status\n").append(table(Figures.STATUS));
    page.append("\n## usage\n").append(table(Figures.USAGE));
    page.append("\n## queues\n\n`{\"queues\":[…]}`, each with:\n").append(table(Figures.QUEUE));
    page.append("\n## addresses\n\n`{\"addresses\":[…]}`, each with:\n")
        .append(table(Figures.ADDRESS));
    return page.toString();
  }

  private static String table(List<? extends Figure<?>> figures) {
    var table = new StringBuilder("\n| name | type | what it is |\n|---|---|---|\n");
    rows("", figures)
        .forEach(row -> table.append("| ").append(String.join(" | ", row)).append(" |\n"));
    return table.toString();
  }

  private static List<List<String>> rows(String above, List<? extends Figure<?>> figures) {
    var rows = new ArrayList<List<String>>();
    for (var figure : figures) {
      rows.add(List.of("`" + above + figure.name() + "`", figure.kind(), figure.what()));
      rows.addAll(rows(above + figure.name() + "[].", figure.parts()));
    }
    return rows;
  }
}
