package io.batonmq.wire.openwire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The structures of OpenWire, and the order in which their fields stand on the wire: that of versions 9 to
/// 12, which differ in the fields that have come since. [Decoder] and [Encoder] know nothing but this table.
///
/// A test compares it with the codec of `activemq-client`, structure by structure, in each version and encoding.
// Filled when it is loaded, never written again; an array by a field is what each access costs.
@SuppressWarnings({"ImmutableEnumChecker", "EnumOrdinal"})
enum Type {
  WIRE_FORMAT_INFO(
      1,
      true,
      plain(magic(Field.MAGIC), number(Field.VERSION), bytes(Field.MARSHALLED_PROPERTIES))),
  BROKER_INFO(
      2,
      false,
      command(
          cached(Field.BROKER_ID, Group.BROKER_ID),
          text(Field.BROKER_URL),
          array(Field.PEER_BROKER_INFOS, Group.BROKER_INFO),
          text(Field.BROKER_NAME),
          flag(Field.SLAVE_BROKER),
          flag(Field.MASTER_BROKER),
          flag(Field.FAULT_TOLERANT_CONFIGURATION),
          flag(Field.DUPLEX_CONNECTION),
          flag(Field.NETWORK_CONNECTION),
          large(Field.CONNECTION),
          text(Field.BROKER_UPLOAD_URL),
          text(Field.NETWORK_PROPERTIES))),
  CONNECTION_INFO(
      3,
      false,
      command(
          cached(Field.CONNECTION_ID, Group.CONNECTION_ID),
          text(Field.CLIENT_ID),
          text(Field.PASSWORD),
          text(Field.USER_NAME),
          array(Field.BROKER_PATH, Group.BROKER_ID),
          flag(Field.BROKER_MASTER_CONNECTOR),
          flag(Field.MANAGEABLE),
          flag(Field.CLIENT_MASTER),
          flag(Field.FAULT_TOLERANT),
          flag(Field.FAILOVER_RECONNECT),
          text(Field.CLIENT_IP))),
  SESSION_INFO(4, false, command(cached(Field.SESSION_ID, Group.SESSION_ID))),
  CONSUMER_INFO(
      5,
      false,
      command(
          cached(Field.CONSUMER_ID, Group.CONSUMER_ID),
          flag(Field.BROWSER),
          cached(Field.DESTINATION, Group.DESTINATION),
          number(Field.PREFETCH_SIZE),
          number(Field.MAXIMUM_PENDING_MESSAGE_LIMIT),
          flag(Field.DISPATCH_ASYNC),
          text(Field.SELECTOR),
          text(Field.CLIENT_ID).since(10),
          text(Field.SUBSCRIPTION_NAME),
          flag(Field.NO_LOCAL),
          flag(Field.EXCLUSIVE),
          flag(Field.RETROACTIVE),
          octet(Field.PRIORITY),
          array(Field.BROKER_PATH, Group.BROKER_ID),
          nested(Field.ADDITIONAL_PREDICATE, Group.ANY),
          flag(Field.NETWORK_SUBSCRIPTION),
          flag(Field.OPTIMIZED_ACKNOWLEDGE),
          flag(Field.NO_RANGE_ACKS),
          array(Field.NETWORK_CONSUMER_PATH, Group.CONSUMER_ID))),
  PRODUCER_INFO(
      6,
      false,
      command(
          cached(Field.PRODUCER_ID, Group.PRODUCER_ID),
          cached(Field.DESTINATION, Group.DESTINATION),
          array(Field.BROKER_PATH, Group.BROKER_ID),
          flag(Field.DISPATCH_ASYNC),
          number(Field.WINDOW_SIZE))),
  TRANSACTION_INFO(
      7,
      false,
      command(
          cached(Field.CONNECTION_ID, Group.CONNECTION_ID),
          cached(Field.TRANSACTION_ID, Group.TRANSACTION_ID),
          octet(Field.TYPE))),
  DESTINATION_INFO(
      8,
      false,
      command(
          cached(Field.CONNECTION_ID, Group.CONNECTION_ID),
          cached(Field.DESTINATION, Group.DESTINATION),
          octet(Field.OPERATION_TYPE),
          large(Field.TIMEOUT),
          array(Field.BROKER_PATH, Group.BROKER_ID))),
  REMOVE_SUBSCRIPTION_INFO(
      9,
      false,
      command(
          cached(Field.CONNECTION_ID, Group.CONNECTION_ID),
          text(Field.SUBSCRIPTION_NAME),
          text(Field.CLIENT_ID))),
  KEEP_ALIVE_INFO(10, false, command()),
  SHUTDOWN_INFO(11, false, command()),
  REMOVE_INFO(
      12,
      false,
      command(cached(Field.OBJECT_ID, Group.OBJECT_ID), large(Field.LAST_DELIVERED_SEQUENCE_ID))),
  CONTROL_COMMAND(14, false, command(text(Field.COMMAND))),
  FLUSH_COMMAND(15, false, command()),
  CONNECTION_ERROR(
      16, false, command(fault(Field.EXCEPTION), nested(Field.CONNECTION_ID, Group.CONNECTION_ID))),
  CONSUMER_CONTROL(
      17,
      false,
      command(
          nested(Field.DESTINATION, Group.DESTINATION),
          flag(Field.CLOSE),
          nested(Field.CONSUMER_ID, Group.CONSUMER_ID),
          number(Field.PREFETCH),
          flag(Field.FLUSH),
          flag(Field.START),
          flag(Field.STOP))),
  CONNECTION_CONTROL(
      18,
      false,
      command(
          flag(Field.CLOSE),
          flag(Field.EXIT),
          flag(Field.FAULT_TOLERANT),
          flag(Field.RESUME),
          flag(Field.SUSPEND),
          text(Field.CONNECTED_BROKERS),
          text(Field.RECONNECT_TO),
          flag(Field.REBALANCE_CONNECTION),
          bytes(Field.TOKEN))),
  PRODUCER_ACK(
      19, false, command(nested(Field.PRODUCER_ID, Group.PRODUCER_ID), number(Field.SIZE))),
  MESSAGE_PULL(
      20,
      false,
      command(
          cached(Field.CONSUMER_ID, Group.CONSUMER_ID),
          cached(Field.DESTINATION, Group.DESTINATION),
          large(Field.TIMEOUT),
          text(Field.CORRELATION),
          nested(Field.MESSAGE_ID, Group.MESSAGE_ID))),
  MESSAGE_DISPATCH(
      21,
      false,
      command(
          cached(Field.CONSUMER_ID, Group.CONSUMER_ID),
          cached(Field.DESTINATION, Group.DESTINATION),
          nested(Field.MESSAGE, Group.MESSAGE),
          number(Field.REDELIVERY_COUNTER))),
  MESSAGE_ACK(
      22,
      false,
      command(
          cached(Field.DESTINATION, Group.DESTINATION),
          cached(Field.TRANSACTION_ID, Group.TRANSACTION_ID),
          cached(Field.CONSUMER_ID, Group.CONSUMER_ID),
          octet(Field.ACK_TYPE),
          nested(Field.FIRST_MESSAGE_ID, Group.MESSAGE_ID),
          nested(Field.LAST_MESSAGE_ID, Group.MESSAGE_ID),
          number(Field.MESSAGE_COUNT),
          fault(Field.POISON_CAUSE))),
  MESSAGE(23, true, message()),
  BYTES_MESSAGE(24, true, message()),
  MAP_MESSAGE(25, true, message()),
  OBJECT_MESSAGE(26, true, message()),
  STREAM_MESSAGE(27, true, message()),
  TEXT_MESSAGE(28, true, message()),
  BLOB_MESSAGE(
      29,
      true,
      message(text(Field.REMOTE_BLOB_URL), text(Field.MIME_TYPE), flag(Field.DELETED_BY_BROKER))),
  RESPONSE(30, false, command(number(Field.CORRELATION_ID))),
  EXCEPTION_RESPONSE(31, false, command(number(Field.CORRELATION_ID), fault(Field.EXCEPTION))),
  DATA_RESPONSE(32, false, command(number(Field.CORRELATION_ID), nested(Field.DATA, Group.ANY))),
  DATA_ARRAY_RESPONSE(
      33, false, command(number(Field.CORRELATION_ID), array(Field.DATA, Group.ANY))),
  INTEGER_RESPONSE(34, false, command(number(Field.CORRELATION_ID), number(Field.RESULT))),
  SUBSCRIPTION_INFO(
      55,
      false,
      plain(
          text(Field.CLIENT_ID),
          cached(Field.DESTINATION, Group.DESTINATION),
          text(Field.SELECTOR),
          text(Field.SUBSCRIPTION_NAME),
          nested(Field.SUBSCRIBED_DESTINATION, Group.DESTINATION),
          flag(Field.NO_LOCAL).since(11))),
  REPLAY_COMMAND(65, false, command(number(Field.FIRST_NAK_NUMBER), number(Field.LAST_NAK_NUMBER))),
  MESSAGE_DISPATCH_NOTIFICATION(
      90,
      false,
      command(
          cached(Field.CONSUMER_ID, Group.CONSUMER_ID),
          cached(Field.DESTINATION, Group.DESTINATION),
          large(Field.DELIVERY_SEQUENCE_ID),
          nested(Field.MESSAGE_ID, Group.MESSAGE_ID))),
  BROKER_SUBSCRIPTION_INFO(
      92,
      false,
      command(
          nested(Field.BROKER_ID, Group.BROKER_ID),
          text(Field.BROKER_NAME),
          array(Field.SUBSCRIPTION_INFOS, Group.ANY))),
  QUEUE(100, false, plain(text(Field.PHYSICAL_NAME))),
  TOPIC(101, false, plain(text(Field.PHYSICAL_NAME))),
  TEMP_QUEUE(102, false, plain(text(Field.PHYSICAL_NAME))),
  TEMP_TOPIC(103, false, plain(text(Field.PHYSICAL_NAME))),
  MESSAGE_ID(
      110,
      false,
      plain(
          text(Field.TEXT_VIEW).since(10),
          cached(Field.PRODUCER_ID, Group.PRODUCER_ID),
          large(Field.PRODUCER_SEQUENCE_ID),
          large(Field.BROKER_SEQUENCE_ID))),
  LOCAL_TRANSACTION_ID(
      111, false, plain(large(Field.VALUE), cached(Field.CONNECTION_ID, Group.CONNECTION_ID))),
  XA_TRANSACTION_ID(
      112,
      false,
      plain(
          number(Field.FORMAT_ID),
          bytes(Field.GLOBAL_TRANSACTION_ID),
          bytes(Field.BRANCH_QUALIFIER))),
  CONNECTION_ID(120, false, plain(text(Field.CONNECTION))),
  SESSION_ID(121, false, plain(text(Field.CONNECTION), large(Field.SESSION))),
  CONSUMER_ID(122, false, plain(text(Field.CONNECTION), large(Field.SESSION), large(Field.VALUE))),
  PRODUCER_ID(123, false, plain(text(Field.CONNECTION), large(Field.VALUE), large(Field.SESSION))),
  BROKER_ID(124, false, plain(text(Field.VALUE)));

  static final int VERSION_MIN = 9;
  static final int VERSION_MAX = 12;

  private static final @Nullable Type[] BY_CODE = new Type[128];

  static {
    for (Type type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  /// Where one field stands.
  ///
  /// @param group what may be nested in it
  /// @param since version of the first encoding that has it
  record Slot(Field field, Kind kind, Group group, int since) {
    Slot since(int version) {
      return new Slot(field, kind, group, version);
    }
  }

  private final int code;
  private final boolean aware;
  private final List<Slot> slots;
  private final int[] index = new int[Field.values().length];

  Type(int code, boolean aware, List<Slot> slots) {
    this.code = code;
    this.aware = aware;
    this.slots = slots;
    Arrays.fill(index, -1);
    for (int i = 0; i < slots.size(); i++) {
      index[slots.get(i).field().ordinal()] = i;
    }
  }

  /// The number that stands for it on the wire.
  int code() {
    return code;
  }

  /// Whether the tight encoding has one more bit before it where it is nested.
  boolean aware() {
    return aware;
  }

  List<Slot> slots() {
    return slots;
  }

  boolean has(Field field) {
    return index[field.ordinal()] >= 0;
  }

  /// Where a field stands among the others.
  int index(Field field) {
    int at = index[field.ordinal()];
    if (at < 0) {
      throw new IllegalArgumentException(this + " has no " + field);
    }
    return at;
  }

  /// Whether it is one of the seven kinds of messages.
  boolean isMessage() {
    return Group.MESSAGE.has(this);
  }

  static @Nullable Type of(int code) {
    return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
  }

  private static List<Slot> plain(Slot... own) {
    return List.of(own);
  }

  private static List<Slot> command(Slot... own) {
    List<Slot> all =
        new ArrayList<>(List.of(number(Field.COMMAND_ID), flag(Field.RESPONSE_REQUIRED)));
    all.addAll(List.of(own));
    return List.copyOf(all);
  }

  private static List<Slot> message(Slot... own) {
    List<Slot> all =
        new ArrayList<>(
            command(
                cached(Field.PRODUCER_ID, Group.PRODUCER_ID),
                cached(Field.DESTINATION, Group.DESTINATION),
                cached(Field.TRANSACTION_ID, Group.TRANSACTION_ID),
                cached(Field.ORIGINAL_DESTINATION, Group.DESTINATION),
                nested(Field.MESSAGE_ID, Group.MESSAGE_ID),
                cached(Field.ORIGINAL_TRANSACTION_ID, Group.TRANSACTION_ID),
                text(Field.GROUP_ID),
                number(Field.GROUP_SEQUENCE),
                text(Field.CORRELATION),
                flag(Field.PERSISTENT),
                large(Field.EXPIRATION),
                octet(Field.PRIORITY),
                nested(Field.REPLY_TO, Group.DESTINATION),
                large(Field.TIMESTAMP),
                text(Field.JMS_TYPE),
                bytes(Field.CONTENT),
                bytes(Field.MARSHALLED_PROPERTIES),
                nested(Field.DATA_STRUCTURE, Group.ANY),
                cached(Field.TARGET_CONSUMER_ID, Group.CONSUMER_ID),
                flag(Field.COMPRESSED),
                number(Field.REDELIVERY_COUNTER),
                array(Field.BROKER_PATH, Group.BROKER_ID),
                large(Field.ARRIVAL),
                text(Field.USER_ID),
                flag(Field.RECEIVED_BY_DF_BRIDGE),
                flag(Field.DROPPABLE),
                array(Field.CLUSTER, Group.BROKER_ID),
                large(Field.BROKER_IN_TIME),
                large(Field.BROKER_OUT_TIME),
                flag(Field.GROUP_FIRST_FOR_CONSUMER).since(10)));
    all.addAll(List.of(own));
    return List.copyOf(all);
  }

  private static Slot flag(Field field) {
    return new Slot(field, Kind.BOOLEAN, Group.ANY, VERSION_MIN);
  }

  private static Slot octet(Field field) {
    return new Slot(field, Kind.BYTE, Group.ANY, VERSION_MIN);
  }

  private static Slot number(Field field) {
    return new Slot(field, Kind.INT, Group.ANY, VERSION_MIN);
  }

  private static Slot large(Field field) {
    return new Slot(field, Kind.LONG, Group.ANY, VERSION_MIN);
  }

  private static Slot text(Field field) {
    return new Slot(field, Kind.STRING, Group.ANY, VERSION_MIN);
  }

  private static Slot bytes(Field field) {
    return new Slot(field, Kind.BYTES, Group.ANY, VERSION_MIN);
  }

  private static Slot magic(Field field) {
    return new Slot(field, Kind.MAGIC, Group.ANY, VERSION_MIN);
  }

  private static Slot fault(Field field) {
    return new Slot(field, Kind.FAULT, Group.ANY, VERSION_MIN);
  }

  private static Slot nested(Field field, Group group) {
    return new Slot(field, Kind.NESTED, group, VERSION_MIN);
  }

  private static Slot cached(Field field, Group group) {
    return new Slot(field, Kind.CACHED, group, VERSION_MIN);
  }

  private static Slot array(Field field, Group group) {
    return new Slot(field, Kind.ARRAY, group, VERSION_MIN);
  }
}
