/// JMS message selectors: the conditional expressions of SQL-92 by which a consumer says what it wants
/// (Jakarta Messaging 3.1 §3.8.1). A text is parsed once, within limits, and then asked about one message
/// after the other; it knows nothing of messages but the fields that it names.
@NullMarked
package io.batonmq.selector;

import org.jspecify.annotations.NullMarked;
