package io.batonmq.wire.openwire;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// How the two ends agree on an encoding: each says what it can, and both do what both can.
///
/// @param coding what they agreed on
/// @param idleMillis time without a frame after which either end is gone, 0 for never
record Introduction(Coding coding, long idleMillis) {
  private static final String CACHE = "CacheEnabled";
  private static final String TIGHT = "TightEncodingEnabled";
  private static final String IDLE = "MaxInactivityDuration";

  /// What this end says.
  static Struct own(OpenWireLimits limits) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(CACHE, true);
    properties.put("CacheSize", 1024);
    properties.put(TIGHT, true);
    properties.put("SizePrefixDisabled", false);
    properties.put("StackTraceEnabled", false);
    properties.put("TcpNoDelayEnabled", true);
    properties.put(IDLE, (long) limits.idleMillis());
    properties.put("MaxInactivityDurationInitalDelay", (long) limits.handshakeMillis());
    properties.put("MaxFrameSize", (long) limits.frameBytes());
    properties.put("ProviderName", "Baton");
    return new Struct(Type.WIRE_FORMAT_INFO)
        .with(Field.MAGIC, "ActiveMQ".getBytes(StandardCharsets.US_ASCII))
        .with(Field.VERSION, Type.VERSION_MAX)
        .with(Field.MARSHALLED_PROPERTIES, Primitives.encode(properties));
  }

  /// What comes of it.
  ///
  /// @throws Malformed if there is nothing that both can
  static Introduction of(Struct info, OpenWireLimits limits) {
    int version = Math.min(Type.VERSION_MAX, info.number(Field.VERSION));
    if (version < Type.VERSION_MIN) {
      throw new Malformed(
          "the peer speaks OpenWire "
              + info.number(Field.VERSION)
              + "; versions "
              + Type.VERSION_MIN
              + " to "
              + Type.VERSION_MAX
              + " are spoken here (wireFormat.version)");
    }
    Map<String, Object> said = Primitives.map(info.bytesOrNone(Field.MARSHALLED_PROPERTIES));
    Coding coding =
        new Coding(
            version,
            Boolean.TRUE.equals(said.get(TIGHT)),
            Boolean.TRUE.equals(said.get(CACHE)),
            false);
    long idle = said.get(IDLE) instanceof Number number ? Math.max(0, number.longValue()) : 0;
    return new Introduction(coding, Math.min(idle, limits.idleMillis()));
  }
}
