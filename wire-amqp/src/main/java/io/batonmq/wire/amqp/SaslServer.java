package io.batonmq.wire.amqp;

import io.batonmq.session.Authenticator;
import io.batonmq.session.Line;
import io.batonmq.session.Principal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The SASL layer of one connection (AMQP 1.0 §5.3), by its own few lines: protonj2's server cannot send
/// an outcome after a challenge, so no mechanism with a challenge would work with it.
final class SaslServer {
  private static final int INIT = 0x41;
  private static final int RESPONSE = 0x43;
  private static final int OK = 0;
  private static final int AUTH = 1;
  private static final int SYMBOL_MAX = 64;

  /// How it went. The shell tells the log; the peer learns only that it failed.
  interface Verdict {
    void accepted(Principal principal);

    void refused(String why);
  }

  private enum State {
    INIT_WANTED,
    RESPONSE_WANTED,
    CHECKING,
    DONE
  }

  private final Authenticator authenticator;
  private final Line line;
  private final Verdict verdict;
  private final int fieldMax;
  private final List<String> mechanisms;
  private State state = State.INIT_WANTED;
  private @Nullable ScramSha256 scram;

  SaslServer(Authenticator authenticator, Line line, Verdict verdict, int fieldMax) {
    this.authenticator = authenticator;
    this.line = line;
    this.verdict = verdict;
    this.fieldMax = fieldMax;
    this.mechanisms = authenticator.mechanisms();
  }

  /// Whether frames have to wait: a password is being checked.
  boolean checking() {
    return state == State.CHECKING;
  }

  /// Offers the mechanisms.
  void begin() {
    Writer symbols = new Writer(128);
    for (String mechanism : mechanisms) {
      byte[] name = mechanism.getBytes(StandardCharsets.US_ASCII);
      symbols.int8(name.length).raw(name, 0, name.length);
    }
    Writer frame = frame(0x40);
    int list = frame.begin(Encoding.LIST32);
    int array = frame.begin(Encoding.ARRAY32);
    frame.int8(Encoding.SYMBOL8).raw(symbols.array(), 0, symbols.size());
    frame.end(array, mechanisms.size());
    frame.end(list, 1);
    send(frame);
  }

  void read(Described body) {
    switch (body.kind()) {
      case INIT -> {
        if (state != State.INIT_WANTED) {
          throw Malformed.framing("sasl-init comes once");
        }
        Fields fields = body.list("sasl-init");
        String mechanism = fields.symbol("mechanism", SYMBOL_MAX);
        byte[] response = fields.binary("initial-response", fieldMax);
        init(mechanism == null ? "" : mechanism, response == null ? new byte[0] : response);
      }
      case RESPONSE -> {
        ScramSha256 login = scram;
        if (state != State.RESPONSE_WANTED || login == null) {
          throw Malformed.framing("sasl-response comes after a challenge");
        }
        byte[] response = body.list("sasl-response").binary("response", fieldMax);
        byte[] answer = response == null ? null : login.last(response);
        Principal principal = login.principal();
        if (answer == null || principal == null) {
          refuse("wrong user or password");
        } else {
          accept(principal, answer);
        }
      }
      default -> throw Malformed.framing("a SASL frame holds what a client does not send");
    }
  }

  private void init(String mechanism, byte[] response) {
    // Whoever names what was not offered is refused: no way down to a weaker mechanism.
    if (!mechanisms.contains(mechanism)) {
      refuse("the mechanism was not offered");
      return;
    }
    switch (mechanism) {
      case "ANONYMOUS" ->
          authenticator
              .anonymous()
              .ifPresentOrElse(
                  principal -> accept(principal, null),
                  () -> refuse("nobody comes in without a name"));
      case "PLAIN" -> plain(response);
      case ScramSha256.NAME -> {
        ScramSha256 login = new ScramSha256(authenticator);
        byte[] challenge = login.first(response);
        if (challenge == null) {
          refuse("the first SCRAM message is broken");
        } else {
          scram = login;
          state = State.RESPONSE_WANTED;
          Writer frame = frame(0x42);
          int list = frame.begin(Encoding.LIST32);
          frame.binary(challenge).end(list, 1);
          send(frame);
        }
      }
      default -> refuse("the mechanism is not built");
    }
  }

  /// RFC 4616: `[authzid] NUL authcid NUL passwd`.
  private void plain(byte[] message) {
    int first = indexOfNul(message, 0);
    int second = first < 0 ? -1 : indexOfNul(message, first + 1);
    if (second < 0 || second == first + 1 || indexOfNul(message, second + 1) >= 0) {
      refuse("the PLAIN message is broken");
      return;
    }
    String actsFor = Encoding.utf8(message, 0, first);
    String user = Encoding.utf8(message, first + 1, second);
    byte[] password = Arrays.copyOfRange(message, second + 1, message.length);
    Arrays.fill(message, (byte) 0);
    if (!actsFor.isEmpty() && !actsFor.equals(user)) {
      refuse("one user may not act for another");
      return;
    }
    // An empty password never reaches a store: some directories take it for an anonymous bind.
    if (password.length == 0) {
      refuse("the password is empty");
      return;
    }
    state = State.CHECKING;
    authenticator.plain(user, password, this::checked);
  }

  private void checked(Optional<Principal> answer) {
    if (state == State.CHECKING) {
      answer.ifPresentOrElse(
          principal -> accept(principal, null), () -> refuse("wrong user or password"));
    }
  }

  private void accept(Principal principal, byte @Nullable [] additional) {
    state = State.DONE;
    outcome(OK, additional);
    verdict.accepted(principal);
  }

  private void refuse(String why) {
    state = State.DONE;
    outcome(AUTH, null);
    verdict.refused(why);
  }

  /// The connection ends: an answer that is still to come is nothing to it.
  void abandon() {
    state = State.DONE;
  }

  private void outcome(int code, byte @Nullable [] additional) {
    Writer frame = frame(0x44);
    int list = frame.begin(Encoding.LIST32);
    frame.ubyte(code);
    if (additional != null) {
      frame.binary(additional);
    }
    frame.end(list, additional == null ? 1 : 2);
    send(frame);
  }

  private static int indexOfNul(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  private static Writer frame(int descriptor) {
    return new Writer(192).int32(0).int32(0x0201_0000).descriptor(descriptor);
  }

  private void send(Writer frame) {
    frame.setInt32(0, frame.size());
    line.write(frame.buffer());
  }
}
