package io.batonmq.session;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Xid;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Tail;
import io.batonmq.queue.Disposition;
import org.jspecify.annotations.Nullable;

/// What a peer asks, put into the broker's inbox by the connection's thread, in order.
///
/// `connection` is a number that the shell gives out once per process. `link`, `delivery` and `request`
/// are numbers that the adapter gives out per connection (per link for deliveries that it receives);
/// the broker only hands them back. A transaction's number comes from the broker.
public sealed interface Command {
  long connection();

  /// The first command of a connection, after authentication. Answered by [Output.Connected] or
  /// [Output.ConnectionClosed].
  ///
  /// @param clientId container id (AMQP) or client id; may be empty
  /// @param exclusiveClientId whether a second connection with that id is to be refused
  /// @param peer name of the peer, the same when it connects again: its earlier connection, of which it may be
  ///     that nobody has noticed its end, is closed first. Null for one that has no such name
  record Connect(
      long connection,
      Principal principal,
      String clientId,
      boolean exclusiveClientId,
      String remoteAddress,
      Outlet outlet,
      @Nullable String peer)
      implements Command {
    /// Of a peer that cannot be recognised.
    public Connect(
        long connection,
        Principal principal,
        String clientId,
        boolean exclusiveClientId,
        String remoteAddress,
        Outlet outlet) {
      this(connection, principal, clientId, exclusiveClientId, remoteAddress, outlet, null);
    }
  }

  /// The last command of a connection.
  ///
  /// @param clean false if the transport was lost: then producers' identities are kept for a while
  record Disconnect(long connection, boolean clean) implements Command {}

  /// Opens a producing link. Answered by [Output.ProducerOpened] or [Output.LinkRefused].
  ///
  /// @param address null for a link that names an address with each message
  /// @param routing what the address is to be if it must be made; null if the peer did not say
  /// @param producer name under which the producer's sequences are kept, unique to the producer and the
  ///     same after a reconnect; null if it has none
  record OpenProducer(
      long connection,
      int link,
      @Nullable String address,
      @Nullable RoutingType routing,
      @Nullable String producer)
      implements Command {}

  /// Makes an address that ends with a link, which is opened next, by its name. Answered by
  /// [Output.TemporaryMade] or [Output.LinkRefused]. [CloseLink] ends it, also when the link was never
  /// opened.
  ///
  /// @param name what follows the common beginning of such names, where the peer chooses it; null where the
  ///     broker does
  record MakeTemporary(long connection, int link, RoutingType routing, @Nullable String name)
      implements Command {
    /// One that the broker names.
    public MakeTemporary(long connection, int link, RoutingType routing) {
      this(connection, link, routing, null);
    }
  }

  /// Makes a queue or a topic that stays, unless it is there. Answered by [Output.Ended].
  record MakeDestination(long connection, long request, String name, RoutingType routing)
      implements Command {}

  /// Deletes a queue or a topic with its messages, if it is there. Answered by [Output.Ended].
  ///
  /// @param force although it has consumers, who are told
  record DeleteDestination(
      long connection, long request, String name, RoutingType routing, boolean force)
      implements Command {}

  /// Asks to be told what there is of a kind, and from then on what comes and goes, by [Output.News]. Answered by
  /// [Output.ConsumerOpened] between the two, or [Output.LinkRefused]; ended by [CloseLink].
  ///
  /// @param routing only what has to do with queues, or topics; null for both
  /// @param pattern which names it is to be about, in the broker's own wildcards
  /// @param right the name, or pattern of names, that the user has to have the right to consume from; null if
  ///     everybody may know
  record Watch(
      long connection,
      int link,
      Notice.Kind kind,
      @Nullable RoutingType routing,
      String pattern,
      @Nullable String right)
      implements Command {}

  /// A message. Unless `settled`, answered by [Output.Sent] once its fate is committed.
  ///
  /// @param address for a link opened without one, else null
  /// @param transaction 0 for none
  record Send(
      long connection,
      int link,
      long delivery,
      @Nullable String address,
      Message message,
      long transaction,
      boolean settled)
      implements Command {}

  /// A part of the body of the message that a producing link sends, in order. What stands before the body comes
  /// after the last of them, by [Send].
  ///
  /// @param address for a link opened without one, else null
  record SendFragment(long connection, int link, @Nullable String address, byte[] bytes)
      implements Command {}

  /// The message whose fragments came does not come.
  record DropFragments(long connection, int link) implements Command {}

  /// Asks for a part of what follows a message that was delivered on a consuming link. Answered by
  /// [Output.Fragment].
  ///
  /// @param index from 0, in order
  record Fetch(long connection, int link, long delivery, Tail tail, int index) implements Command {}

  /// A producing link has no credit any more; everything that it sent with it came before this.
  record Withdrawn(long connection, int link) implements Command {}

  /// Opens a consuming link. Answered by [Output.ConsumerOpened] or [Output.LinkRefused].
  ///
  /// @param holder who it is, so that it is known again on another node; 0 where nobody would know it
  /// @param name that the peer gives it, for those who watch; null if it gives none
  record OpenConsumer(long connection, int link, Source source, long holder, @Nullable String name)
      implements Command {
    /// One that nobody would know again, without a name.
    public OpenConsumer(long connection, int link, Source source) {
      this(connection, link, source, 0, null);
    }
  }

  /// How far the broker may deliver on a consuming link.
  ///
  /// @param limit number of deliveries since the link was opened that may be made in all
  /// @param drain deliver what there is now, then give the rest of the credit up by [Output.Drained]
  record Credit(long connection, int link, long limit, boolean drain) implements Command {}

  /// What became of the deliveries `first` to `last` of a consuming link; those that are not
  /// outstanding are left out silently (late acknowledgements).
  ///
  /// @param transaction 0 for none; else it happens at commit
  /// @param answer whether [Output.Settled] is wanted when it is committed
  record Settle(
      long connection,
      int link,
      long first,
      long last,
      Disposition disposition,
      long transaction,
      boolean answer)
      implements Command {}

  /// Closes a link; unsettled deliveries of a consumer are available again. Answered by
  /// [Output.LinkClosed] without refusal.
  ///
  /// @param unsubscribe for a subscription: end it too
  record CloseLink(long connection, int link, boolean unsubscribe) implements Command {}

  /// Begins a local transaction. Answered by [Output.Begun].
  record Begin(long connection, long request) implements Command {}

  /// Ends a local transaction. Answered by [Output.Ended], without refusal if it ended as asked.
  ///
  /// The number may be one that the same user was given on an earlier connection, which was lost with the
  /// answer: a commit is then answered with what became of it, and cannot become anything else after that.
  record End(long connection, long request, long transaction, boolean commit) implements Command {}

  /// Begins a branch of a distributed transaction (X/Open CAE C193, xa_start). What is done in it carries the
  /// number that [Output.Begun] answers; [Output.Ended] says why not: [Refusal.Reason#IN_USE] for
  /// XAER_DUPID, [Refusal.Reason#LIMIT_REACHED].
  ///
  /// @param timeoutNanos after which it is rolled back unless it is prepared; 0 for the usual time
  record BeginBranch(long connection, long request, Xid xid, long timeoutNanos)
      implements Command {}

  /// A step towards the end of a branch. Answered by [Output.Ended], without refusal for XA_OK, or
  /// [Output.ReadOnly]. The refusals:
  ///
  /// | reason | XA |
  /// |---|---|
  /// | NOT_FOUND | XAER_NOTA: nobody knows it, or it is another user's |
  /// | NOT_ALLOWED | XAER_PROTO: not in that state |
  /// | ROLLED_BACK | XA_RBROLLBACK, XA_RBTIMEOUT: it is rolled back, and forgotten |
  ///
  /// A branch that is not prepared is known on its own connection; from another one it can only be
  /// rolled back, and is by any step. A prepared one is finished from any connection of its user.
  record EndBranch(long connection, long request, Xid xid, Step step) implements Command {}

  /// What a transaction manager wants of a branch: xa_prepare, xa_commit without and with TMONEPHASE,
  /// xa_rollback.
  enum Step {
    PREPARE,
    COMMIT,
    COMMIT_ONE_PHASE,
    ROLLBACK
  }

  /// Asks for the prepared branches of the user, in the order of their xids (xa_recover). Answered by
  /// [Output.Recovered].
  ///
  /// @param after the last of an earlier answer; null to begin with
  record Recover(long connection, long request, @Nullable Xid after) implements Command {}
}
