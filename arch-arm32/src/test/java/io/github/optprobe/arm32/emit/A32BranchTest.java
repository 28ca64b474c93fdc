package io.github.optprobe.arm32.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import capstone.Capstone;
import capstone.api.Instruction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class A32BranchTest {
  private static final long FROM = 0x8000_0000L;

  /** Words as GNU as writes them for "b target" at address 0x8000 (and conditions of it). */
  @ParameterizedTest
  @CsvSource({
    "14, 8000, 8000, eafffffe",
    "14, 8000, 8008, ea000000",
    "14, 8000, 8010, ea000002",
    "0,  8000, 8010, 0a000002",
    "1,  8000, 7ff8, 1afffffc",
    "13, 8000, 8004, daffffff",
    "14, 80000000, 82000004, ea7fffff",
    "14, 80000000, 7e000008, ea800000",
  })
  void the_word_is_the_one_that_the_assembler_writes(
      int condition, String from, String to, String word) {
    int encoded = A32Branch.encode(condition, Long.parseLong(from, 16), Long.parseLong(to, 16));

    assertThat(Integer.toHexString(encoded)).isEqualTo(stripped(word));
  }

  private static String stripped(String word) {
    return Integer.toHexString(Integer.parseUnsignedInt(word, 16));
  }

  @ParameterizedTest
  @ValueSource(longs = {-0x1FFFFF8, -0x1FFFFF4, -4, 0, 4, 0x1FFFFF8, 0x2000000, 0x2000004})
  void targets_up_to_the_edges_are_within_reach(long offset) {
    assertThat(A32Branch.isWithinReach(FROM, FROM + offset)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {-0x2000008, -0x2000000, -0x1FFFFFC, 0x2000008, 0x200000C, 2, 1, -2})
  void targets_beyond_the_edges_or_between_words_are_not(long offset) {
    assertThat(A32Branch.isWithinReach(FROM, FROM + offset)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> A32Branch.encode(A32Branch.ALWAYS, FROM, FROM + offset))
        .withMessageContaining(Long.toHexString(FROM));
  }

  @Test
  void nothing_wraps_around_the_address_space() {
    assertThat(A32Branch.isWithinReach(0xFFFF_FFFCL, 0)).isFalse();
    assertThat(A32Branch.isWithinReach(0, 0xFFFF_FFFCL)).isFalse();
    assertThat(A32Branch.isWithinReach(0, 1L << 32)).isFalse();
  }

  @Test
  void condition_15_is_another_instruction() {
    assertThatIllegalArgumentException().isThrownBy(() -> A32Branch.encode(15, FROM, FROM));
  }

  @Test
  @Tag("classpath-only") // the decoder's jar is no module
  void a_decoder_reads_the_same_target_for_every_condition_around_both_edges() {
    try (Capstone capstone = new Capstone(Capstone.CS_ARCH_ARM, Capstone.CS_MODE_ARM)) {
      for (int condition = 0; condition <= A32Branch.ALWAYS; condition++) {
        for (long offset : offsets()) {
          int word = A32Branch.encode(condition, FROM, FROM + offset);
          assertThat(target(capstone, word)).isEqualTo(FROM + offset);
        }
      }
    }
  }

  private static long[] offsets() {
    LongStream low = LongStream.range(0, 8).map(i -> A32Branch.LOWEST_OFFSET + 4 * i);
    LongStream middle = LongStream.rangeClosed(-8, 8).map(i -> 4 * i);
    LongStream high = LongStream.range(0, 8).map(i -> A32Branch.HIGHEST_OFFSET - 4 * i);
    return LongStream.concat(LongStream.concat(low, middle), high).toArray();
  }

  private static long target(Capstone capstone, int word) {
    byte[] code = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(word).array();
    Instruction[] decoded = capstone.disasm(code, FROM);
    assertThat(decoded).hasSize(1);
    assertThat(decoded[0].getMnemonic()).startsWith("b");
    return Long.decode(decoded[0].getOpStr().substring(1)) & 0xFFFF_FFFFL;
  }
}
