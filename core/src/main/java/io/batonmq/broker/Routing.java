package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which queues a message goes to, of those that look at what comes in too. However many of them there are, a
/// send makes one event at most, so the log's batch does not end a turn that asks a thousand filters for each
/// message; [#spent] does.
final class Routing {
  private final Directory directory;
  private final Looks looks = new Looks(Looks.ROUTING_PER_TURN);

  Routing(Directory directory) {
    this.directory = directory;
  }

  /// A turn begins.
  void begin() {
    looks.begin();
  }

  /// Whether it was enough for one turn.
  boolean spent() {
    return !looks.left();
  }

  /// The queues that a message for an address goes to.
  ///
  /// @param routing to which kind only; null for both
  /// @param client the client id of its sender; empty if it is not known
  List<LiveQueue> route(
      LiveAddress address, @Nullable RoutingType routing, Message message, String client) {
    MessageFields fields = directory.fields(message, address);
    return directory.live(
        address.route(routing, queue -> admits(directory.live(queue), fields, client)));
  }

  /// Whether a message that is sent straight to a queue comes in.
  ///
  /// @param client the client id of its sender; empty if it is not known
  boolean admits(LiveQueue queue, Message message, String client) {
    return !queue.queue().filters()
        || admits(queue, directory.fields(message, queue.address()), client);
  }

  private boolean admits(LiveQueue queue, MessageFields fields, String client) {
    looks.spend(queue.condition());
    return queue.admits(fields, client);
  }
}
