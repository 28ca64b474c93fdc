package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.JumpForm;
import io.github.optprobe.testkit.protocol.FetchModel;
import io.github.optprobe.testkit.protocol.Flaw;
import io.github.optprobe.testkit.protocol.ProtocolCheck;
import io.github.optprobe.testkit.protocol.ProtocolReport;
import io.github.optprobe.testkit.protocol.Verdict;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.x86.plan.JumpForms;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Arming, optimizing, unoptimizing and disarming by enumeration: every form of jump, over windows
 * of one and of several instructions, across the end of a cache line at every offset.
 */
@Tag("corpus")
class ProtocolCheckTest {
  private static final long LINE_END = 0x40_0040;

  /**
   * mov eax, edi; add eax, 7; mov ecx, eax; add ecx, 1; nop; add ecx, 5; nop; add eax, 3; ret. The
   * same in both sets.
   */
  private static final String SEVERAL = "89f883c00789c183c1019083c1059083c003c3";

  /** movabs rax, imm64; add eax, 1; add ecx, 1; ret */
  private static final String WIDE = "48b8887766554433221183c00183c101c3";

  /** mov dword ptr [0x1000], imm32; add eax, 1; add ecx, 1; ret */
  private static final String WIDE_32 = "c705001000007856341283c00183c101c3";

  private static final byte[] PADDING = HexFormat.of().parseHex("cc".repeat(15) + "c3");

  /** A form of jump, the architecture that takes it, and code over which it is written. */
  record Shape(String name, Architecture architecture, int jumpBytes, String hex) {
    static Shape of(JumpForm form, String window, String hex) {
      return new Shape(form.name() + " over " + window, new OneForm(form), form.bytes(), hex);
    }

    static Shape of32(String window, String hex) {
      int bytes = JumpForms.RELATIVE.bytes();
      return new Shape("x86-32 jump over " + window, new X86_32(), bytes, hex);
    }

    byte[] code() {
      return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Shape> shapes() {
    List<JumpForm> forms =
        List.of(JumpForms.ISLAND, JumpForms.RELATIVE, JumpForms.SLOT, JumpForms.ABSOLUTE);
    return Stream.of(
            forms.stream().map(form -> Shape.of(form, "several", SEVERAL)),
            forms.stream().map(form -> Shape.of(form, "one that is wide", WIDE)),
            Stream.of(Shape.of32("several", SEVERAL), Shape.of32("one that is wide", WIDE_32)))
        .flatMap(each -> each);
  }

  private static ProtocolCheck check(Shape shape, long base) {
    byte[] code = shape.code();
    long behind = base + code.length;
    AddressRange next = AddressRange.ofLength(behind + PADDING.length - 1, 1);
    return ProtocolCheck.of(shape.architecture(), base, code)
        .map(behind, PADDING)
        .codeMap(
            CodeMap.of(
                new CodeMap.Function("f", AddressRange.ofLength(base, code.length)),
                new CodeMap.Function("next", next)));
  }

  private static void isSafeAndNotIdle(ProtocolReport report, int jumpBytes) {
    assertThat(report.isSafe()).as(report.toString()).isTrue();
    assertThat(report.count(Verdict.OLD)).isPositive();
    assertThat(report.count(Verdict.NEW)).isPositive();
    // The tail is stored twice behind a breakpoint, and may be seen in part.
    assertThat(report.count(Verdict.TRAP)).isGreaterThanOrEqualTo(1L << (jumpBytes - 1));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void every_form_over_every_window_is_safe_wherever_a_line_ends(Shape shape) {
    for (int before = 0; before <= shape.jumpBytes(); before++) {
      ProtocolReport report = check(shape, LINE_END - before).checkProbes();
      isSafeAndNotIdle(report, shape.jumpBytes());
    }
  }

  /** The least that a text may promise: that a single byte is stored at once. */
  @ParameterizedTest
  @MethodSource("shapes")
  void no_store_has_to_be_atomic_but_that_of_one_byte(Shape shape) {
    ProtocolReport report = check(shape, LINE_END).model(FetchModel.aligned(1)).checkProbes();
    isSafeAndNotIdle(report, shape.jumpBytes());
  }

  @Test
  void a_batch_of_windows_side_by_side_is_safe() {
    byte[] block = HexFormat.of().parseHex("89f883c00783c10183c105909090");
    byte[] code = HexFormat.of().parseHex(HexFormat.of().formatHex(block).repeat(3) + "c3");
    long[] probes =
        IntStream.range(0, 3).mapToLong(i -> LINE_END + (long) i * block.length).toArray();
    ProtocolReport report =
        ProtocolCheck.of(new X86_64(), LINE_END, code).probes(probes).asBatch().checkProbes();
    isSafeAndNotIdle(report, 5);
  }

  /** The jump makes room for a breakpoint inside its window, and comes back when that is gone. */
  @Test
  void a_probe_inside_a_window_is_safe() {
    byte[] code = HexFormat.of().parseHex(SEVERAL);
    ProtocolReport report =
        ProtocolCheck.of(new X86_64(), LINE_END, code).probes(LINE_END, LINE_END + 2).checkProbes();
    isSafeAndNotIdle(report, 5);
  }

  /** Nothing executes wrongly here; only the text is another one in the end. */
  @Test
  void a_text_that_is_left_as_something_else_is_found_out() {
    byte[] code = HexFormat.of().parseHex(SEVERAL);
    ProtocolReport report =
        ProtocolCheck.of(new X86_64(), LINE_END, code)
            .through(text -> new Damaging(text, LINE_END + code.length - 1))
            .checkProbes();
    assertThat(report.flaws()).as(report.toString()).containsExactly(Flaw.NOT_RESTORED);
  }

  /** Changes a byte whenever any is stored. */
  private static final class Damaging extends ForwardingText {
    private final long damaged;

    Damaging(TextMemory text, long damaged) {
      super(text);
      this.damaged = damaged;
    }

    @Override
    public void write(long address, byte[] bytes) {
      super.write(address, bytes);
      super.write(damaged, new byte[] {(byte) 0x90});
    }
  }
}
