package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArmDecoderTest {
  private static final int THREADS = 4;

  private final ArmDecoder a32 = ArmDecoder.of(ArmSet.A32);
  private final ArmDecoder t32 = ArmDecoder.of(ArmSet.T32);

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void libraryIsNamedWithVersionAndPlace() {
    assertThat(ArmDecoder.nativeLibrary()).matches("Capstone [45]\\.0 \\(.+\\)");
  }

  @Test
  void wordsAndHalfwordsAreLittleEndian() {
    assertThat(a32.decode(bytes("08009fe5"), 0x1000))
        .isEqualTo(a32.decode(0xE59F_0008, 4, 0x1000, ItState.OUTSIDE));
    assertThat(t32.decode(bytes("dff80800"), 0x1000))
        .isEqualTo(t32.decode(0xF8DF_0008, 4, 0x1000, ItState.OUTSIDE));
    assertThat(t32.decode(bytes("7047ffff"), 0x1000))
        .isEqualTo(t32.decode(0x4770, 2, 0x1000, ItState.OUTSIDE));
  }

  @ParameterizedTest
  @CsvSource({
    "A32, '', 0",
    "A32, 08009f, 3",
    "T32, '', 0",
    "T32, 70, 1",
    "T32, dff8, 2",
    "T32, dff808, 3"
  })
  void tooFewBytesAreTruncated(ArmSet set, String hex, int available) {
    assertThat(ArmDecoder.of(set).decode(bytes(hex), 0x1000))
        .isEqualTo(new Truncated(0x1000, available));
  }

  @Test
  void rangesOutsideTheArrayAreRefused() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> a32.decode(new byte[4], 2, 4, 0x1000));
  }

  @ParameterizedTest
  @CsvSource({"A32, 1", "A32, 2", "A32, 4294967296", "A32, -4", "T32, 1", "T32, 4294967296"})
  void addressesThatNoInstructionHasAreRefused(ArmSet set, long address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArmDecoder.of(set).decode(new byte[4], address))
        .withMessageContaining(Long.toHexString(address));
  }

  @Test
  void lengthAndEncodingGoTogether() {
    ItState it = ItState.OUTSIDE;
    assertThatIllegalArgumentException().isThrownBy(() -> a32.decode(0x4770, 2, 0, it));
    assertThatIllegalArgumentException().isThrownBy(() -> t32.decode(0x4770, 4, 0, it));
    assertThatIllegalArgumentException().isThrownBy(() -> t32.decode(0xF8DF, 2, 0, it));
    assertThatIllegalArgumentException().isThrownBy(() -> t32.decode(0x4770, 3, 0, it));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> a32.decode(0xE1A0_0000, 4, 0, new ItState(8)));
  }

  @Test
  void textHasAbsoluteTargets() {
    assertThat(a32.format(Decode.a32("0a000010"))).isEqualTo("beq #0x1048");
    assertThat(t32.format(Decode.t32("f7ff fffe"))).isEqualTo("bl #0x1000");
  }

  @Test
  void whatNobodyKnowsIsWrittenAsADirective() {
    assertThat(a32.format(Decode.a32("ffffffff"))).isEqualTo(".inst 0xffffffff");
    assertThat(t32.format(Decode.t32("ffff ffff"))).isEqualTo(".inst.w 0xffffffff");
    assertThat(t32.format(Decode.t32("b6ff"))).isEqualTo(".inst.n 0xb6ff");
  }

  @Test
  void textIsAskedOfADecoderOfTheSameSet() {
    assertThatIllegalArgumentException().isThrownBy(() -> a32.format(Decode.t32("4770")));
  }

  @Test
  void noBlockIsLeftOverFromOneDecodeToTheNext() {
    t32.decode(0xBF01, 2, 0x1000, ItState.OUTSIDE);
    assertThat(t32.format(Decode.t32("1c40"))).isEqualTo("adds r0, r0, #1");
    t32.decode(0x1C40, 2, 0x1000, new ItState(0x01));
    assertThat(t32.format(Decode.t32("1c40"))).isEqualTo("adds r0, r0, #1");
    t32.format(Decode.t32("bf01"));
    assertThat(t32.format(Decode.t32("1c40"))).isEqualTo("adds r0, r0, #1");
  }

  @Test
  void threadsSeeWhatOneThreadSees() throws Exception {
    int[] words = new Random(7).ints(20_000).toArray();
    List<String> alone = describeAll(words);
    CountDownLatch start = new CountDownLatch(THREADS);
    Callable<List<String>> task =
        () -> {
          start.countDown();
          start.await();
          return describeAll(words);
        };

    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<List<String>> result : executor.invokeAll(Collections.nCopies(THREADS, task))) {
        assertThat(result.get()).isEqualTo(alone);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private List<String> describeAll(int[] words) {
    return IntStream.of(words).mapToObj(this::describe).toList();
  }

  private String describe(int word) {
    Instruction first = a32.decode(word, 4, 0x1000, ItState.OUTSIDE);
    boolean wide = ArmSet.isWide(word >>> 16);
    Instruction second =
        t32.decode(wide ? word : word >>> 16, wide ? 4 : 2, 0x1000, ItState.OUTSIDE);
    return first + " " + a32.format(first) + " " + second + " " + t32.format(second);
  }
}
