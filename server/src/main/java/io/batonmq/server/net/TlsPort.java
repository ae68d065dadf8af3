package io.batonmq.server.net;

import io.batonmq.seam.Clock;
import io.batonmq.server.config.KeyMaterial;
import io.batonmq.server.config.Tls;
import io.batonmq.server.config.TlsException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one port shows to those who come with TLS. Files that change are read again before the next handshake,
/// at most once a second; connections go on with what they began with. Files that changed and make no sense leave
/// what was there before, with a warning.
public final class TlsPort {
  private static final Logger LOG = LoggerFactory.getLogger(TlsPort.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// What is known of a file without reading it.
  private record Stamp(long modifiedMillis, long bytes) {}

  private final String name;
  private final Tls tls;
  private final Clock clock;

  // Guarded by this.
  private SslContext context;
  private List<Stamp> stamps;
  private long lookedNanos;

  private TlsPort(String name, Tls tls, Clock clock) throws TlsException, SSLException {
    this.name = name;
    this.tls = tls;
    this.clock = clock;
    // Before the files are read: what changes meanwhile is read once more.
    this.stamps = stamps(tls);
    this.lookedNanos = clock.monotonicNanos();
    this.context = context(KeyMaterial.read(tls), tls);
  }

  /// @param name of the acceptor, for logs
  /// @throws TlsException if a file cannot be used; the message says what to change
  public static TlsPort of(String name, Tls tls, Clock clock) throws IOException {
    return new TlsPort(name, tls, clock);
  }

  /// What the next handshake uses. Reads files, so not for event loops.
  synchronized SslContext context() {
    long now = clock.monotonicNanos();
    if (now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      List<Stamp> seen = stamps(tls);
      if (!seen.equals(stamps)) {
        stamps = seen;
        renew();
      }
    }
    return context;
  }

  private void renew() {
    try {
      KeyMaterial material = KeyMaterial.read(tls);
      context = context(material, tls);
      LOG.info(
          "TLS files read again listener={} not_after={}",
          name,
          material.shown().map(X509Certificate::getNotAfter).map(Object::toString).orElse(""));
      material.doubt().ifPresent(doubt -> LOG.warn("listener={} {}", name, doubt));
    } catch (TlsException | SSLException e) {
      // It may be half written: its stamp changes again with the rest of it.
      LOG.warn(
          "TLS files have changed and cannot be used: what was there before is shown on;"
              + " listener={} part={} reason=\"{}\"",
          name,
          e instanceof TlsException known ? known.part() : "",
          e.getMessage());
    }
  }

  private static SslContext context(KeyMaterial material, Tls tls) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(material.keys())
            .sslProvider(SslProvider.JDK)
            .protocols(tls.protocols())
            .clientAuth(
                switch (tls.clientAuth()) {
                  case NONE -> ClientAuth.NONE;
                  case WANTED -> ClientAuth.OPTIONAL;
                  case NEEDED -> ClientAuth.REQUIRE;
                });
    if (material.trust().isPresent()) {
      builder.trustManager(material.trust().get());
    }
    if (!tls.cipherSuites().isEmpty()) {
      builder.ciphers(tls.cipherSuites());
    }
    return builder.build();
  }

  private static List<Stamp> stamps(Tls tls) {
    List<Stamp> stamps = new ArrayList<>();
    stamps.add(stamp(tls.keys().path()));
    tls.trust().ifPresent(trust -> stamps.add(stamp(trust.path())));
    return stamps;
  }

  private static Stamp stamp(Path path) {
    try {
      return new Stamp(Files.getLastModifiedTime(path).toMillis(), Files.size(path));
    } catch (IOException e) {
      return new Stamp(-1, -1);
    }
  }
}
