package io.batonmq.server.config;

import java.util.Optional;
import java.util.stream.Stream;

/// What a role may be allowed to do with an address.
public enum Permission {
  BROWSE("browse"),
  CONSUME("consume"),
  CREATE_ADDRESS("createAddress"),
  CREATE_DURABLE_QUEUE("createDurableQueue"),
  CREATE_NON_DURABLE_QUEUE("createNonDurableQueue"),
  DELETE_ADDRESS("deleteAddress"),
  DELETE_DURABLE_QUEUE("deleteDurableQueue"),
  DELETE_NON_DURABLE_QUEUE("deleteNonDurableQueue"),
  EDIT("edit"),
  MANAGE("manage"),
  SEND("send"),
  VIEW("view");

  private final String type;

  Permission(String type) {
    this.type = type;
  }

  /// Its name in the file.
  public String type() {
    return type;
  }

  static Optional<Permission> of(String type) {
    return Stream.of(values()).filter(permission -> permission.type.equals(type)).findFirst();
  }
}
