package io.batonmq.wire.amqp;

import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.transport.Attach;
import org.apache.qpid.protonj2.types.transport.Begin;
import org.apache.qpid.protonj2.types.transport.Close;
import org.apache.qpid.protonj2.types.transport.Detach;
import org.apache.qpid.protonj2.types.transport.Disposition;
import org.apache.qpid.protonj2.types.transport.End;
import org.apache.qpid.protonj2.types.transport.Flow;
import org.apache.qpid.protonj2.types.transport.Open;
import org.apache.qpid.protonj2.types.transport.Performative;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.apache.qpid.protonj2.types.transport.Role;
import org.apache.qpid.protonj2.types.transport.SenderSettleMode;
import org.apache.qpid.protonj2.types.transport.Transfer;

/// The nine frame bodies of AMQP 1.0 §2.7, read into protonj2's types. Fields that nothing here looks at
/// (locales, properties, unsettled maps) are passed over by their size.
final class Performatives {
  static final int OPEN = 0x10;
  static final int TRANSFER = 0x14;
  static final int CLOSE = 0x18;

  private static final long ABSENT = -1;
  private static final int TAG_MAX = 32;
  private static final int SYMBOL_MAX = 256;

  private final int nameMax;
  private final Termini termini;

  Performatives(AmqpLimits limits) {
    this.nameMax = limits.nameBytes();
    this.termini = new Termini(limits);
  }

  Performative read(Described body) {
    return switch (body.kind()) {
      case OPEN -> open(body.list("open"));
      case 0x11 -> begin(body.list("begin"));
      case 0x12 -> attach(body.list("attach"));
      case 0x13 -> flow(body.list("flow"));
      case TRANSFER -> transfer(body.list("transfer"));
      case 0x15 -> disposition(body.list("disposition"));
      case 0x16 -> detach(body.list("detach"));
      case 0x17 -> new End().setError(termini.error(body.list("end"), "error"));
      case CLOSE -> new Close().setError(termini.error(body.list("close"), "error"));
      default -> throw Malformed.decode("a frame holds something that is no performative");
    };
  }

  private Open open(Fields fields) {
    Open open = new Open();
    open.setContainerId(mandatory(fields.string("container-id", nameMax), "open.container-id"));
    String hostname = fields.string("hostname", nameMax);
    if (hostname != null) {
      open.setHostname(hostname);
    }
    long maxFrameSize = fields.uint("max-frame-size", ABSENT);
    if (maxFrameSize != ABSENT) {
      // A peer with a smaller frame could not be sent the fixed part of a transfer.
      if (maxFrameSize < AmqpLimits.FRAME_BYTES_MIN) {
        throw Malformed.field("open.max-frame-size is less than 512");
      }
      open.setMaxFrameSize(maxFrameSize);
    }
    open.setChannelMax((int) Math.min(65535, fields.uint("channel-max", 65535)));
    long idle = fields.uint("idle-time-out", ABSENT);
    if (idle > 0) {
      open.setIdleTimeout(idle);
    }
    fields.skip(3);
    open.setDesiredCapabilities(Names.known(fields.symbols("desired-capabilities", SYMBOL_MAX)));
    return open;
  }

  private static Begin begin(Fields fields) {
    Begin begin = new Begin();
    long remoteChannel = fields.uint("remote-channel", ABSENT);
    if (remoteChannel != ABSENT) {
      // A server begins no sessions, so nothing can answer one.
      throw Malformed.field("begin.remote-channel names a session that was not begun here");
    }
    begin.setNextOutgoingId(
        mandatory(fields.uint("next-outgoing-id", ABSENT), "begin.next-outgoing-id"));
    begin.setIncomingWindow(
        mandatory(fields.uint("incoming-window", ABSENT), "begin.incoming-window"));
    begin.setOutgoingWindow(
        mandatory(fields.uint("outgoing-window", ABSENT), "begin.outgoing-window"));
    begin.setHandleMax(fields.uint("handle-max", 0xffff_ffffL));
    return begin;
  }

  private Attach attach(Fields fields) {
    Attach attach = new Attach();
    attach.setName(mandatory(fields.string("name", nameMax), "attach.name"));
    attach.setHandle(mandatory(fields.uint("handle", ABSENT), "attach.handle"));
    attach.setRole(fields.bool("role", false) ? Role.RECEIVER : Role.SENDER);
    attach.setSenderSettleMode(
        switch ((int) fields.uint("snd-settle-mode", 2)) {
          case 0 -> SenderSettleMode.UNSETTLED;
          case 1 -> SenderSettleMode.SETTLED;
          case 2 -> SenderSettleMode.MIXED;
          default -> throw Malformed.field("attach.snd-settle-mode is 0 to 2");
        });
    attach.setReceiverSettleMode(
        switch ((int) fields.uint("rcv-settle-mode", 0)) {
          case 0 -> ReceiverSettleMode.FIRST;
          case 1 -> ReceiverSettleMode.SECOND;
          default -> throw Malformed.field("attach.rcv-settle-mode is 0 or 1");
        });
    Described source = fields.described("source");
    if (source != null) {
      attach.setSource(termini.source(source));
    }
    Described target = fields.described("target");
    if (target != null) {
      attach.setTarget(termini.target(target));
    }
    fields.skip(2);
    long initial = fields.uint("initial-delivery-count", ABSENT);
    if (initial != ABSENT) {
      attach.setInitialDeliveryCount(initial);
    } else if (attach.getRole() == Role.SENDER) {
      throw Malformed.field("attach.initial-delivery-count is missing");
    }
    long maxMessageSize = fields.ulong("max-message-size", 0);
    if (maxMessageSize != 0) {
      attach.setMaxMessageSize(UnsignedLong.valueOf(maxMessageSize));
    }
    fields.skip();
    attach.setDesiredCapabilities(Names.known(fields.symbols("desired-capabilities", SYMBOL_MAX)));
    return attach;
  }

  private static Flow flow(Fields fields) {
    Flow flow = new Flow();
    long nextIncomingId = fields.uint("next-incoming-id", ABSENT);
    if (nextIncomingId != ABSENT) {
      flow.setNextIncomingId(nextIncomingId);
    }
    flow.setIncomingWindow(
        mandatory(fields.uint("incoming-window", ABSENT), "flow.incoming-window"));
    flow.setNextOutgoingId(
        mandatory(fields.uint("next-outgoing-id", ABSENT), "flow.next-outgoing-id"));
    flow.setOutgoingWindow(
        mandatory(fields.uint("outgoing-window", ABSENT), "flow.outgoing-window"));
    long handle = fields.uint("handle", ABSENT);
    if (handle != ABSENT) {
      flow.setHandle(handle);
    }
    flow.setDeliveryCount(fields.uint("delivery-count", 0));
    flow.setLinkCredit(fields.uint("link-credit", 0));
    fields.skip();
    flow.setDrain(fields.bool("drain", false));
    flow.setEcho(fields.bool("echo", false));
    return flow;
  }

  private Transfer transfer(Fields fields) {
    Transfer transfer = new Transfer();
    transfer.setHandle(mandatory(fields.uint("handle", ABSENT), "transfer.handle"));
    long id = fields.uint("delivery-id", ABSENT);
    if (id != ABSENT) {
      transfer.setDeliveryId(id);
    }
    byte[] tag = fields.binary("delivery-tag", TAG_MAX);
    if (tag != null) {
      transfer.setDeliveryTag(tag);
    }
    long format = fields.uint("message-format", ABSENT);
    if (format != ABSENT) {
      transfer.setMessageFormat(format);
    }
    transfer.setSettled(fields.bool("settled", false));
    transfer.setMore(fields.bool("more", false));
    fields.skip();
    Described state = fields.described("state");
    if (state != null) {
      transfer.setState(termini.state(state));
    }
    if (fields.bool("resume", false)) {
      throw Malformed.field("transfer.resume: unsettled deliveries are not resumed, send it anew");
    }
    transfer.setAborted(fields.bool("aborted", false));
    return transfer;
  }

  private Disposition disposition(Fields fields) {
    Disposition disposition = new Disposition();
    disposition.setRole(fields.bool("role", false) ? Role.RECEIVER : Role.SENDER);
    long first = mandatory(fields.uint("first", ABSENT), "disposition.first");
    disposition.setFirst(first);
    long last = fields.uint("last", ABSENT);
    if (last != ABSENT) {
      // Serial numbers (RFC 1982): the range must not run backwards.
      if ((int) (last - first) < 0) {
        throw Malformed.field("disposition.last comes before disposition.first");
      }
      disposition.setLast(last);
    }
    disposition.setSettled(fields.bool("settled", false));
    Described state = fields.described("state");
    if (state != null) {
      disposition.setState(termini.state(state));
    }
    return disposition;
  }

  private Detach detach(Fields fields) {
    Detach detach = new Detach();
    detach.setHandle(mandatory(fields.uint("handle", ABSENT), "detach.handle"));
    detach.setClosed(fields.bool("closed", false));
    detach.setError(termini.error(fields, "error"));
    return detach;
  }

  private static <T> T mandatory(@org.jspecify.annotations.Nullable T value, String name) {
    if (value == null) {
      throw Malformed.field(name + " is missing");
    }
    return value;
  }

  private static long mandatory(long value, String name) {
    if (value == ABSENT) {
      throw Malformed.field(name + " is missing");
    }
    return value;
  }
}
