package io.github.optprobe.arm32.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItBlocksTest {
  private static final long BASE = 0x1000;

  @TempDir Path directory;

  /** Four instructions in the block, one and two halfwords long, and one behind it. */
  @Test
  void every_instruction_of_a_block_is_told_with_a_scan() throws Exception {
    assumeTrue(CrossTools.have("as", "ld"), "needs the GNU binutils for ARM");
    ElfFile file =
        CrossTools.assemble(
            directory,
            ArmSet.T32,
            """
            start:
              cmp r0, #1
              b over
            data: .word 0xbf08bf08
            over: ittet eq
            a: moveq r0, r1
            b: ldreq.w r2, [r3, #400]
            c: movwne r4, #1234
            d: bxeq lr
            e: movs r0, #1
              bx lr
            end:
            """,
            BASE);
    CodeScan scan = scan(file, new AddressRange(BASE, file.address("end") - 1));

    assertThat(of(file, scan, "over")).isEqualTo(ItPosition.of(ItState.OUTSIDE));
    assertThat(of(file, scan, "a").state().instructionsLeft()).isEqualTo(4);
    assertThat(of(file, scan, "b").state().instructionsLeft()).isEqualTo(3);
    assertThat(of(file, scan, "c").state().condition()).isEqualTo(Condition.NE);
    assertThat(of(file, scan, "d").state().isLast()).isTrue();
    assertThat(of(file, scan, "d").state().condition()).isEqualTo(Condition.EQ);
    assertThat(of(file, scan, "e")).isEqualTo(ItPosition.of(ItState.OUTSIDE));
    assertThat(ItBlocks.of(file, Optional.empty(), file.address("over")).known()).isFalse();
    assertThat(ItBlocks.of(file, Optional.empty(), file.address("d")).known()).isFalse();
    assertThat(ItBlocks.of(file, Optional.empty(), file.address("e")))
        .isEqualTo(ItPosition.of(ItState.OUTSIDE));
  }

  private static ItPosition of(ElfFile file, CodeScan scan, String label) {
    ItPosition position = ItBlocks.of(file, Optional.of(scan), file.address(label));
    assertThat(position.known()).isTrue();
    return position;
  }

  private static CodeScan scan(ElfFile file, AddressRange body) {
    return new CodeScanner(ArmDecoder.of(ArmSet.T32)).scan(file, body);
  }

  /** Halfwords in front of the address, the last one right in front of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2000 2000 2000 2000 2000 2000 2000 2000 | true  | no IT
          bf08                                    | false | IT EQ
          bf08 2000                               | true  | the block has ended
          bf04 2000                               | false | ITT EQ
          bf01 2000 2000 2000                     | false | ITTTT EQ
          bf01 2000 2000 2000 2000                | true  | the block has ended
          bf01 f8d3 2190 f8d3 2190 f8d3 2190      | false | the longest block
          2000 bf01 f8d3 2190 f8d3 2190 f8d3 2190 | false | the longest block
          bf01 f8d3 2190 f8d3 2190 f8d3 2190 2000 | true  | one more
          bf08 f8d3                               | true  | not a way to the address
          bf04 f8d3 2190                          | false | ITT EQ
          bf08 f8d3 2190                          | true  | the block has ended
          f7ff bf08                               | false | a branch, or an IT behind data
          bf00 2000                               | true  | NOP
          bfe8                                    | false | IT AL
          bff8                                    | true  | condition 15
          bfe4                                    | false | ITT AL
          """)
  void without_a_scan_only_what_is_surely_outside_is_known(String text, boolean known, String why) {
    byte[] bytes = halfwords(text);
    long address = BASE + bytes.length;
    ItPosition position = ItBlocks.of(ByteArrayText.at(BASE, bytes), Optional.empty(), address);

    assertThat(position).as(why).isEqualTo(new ItPosition(known, ItState.OUTSIDE));
  }

  @Test
  void nothing_in_front_is_outside() {
    ByteArrayText text = ByteArrayText.at(BASE, new byte[4]);

    assertThat(ItBlocks.of(text, Optional.empty(), BASE).known()).isTrue();
    assertThat(ItBlocks.of(text, Optional.empty(), 0).known()).isTrue();
  }

  /** What it says without a scan is what decoding from wherever an instruction may start says. */
  @Test
  void all_ways_into_an_address_agree_with_what_is_known() {
    Random random = new Random(20_240_501);
    int[] pool = {0xBF01, 0xBF08, 0xBF04, 0x2000, 0xF8D3, 0x2190, 0xF7FF, 0xBF33};
    int known = 0;
    for (int round = 0; round < 20_000; round++) {
      int[] halfwords =
          IntStream.range(0, 12).map(i -> pool[random.nextInt(pool.length)]).toArray();
      long address = BASE + 24;
      ItPosition position =
          ItBlocks.of(ByteArrayText.at(BASE, bytes(halfwords)), Optional.empty(), address);
      boolean inBlock = IntStream.range(0, 12).anyMatch(start -> reachesInBlock(halfwords, start));
      assertThat(position.known()).isEqualTo(!inBlock);
      known += position.known() ? 1 : 0;
    }
    assertThat(known).isBetween(2_000, 18_000);
  }

  private static boolean reachesInBlock(int[] halfwords, int start) {
    ItState it = ItState.OUTSIDE;
    int at = start;
    while (at < halfwords.length) {
      boolean isIt = !it.inBlock() && halfwords[at] >>> 8 == 0xBF && (halfwords[at] & 0xF) != 0;
      it = isIt ? ItState.behind(halfwords[at]) : it.advanced();
      at += ArmSet.isWide(halfwords[at]) ? 2 : 1;
    }
    return at == halfwords.length && it.inBlock();
  }

  private static byte[] halfwords(String text) {
    return bytes(
        Arrays.stream(text.split(" ", -1)).mapToInt(h -> Integer.parseInt(h, 16)).toArray());
  }

  private static byte[] bytes(int[] halfwords) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * halfwords.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int halfword : halfwords) {
      buffer.putShort((short) halfword);
    }
    return buffer.array();
  }
}
