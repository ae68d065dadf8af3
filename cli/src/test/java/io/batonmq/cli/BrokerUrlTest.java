package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tcp://localhost:61616 | amqp://localhost:61616
          tcp://localhost | amqp://localhost:61616
          localhost:5672 | amqp://localhost:5672
          amqp://a:5672 | amqp://a:5672
          amqps://a:5671 | amqps://a:5671
          ssl://a:61617 | amqps://a:61617
          tcp://[::1]:61616 | amqp://[::1]:61616
          tcp://a:1?amqp.idleTimeout=9 | amqp://a:1?amqp.idleTimeout=9
          tcp://a:1?ha=true | failover:(amqp://a:1)
          tcp://a:1?ha=false | amqp://a:1
          tcp://a:1?reconnectAttempts=-1 | failover:(amqp://a:1)?failover.maxReconnectAttempts=-1
          tcp://a:1,tcp://b:2 | failover:(amqp://a:1,amqp://b:2)
          (tcp://a:1,tcp://b:2) | failover:(amqp://a:1,amqp://b:2)
          (tcp://a:1,tcp://b:2)?ha=true&reconnectAttempts=-1&retryInterval=100 | failover:(amqp://a:1,amqp://b:2)?failover.maxReconnectAttempts=-1&failover.reconnectDelay=100
          failover:(tcp://a:1,tcp://b:2)?randomize=false | failover:(amqp://a:1,amqp://b:2)?failover.randomize=false
          failover://(tcp://a:1) | failover:(amqp://a:1)
          failover:tcp://a:1 | failover:(amqp://a:1)
          failover:(amqp://a:1,amqp://b:2)?failover.maxReconnectDelay=50&jms.username=x&amqp.idleTimeout=9 | failover:(amqp://a:1,amqp://b:2)?failover.maxReconnectDelay=50&jms.username=x&failover.nested.amqp.idleTimeout=9
          (tcp://a:1?transport.tcpNoDelay=true,tcp://b:2) | failover:(amqp://a:1?transport.tcpNoDelay=true,amqp://b:2)
          """)
  void whatPeopleWriteIsWhatTheClientGets(String written, String uri) {
    var url = BrokerUrl.parse(written);
    assertThat(url.uri()).isEqualTo(uri);
    assertThat(url.written()).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tcp://",
        "tcp://a:1:2",
        "tcp://a:notaport",
        "tcp://user:secret@a:1",
        "tcp://a:1/path",
        "http://a:8161",
        "vm://broker",
        "(tcp://a:1",
        "(tcp://a:1)x",
        "(tcp://a:1,)",
        "failover:",
        "tcp://a:1?ha",
        "tcp://a:1?wireFormat.maxInactivityDuration=0",
        "(tcp://a:1?randomize=false,tcp://b:2)",
        "tcp://a b:1"
      })
  void whatMakesNoSenseIsAnErrorOfTheUser(String written) {
    assertThatThrownBy(() -> BrokerUrl.parse(written))
        .isInstanceOfSatisfying(
            UserException.class, e -> assertThat(e.exit()).isEqualTo(Exit.USAGE));
  }

  @Test
  void anUnknownOptionIsNamed() {
    assertThatThrownBy(() -> BrokerUrl.parse("tcp://a:1?consumerWindowSize=0"))
        .hasMessage(
            "--url tcp://a:1?consumerWindowSize=0: this client has no option consumerWindowSize");
  }

  @Test
  void qpidTakesWhatWeMakeOfIt() throws Exception {
    for (var written :
        new String[] {
          "tcp://a:1?amqp.idleTimeout=9",
          "(tcp://a:1,tcp://b:2)?ha=true&reconnectAttempts=3&retryInterval=10&maxRetryInterval=9&retryIntervalMultiplier=1.5",
          "failover:(tcp://a:1,tcp://b:2)?randomize=true&initialReconnectDelay=1&maxReconnectDelay=2&maxReconnectAttempts=3&startupMaxReconnectAttempts=4&useExponentialBackOff=false&backOffMultiplier=2",
          "failover:(amqp://a:1)?amqp.idleTimeout=9&transport.tcpNoDelay=true&jms.sendTimeout=1"
        }) {
      var uri = new java.net.URI(BrokerUrl.parse(written).uri());
      var provider =
          org.apache.qpid.jms.provider.ProviderFactory.create(
              org.apache.qpid.jms.util.URISupport.removeQuery(uri).equals(uri)
                  ? uri
                  : withoutJms(uri));
      provider.close();
    }
  }

  /// Options of the connection factory are taken off before the provider sees the rest.
  private static java.net.URI withoutJms(java.net.URI uri) {
    return java.net.URI.create(uri.toString().replaceAll("[?&]jms\\.[^&]*", ""));
  }
}
