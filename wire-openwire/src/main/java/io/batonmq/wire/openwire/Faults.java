package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;

/// The broker's reasons as the exceptions that an ActiveMQ client throws for them. The names are those of JMS
/// 1.1, which the clients of both lines know.
final class Faults {
  private static final String JMS = "javax.jms.JMSException";
  private static final String SECURITY = "java.lang.SecurityException";
  private static final String XA = "javax.transaction.xa.XAException";

  private Faults() {}

  static Fault of(Refusal refusal) {
    String name =
        switch (refusal.reason()) {
          case NOT_FOUND, DELETED -> "javax.jms.InvalidDestinationException";
          case NOT_AUTHORIZED -> SECURITY;
          case LIMIT_REACHED -> "javax.jms.ResourceAllocationException";
          case ROLLED_BACK -> "javax.jms.TransactionRolledBackException";
          case NOT_ALLOWED, INVALID, NOT_IMPLEMENTED, IN_USE, HANDING_OVER, INTERNAL -> JMS;
        };
    return new Fault(name, refusal.text());
  }

  /// For what was to be done with a destination.
  static Fault consuming(Refusal refusal) {
    return refusal.reason() == Refusal.Reason.INVALID && refusal.text().contains("selector")
        ? new Fault("javax.jms.InvalidSelectorException", refusal.text())
        : of(refusal);
  }

  /// A connection is not let in.
  static Fault connecting(Refusal refusal) {
    return refusal.reason() == Refusal.Reason.IN_USE
        ? new Fault("javax.jms.InvalidClientIDException", refusal.text())
        : of(refusal);
  }

  static Fault notAuthenticated(String user) {
    return new Fault(SECURITY, "User name [" + user + "] or password is invalid.");
  }

  static Fault jms(String text) {
    return new Fault(JMS, text);
  }

  /// A step of a distributed transaction; clients read the code out of the text.
  static Fault xa(Refusal refusal) {
    int code =
        switch (refusal.reason()) {
          case NOT_FOUND -> -4;
          case NOT_ALLOWED -> -6;
          case ROLLED_BACK -> 100;
          case IN_USE -> -8;
          default -> -3;
        };
    return xa(refusal.text(), code);
  }

  static Fault xa(String text, int code) {
    return new Fault(XA, text + " xaErrorCode:" + code);
  }
}
