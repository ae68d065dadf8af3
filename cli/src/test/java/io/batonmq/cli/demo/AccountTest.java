package io.batonmq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccountTest {
  private final Account account = new Account();

  private void confirmed(int count) {
    for (int i = 0; i < count; i++) {
      account.confirm(account.send(), 0);
    }
  }

  private void received(int number, boolean again) {
    account.receive(number, again, 0);
  }

  @Test
  void whatWasConfirmedAndReceivedOnceIsGood() {
    confirmed(2);
    received(1, false);
    assertThat(account.settled()).isFalse();
    received(2, false);
    assertThat(account.settled()).isTrue();
    var balance = account.balance(2, 0);
    assertThat(balance.good()).isTrue();
    assertThat(balance.sent()).isEqualTo(2);
    assertThat(balance.confirmed()).isEqualTo(2);
    assertThat(balance.received()).isEqualTo(2);
  }

  @Test
  void whatWasConfirmedAndNeverReceivedIsLost() {
    confirmed(3);
    received(1, false);
    received(3, false);
    var balance = account.balance(2, 0);
    assertThat(balance.lost()).isEqualTo(1);
    assertThat(balance.missing()).containsExactly(2);
    assertThat(balance.good()).isFalse();
  }

  @Test
  void whatWasNotConfirmedMayOrMayNotCome() {
    account.send();
    account.unknown();
    assertThat(account.balance(0, 0).good()).isTrue();
    received(1, false);
    var balance = account.balance(1, 0);
    assertThat(balance.good()).isTrue();
    assertThat(balance.unknown()).isEqualTo(1);
  }

  @Test
  void aDeliveryThatSaysItIsNotTheFirstIsGood() {
    confirmed(1);
    received(1, false);
    received(1, true);
    var balance = account.balance(1, 0);
    assertThat(balance.flagged()).isEqualTo(1);
    assertThat(balance.good()).isTrue();
  }

  @Test
  void theSameDeliveryAgainWithoutAWordIsNot() {
    confirmed(1);
    received(1, false);
    received(1, false);
    var balance = account.balance(1, 0);
    assertThat(balance.silent()).isEqualTo(1);
    assertThat(balance.twice()).isZero();
    assertThat(balance.repeated()).containsExactly(1);
    assertThat(balance.good()).isFalse();
  }

  @Test
  void twoCopiesInTheQueueAreToldFromTwoDeliveriesOfOne() {
    confirmed(1);
    received(1, false);
    received(1, false);
    var balance = account.balance(2, 0);
    assertThat(balance.twice()).isEqualTo(1);
    assertThat(balance.silent()).isZero();
    assertThat(balance.good()).isFalse();
  }

  @Test
  void aCopyThatSaysItIsNotTheFirstIsACopyAllTheSame() {
    confirmed(1);
    received(1, false);
    received(1, true);
    assertThat(account.balance(2, 0).twice()).isEqualTo(1);
  }

  @Test
  void aCopyThatIsStillInTheQueueIsNoProof() {
    confirmed(2);
    received(1, false);
    assertThat(account.balance(2, 1).twice()).isZero();
  }

  @Test
  void aBrokerThatForgetsItsPastIsNotBelieved() {
    confirmed(2);
    received(1, false);
    received(2, false);
    var balance = account.balance(1, 0);
    assertThat(balance.forgotten()).isEqualTo(1);
    assertThat(balance.good()).isFalse();
  }

  @Test
  void pausesAreMeasuredFromTheMark() {
    account.mark(1_000);
    account.confirm(account.send(), 1_010);
    account.confirm(account.send(), 1_500);
    account.confirm(account.send(), 1_520);
    account.receive(1, false, 1_700);
    assertThat(account.longestPauseNanos()).isEqualTo(490);
    assertThat(account.longestSilenceNanos()).isEqualTo(700);
    account.mark(2_000);
    assertThat(account.longestPauseNanos()).isZero();
  }
}
