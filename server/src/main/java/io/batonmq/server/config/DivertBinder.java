package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.Wildcards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// Binds `diverts`.
final class DivertBinder {
  private static final Vocabulary NOTHING = new Vocabulary();

  private static final Setting<String> NAME =
      Setting.of("name", Values.TEXT, "The divert; each stands once.").asAttribute();
  private static final Setting<String> ADDRESS =
      Setting.of(
          "address",
          Values.TEXT,
          "The address that messages are sent to; with `*` and `#`, all that fit.");
  private static final Setting<String> FORWARDING_ADDRESS =
      Setting.of(
          "forwarding-address",
          Values.TEXT,
          "The address that they go to. If it is not there it is made when the first one comes, as"
              + " far as its `auto-create-…` settings allow it.");
  private static final Setting<String> ROUTING_NAME =
      Setting.of(
          "routing-name",
          Values.TEXT,
          "Of the diverts at an address that have the same one and are not exclusive, one takes a"
              + " message, in turn; without one, a divert is for itself.");
  private static final Setting<Boolean> EXCLUSIVE =
      Setting.of(
          "exclusive",
          Values.FLAG,
          "false",
          "Whether what it takes goes only there, to no queue of its own address.");
  private static final Setting<DivertConfig.Kind> ROUTING_TYPE =
      Setting.of(
          "routing-type",
          Values.oneOf(DivertConfig.Kind.class),
          "STRIP",
          "To which queues of the forwarding address: of that type, of the type that it was sent to"
              + " (`PASS`), or of both (`STRIP`).");

  private static final Vocabulary DIVERT =
      new Vocabulary()
          .honouring(NAME, ADDRESS, FORWARDING_ADDRESS, ROUTING_NAME, EXCLUSIVE, ROUTING_TYPE)
          .missing(
              "Baton loads no classes of others: a message is diverted as it came",
              "transformer",
              "transformer-class-name");

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "core/diverts/divert",
              "What is sent to an address also goes to another one. It is asked by the active node"
                  + " when a message is sent: both nodes of a pair should have the same ones. See"
                  + " [diverts](diverts.md).",
              DIVERT),
          new Section(
              "core/diverts/divert/filter",
              "Which messages it takes; without it, all.",
              AddressBinder.FILTER));

  private DivertBinder() {}

  static List<DivertConfig> diverts(Binding core, Wildcards syntax) {
    var diverts = new ArrayList<DivertConfig>();
    for (var list : core.child("diverts").stream().toList()) {
      var lines = new HashMap<String, Integer>();
      for (var element : list.children("divert")) {
        var name = element.required(NAME);
        name.ifPresent(text -> AddressBinder.once(element, text, lines));
        divert(element, name.orElse(""), syntax).ifPresent(diverts::add);
      }
      list.rest(NOTHING);
    }
    return diverts;
  }

  private static Optional<DivertConfig> divert(Binding element, String name, Wildcards syntax) {
    var address = element.optional(ADDRESS);
    var forwarding = element.optional(FORWARDING_ADDRESS);
    var routingName = element.optional(ROUTING_NAME);
    boolean exclusive = element.value(EXCLUSIVE);
    var kind = element.value(ROUTING_TYPE);
    var filter = AddressBinder.filter(element);
    needs(element, "address");
    needs(element, "forwarding-address");
    element.rest(DIVERT);
    return address.flatMap(from ->
        forwarding.map(to ->
            new DivertConfig(
                name,
                new AddressPattern(from, syntax),
                to,
                routingName.orElse(name),
                exclusive,
                filter,
                kind)));
  }

  private static void needs(Binding element, String child) {
    if (element.children(child).isEmpty()) {
      element.error("needs <" + child + ">");
    }
  }
}
