package io.batonmq.server.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The URL of an acceptor or connector: `tcp://host:port?name=value;name=value`, with `;` or `&`
/// between the parameters, of which some are passwords.
record Endpoint(String host, int port, Map<String, String> parameters) {
  private static final int PORT_DEFAULT = 61616;
  private static final Pattern URL =
      Pattern.compile(
          "tcp://(\\[[0-9A-Fa-f:.%]+\\]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?(?:/?\\?(.*))?");

  static final Kind<Endpoint> KIND = Kind.secret("tcp://host:port", Endpoint::parse);

  private static Endpoint parse(String text) {
    var url = URL.matcher(text);
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "\""
              + withoutParameters(text)
              + "\" is not tcp://host:port, with parameters after a ? where wanted");
    }
    var port = url.group(2) == null ? PORT_DEFAULT : Values.number(0, 65535).read(url.group(2));
    return new Endpoint(url.group(1), port, parameters(url.group(3) == null ? "" : url.group(3)));
  }

  /// What may be printed: there may be passwords among the parameters.
  static String withoutParameters(String url) {
    int mark = url.indexOf('?');
    return mark < 0 ? url : url.substring(0, mark) + "?…";
  }

  private static Map<String, String> parameters(String query) {
    var parameters = new LinkedHashMap<String, String>();
    var last = "";
    for (var parameter : query.split("[;&]", -1)) {
      if (parameter.isBlank()) {
        continue;
      }
      var parts = parameter.strip().split("=", 2);
      if (parts.length < 2) {
        throw new IllegalArgumentException(
            last.toLowerCase(Locale.ROOT).contains("password")
                ? "what follows " + last + " has no value: in it, write %26 for & and %3B for ;"
                : "parameter " + parts[0] + " has no value");
      }
      if (parameters.putIfAbsent(parts[0], parts[1]) != null) {
        throw new IllegalArgumentException("parameter " + parts[0] + " stands twice");
      }
      last = parts[0];
    }
    return parameters;
  }
}
