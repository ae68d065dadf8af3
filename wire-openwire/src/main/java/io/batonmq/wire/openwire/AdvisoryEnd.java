package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Wildcards;
import io.batonmq.session.Command;
import io.batonmq.session.Notice;
import io.batonmq.session.Output;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A consumer of advisories: what is there and what comes and goes, as messages that are not kept for anybody.
///
/// What the line has no room for waits, as long as it is news: of what came and went meanwhile nothing is said. So
/// no more waits than there is, and than the peer was told of before.
final class AdvisoryEnd implements Receiver, Peer.End {
  private final Peer peer;
  private final Struct info;
  private final Struct id;
  private final Set<Integer> links = new HashSet<>();
  private final LinkedHashMap<Subject, Notice> waiting = new LinkedHashMap<>();
  private final Pulls pulls = new Pulls();
  private final Opening opening;
  private int prefetch;
  private boolean master;

  /// What a notice is about.
  private record Subject(int link, Notice.Subject subject, String name) {}

  AdvisoryEnd(Peer peer, Struct info) {
    this.peer = peer;
    this.info = info;
    this.id = info.needed(Field.CONSUMER_ID);
    this.prefetch = Math.max(0, info.number(Field.PREFETCH_SIZE));
    this.opening = new Opening(peer, info);
  }

  /// Why a consumer cannot have such advisories; null if it can.
  static @Nullable String fault(List<Struct> parts, Struct info, Wildcards wildcards) {
    for (Struct part : parts) {
      String name = Destinations.name(part);
      if (!AdvisoryTopic.isOne(part)) {
        return "a consumer of advisories has them alone, without " + name;
      }
      if (AdvisoryTopic.of(name, wildcards).isEmpty() && !name.equals(AdvisoryTopic.MASTER)) {
        return "advisories of "
            + name
            + " are not built: those of consumers, producers, connections, queues and topics are";
      }
    }
    return info.text(Field.SELECTOR) != null || info.text(Field.SUBSCRIPTION_NAME) != null
        ? "advisories are not chosen by a selector, and not kept for a durable subscriber"
        : null;
  }

  @Override
  public void open() {
    Set<AdvisoryTopic> topics = new LinkedHashSet<>();
    for (Struct part :
        Destinations.parts(info.needed(Field.DESTINATION), peer.limits().compositeMax())) {
      String name = Destinations.name(part);
      topics.addAll(AdvisoryTopic.of(name, peer.protocol().wildcards()));
      master |= name.equals(AdvisoryTopic.MASTER);
    }
    opening.await(topics.size());
    for (AdvisoryTopic topic : topics) {
      int link = peer.link(this);
      links.add(link);
      peer.submit(
          new Command.Watch(
              peer.connection(),
              link,
              topic.kind(),
              topic.routing(),
              topic.pattern(),
              topic.right()));
    }
    if (opening.over()) {
      opening.end();
      pump();
    }
  }

  @Override
  public String session() {
    return Ids.session(id);
  }

  @Override
  public void again(Struct command) {
    opening.again(command);
  }

  @Override
  public boolean gone() {
    return opening.refused();
  }

  @Override
  public void emit(Output output) {
    switch (output) {
      case Output.ConsumerOpened _ -> opened();
      case Output.LinkRefused(int link, Refusal why) -> {
        opening.refuse(why);
        links.remove(link);
        peer.forget(link);
        opened();
      }
      case Output.News(int link, Notice notice) -> {
        wait(link, notice);
        pump();
      }
      default -> {}
    }
  }

  private void opened() {
    if (opening.answered()) {
      if (gone()) {
        close(-2);
      }
      pump();
    }
  }

  private void wait(int link, Notice notice) {
    Subject subject = new Subject(link, notice.subject(), notice.name());
    Notice before = waiting.remove(subject);
    if (before == null || before.there() == notice.there()) {
      waiting.put(subject, notice);
    }
  }

  @Override
  public void pump() {
    if (!opening.over() || gone()) {
      return;
    }
    if (master && may()) {
      master = false;
      dispatch(Advisory.master(peer));
    }
    while (!waiting.isEmpty() && may()) {
      Struct message = Advisory.of(peer, waiting.pollFirstEntry().getValue());
      if (message != null) {
        dispatch(message);
      }
    }
  }

  private boolean may() {
    return peer.writable() && (prefetch > 0 || !pulls.isEmpty());
  }

  private void dispatch(@Nullable Struct message) {
    if (prefetch == 0) {
      pulls.done();
    }
    try {
      peer.write(
          new Struct(Type.MESSAGE_DISPATCH)
              .with(Field.CONSUMER_ID, id)
              .with(Field.DESTINATION, (message == null ? info : message).child(Field.DESTINATION))
              .with(Field.MESSAGE, message));
    } catch (Malformed notEncodable) {
      // A name or a selector that came by another protocol is too long for this one.
    }
  }

  @Override
  public void control(int newPrefetch) {
    prefetch = Math.max(0, newPrefetch);
    pulls.clear();
    pump();
  }

  @Override
  public void pull(long timeoutMillis) {
    if (prefetch > 0 || pulls.size() >= peer.limits().window()) {
      return;
    }
    pulls.add(timeoutMillis, peer.now());
    pump();
    due();
  }

  @Override
  public long deadline() {
    return pulls.deadline();
  }

  /// Tells those who have waited long enough that there is nothing.
  @Override
  public void due() {
    while (pulls.over(peer.now())) {
      dispatch(null);
    }
  }

  @Override
  public void close(long lastSeen) {
    for (int link : links) {
      peer.submit(new Command.CloseLink(peer.connection(), link, false));
      peer.forget(link);
    }
    links.clear();
    waiting.clear();
  }
}
