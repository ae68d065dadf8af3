package io.batonmq.cli;

import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Session;
import java.util.Optional;

/// Whether a queue is there. A client that attaches to a plain name may make the queue by that; one that
/// names address and queue finds it or does not.
final class QueueLook {
  private static final String SEPARATOR = "::";

  private QueueLook() {}

  /// A sentence, if there is no such queue.
  ///
  /// @param name of the queue, or `address::queue`
  static Optional<String> missing(Connection connection, String name) throws JMSException {
    var exact = name.contains(SEPARATOR) ? name : name + SEPARATOR + name;
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var browser = session.createBrowser(session.createQueue(exact))) {
      browser.getEnumeration();
      return Optional.empty();
    } catch (JMSSecurityException e) {
      // Who may not look may be allowed to take, and is told otherwise.
      return Optional.empty();
    } catch (InvalidDestinationException e) {
      return Optional.of(
          "there is no queue "
              + name
              + (name.contains(SEPARATOR)
                  ? ""
                  : "; one whose address has another name is ADDRESS::" + name));
    }
  }
}
