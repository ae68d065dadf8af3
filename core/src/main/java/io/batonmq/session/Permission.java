package io.batonmq.session;

/// What a role may be allowed to do with the addresses that a pattern matches.
public enum Permission {
  SEND,
  CONSUME,
  BROWSE,
  CREATE_ADDRESS,
  DELETE_ADDRESS,
  CREATE_NON_DURABLE_QUEUE,
  DELETE_NON_DURABLE_QUEUE,
  CREATE_DURABLE_QUEUE,
  DELETE_DURABLE_QUEUE,
  MANAGE
}
