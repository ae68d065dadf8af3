package io.batonmq.cli;

import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.net.URI;
import org.apache.qpid.jms.JmsConnectionListener;
import org.apache.qpid.jms.message.JmsInboundMessageDispatch;

/// Hears that a connection moved from one node to another, and nothing else.
public abstract class MoveListener implements JmsConnectionListener {
  /// The connection to this place is lost.
  protected abstract void lost(String place);

  /// It goes on at this place.
  protected abstract void restored(String place);

  @Override
  public final void onConnectionInterrupted(URI uri) {
    lost(place(uri));
  }

  @Override
  public final void onConnectionRestored(URI uri) {
    restored(place(uri));
  }

  private static String place(URI uri) {
    return uri.getHost() + ":" + uri.getPort();
  }

  @Override
  public final void onConnectionEstablished(URI uri) {}

  @Override
  public final void onConnectionFailure(Throwable error) {}

  @Override
  public final void onInboundMessage(JmsInboundMessageDispatch envelope) {}

  @Override
  public final void onSessionClosed(Session session, Throwable cause) {}

  @Override
  public final void onConsumerClosed(MessageConsumer consumer, Throwable cause) {}

  @Override
  public final void onProducerClosed(MessageProducer producer, Throwable cause) {}
}
