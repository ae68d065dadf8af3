/// What a node tells and does when its operator asks: a small HTTP listener, on every node, the
/// standby too, and the client that talks to it.
///
/// | request | answer |
/// |---|---|
/// | `GET /api/v1/status` | 200, [NodeStatus] |
/// | `GET /api/v1/queues` | 200, `{"queues":[...]}` of [QueueStat] |
/// | `POST /api/v1/switchover`, `{"peer":"NAME"}` or nothing | 202, `{"to":"NAME"}`; 409 where the node will not |
/// | `POST /api/v1/stop` | 202, `{}`; the process ends afterwards |
///
/// Every request needs `Authorization`: `Basic` with a user of the instance, or `Bearer` with the token
/// of this run, which [RunFile] keeps for those who may read the instance's files. A page in a browser
/// cannot command a node: what carries an `Origin` may not post. A failure is an HTTP status and
/// `{"error":"sentence"}`.
@NullMarked
package io.batonmq.server.admin;

import org.jspecify.annotations.NullMarked;
