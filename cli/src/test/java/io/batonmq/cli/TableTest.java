package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void aColumnIsAsWideAsItsWidestCell() {
    var table = new Table(25, List.of("NAME", "COUNT"));
    table.add(List.of("DLQ", "0"));
    table.add(List.of("orders", "1234567"));
    assertThat(table.lines())
        .containsExactly("|NAME  |COUNT  |", "|DLQ   |0      |", "|orders|1234567|");
  }

  @Test
  void aLongCellGoesOnInTheNextLine() {
    var table = new Table(5, List.of("NAME", "COUNT"));
    table.add(List.of("abcdefghijkl", "7"));
    assertThat(table.lines())
        .containsExactly("|NAME |COUNT|", "|abcde|7    |", "|fghij|     |", "|kl   |     |");
  }

  @Test
  void aNameCannotBreakTheTable() {
    var table = new Table(25, List.of("NAME"));
    table.add(List.of("a\nb\u001b[31m"));
    assertThat(table.lines()).containsExactly("|NAME    |", "|a?b?[31m|");
  }

  @Test
  void anEmptyTableIsItsHeader() {
    assertThat(new Table(3, List.of("NAME")).lines()).containsExactly("|NAME|");
  }
}
