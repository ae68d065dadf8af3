package io.batonmq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes of a record are those that its table tells, and none of them can change unnoticed.
class RecordFormatTest {
  private static final long POSITION = 0x1122334455667788L & ~7;
  private static final long BEFORE = 0x0123456789abcdefL;

  private static ByteBuffer sample(String text) {
    var payload = text.getBytes(StandardCharsets.UTF_8);
    var buffer = RecordFormat.buffer(RecordFormat.length(payload.length));
    buffer.put(RecordFormat.HEADER, payload);
    RecordFormat.begin(buffer, 0, payload.length, 16, POSITION, 7);
    RecordFormat.seal(buffer, 0, POSITION - 64, BEFORE);
    return buffer;
  }

  private static boolean valid(ByteBuffer record) {
    return RecordFormat.look(record, 0, POSITION) == RecordFormat.Found.HEADER
        && RecordFormat.HEADER + RecordFormat.payload(record, 0) <= record.capacity()
        && RecordFormat.payloadSound(record, 0)
        && RecordFormat.continues(record, 0, BEFORE);
  }

  @Test
  void aSampleIsWhatTheTableTells() {
    assertThat(Documented.print(Documented.table("RecordFormat.java"), sample("baton")))
        .isEqualTo(
            """
               0   4  00000005                                  payload length `n`, 0 to [#PAYLOAD_MAX]
               4   2  0010                                      type: 0 to 15 belong to the log, the rest to its user
               6   2  0001                                      version of this format, 1
               8   8  1122334455667788                          position of this record
              16   8  0000000000000007                          epoch in which it was appended
              24   8  1122334455667748                          committed mark: the committed position that the writer knew
              32   8  baea6f75e05bcba5                          chain: hash over this record's fields, its payload and the chain of the record before
              40   4  da6936a3                                  CRC32C of the payload
              44   4  86a973b4                                  CRC32C of bytes 0 to 43
            """);
  }

  @Test
  void aRecordTakesAMultipleOfEight() {
    assertThat(RecordFormat.length(0)).isEqualTo(48);
    assertThat(RecordFormat.length(1)).isEqualTo(56);
    assertThat(RecordFormat.length(8)).isEqualTo(56);
    assertThat(sample("baton").capacity()).isEqualTo(56);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "b", "baton, a message broker that hands over without dropping"})
  void noBitOfItChangesUnnoticed(String text) {
    var record = sample(text);
    assertThat(valid(record)).isTrue();
    int length = RecordFormat.HEADER + text.length();
    for (int bit = 0; bit < length * 8; bit++) {
      flip(record, bit);
      assertThat(valid(record)).as("bit %d", bit).isFalse();
      flip(record, bit);
    }
  }

  @Test
  void itIsWorthNothingElsewhereAndAfterSomethingElse() {
    var record = sample("baton");
    assertThat(RecordFormat.look(record, 0, POSITION + 8)).isEqualTo(RecordFormat.Found.DAMAGE);
    assertThat(RecordFormat.continues(record, 0, BEFORE + 1)).isFalse();
  }

  @Test
  void theChainTellsApartWhatComesBefore() {
    var one = sample("baton");
    var other = RecordFormat.buffer(one.capacity()).put(one.duplicate()).clear();
    RecordFormat.seal(other, 0, POSITION - 64, BEFORE ^ 1);
    assertThat(RecordFormat.chain(other, 0)).isNotEqualTo(RecordFormat.chain(one, 0));
  }

  @Test
  void zerosAreTheEnd() {
    var zeros = RecordFormat.buffer(RecordFormat.HEADER);
    assertThat(RecordFormat.look(zeros, 0, 0)).isEqualTo(RecordFormat.Found.END);
    for (int bit = 0; bit < RecordFormat.HEADER * 8; bit++) {
      flip(zeros, bit);
      assertThat(RecordFormat.look(zeros, 0, 0)).isEqualTo(RecordFormat.Found.DAMAGE);
      flip(zeros, bit);
    }
  }

  @Test
  void aVersionThatItDoesNotKnowIsNotGuessedAt() {
    var record = sample("baton");
    record.putShort(6, (short) 2);
    record.putInt(44, RecordFormat.crc(record, 0, 44));
    assertThat(RecordFormat.look(record, 0, POSITION)).isEqualTo(RecordFormat.Found.DAMAGE);
  }

  @Test
  void aLengthThatNoRecordHasIsDamage() {
    for (int length : new int[] {-1, Integer.MIN_VALUE, RecordFormat.PAYLOAD_MAX + 1}) {
      var record = sample("baton");
      record.putInt(0, length);
      record.putInt(44, RecordFormat.crc(record, 0, 44));
      assertThat(RecordFormat.look(record, 0, POSITION)).isEqualTo(RecordFormat.Found.DAMAGE);
    }
  }

  private static void flip(ByteBuffer bytes, int bit) {
    bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
  }
}
