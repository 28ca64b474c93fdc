package io.github.optprobe.arm32.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arch.Gate;
import io.github.optprobe.arm32.table.ArmSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The template against the same code written by hand for GNU as. */
class DetourTemplateTest {
  private static final long START = 0x2000;
  private static final long PROBED = 0x0012_3456;
  private static final long GATE = 0x7654_3211;

  @TempDir private Path directory;
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void needsGnuAs() {
    assumeTrue(GnuAssembler.isInstalled(), "needs GNU as for ARM");
  }

  @ParameterizedTest
  @CsvSource({
    "A32, 128, ",
    "A32, 192, ",
    "A32, 128, D16",
    "A32, 1024, D32",
    "T32, 128, ",
    "T32, 192, ",
    "T32, 128, D16",
    "T32, 1024, D32",
  })
  void theTemplateIsWhatIsWrittenByHand(ArmSet set, int leftAlone, FloatingPoint saved)
      throws Exception {
    Assembler out = Assembler.of(set, START);
    DetourTemplate.emit(out, PROBED, leftAlone, gate(saved), registers(saved));
    saveAndCall(leftAlone, saved);
    if (saved != null) {
      lines.addAll(List.of("ldr$w r7, [r6]", "vmsr fpscr, r7"));
      transfer("vldmia", saved);
    }
    lines.addAll(List.of("mov sp, r5", "ldr$w r4, [sp]", "msr apsr_nzcvqg, r4"));
    lines.addAll(List.of("add$w sp, sp, #8", "pop$w {r0-r12, lr}"));
    lines.add("add$w sp, sp, #" + leftAlone);
    pool(saved);

    assertThat(out.finish()).isEqualTo(assembled(set));
  }

  @ParameterizedTest
  @CsvSource({"A32, ", "A32, D32", "T32, ", "T32, D32"})
  void theTrampolineIsWhatIsWrittenByHand(ArmSet set, FloatingPoint saved) throws Exception {
    Assembler out = Assembler.of(set, START);
    DetourTemplate.emitTrampoline(out, PROBED, gate(saved), registers(saved));
    saveAndCall(128, saved);
    lines.add(set == ArmSet.A32 ? "udf #0" : "udf #255");
    pool(saved);

    assertThat(out.finish()).isEqualTo(assembled(set));
  }

  private static Gate gate(FloatingPoint saved) {
    return new Gate(GATE, saved != null);
  }

  private static FloatingPoint registers(FloatingPoint saved) {
    return saved == null ? FloatingPoint.D32 : saved;
  }

  private void saveAndCall(int leftAlone, FloatingPoint saved) {
    lines.addAll(List.of("sub$w sp, sp, #" + leftAlone, "push$w {r0-r12, lr}", "mrs r4, apsr"));
    lines.addAll(List.of("add$w r5, sp, #56", "add$w r5, r5, #" + leftAlone));
    lines.addAll(List.of("push$w {r4, r5}", "mov r5, sp", "$align"));
    if (saved == null) {
      lines.add("ldr$w r2, zero");
    } else {
      lines.add("sub$w sp, sp, #" + (saved == FloatingPoint.D16 ? 128 : 256));
      lines.addAll(List.of("sub$w sp, sp, #8", "mov r6, sp", "vmrs r7, fpscr", "str$w r7, [r6]"));
      transfer("vstmia", saved);
      lines.add("mov r2, r6");
    }
    lines.addAll(List.of("ldr$w r0, probed", "mov r1, r5", "ldr$w ip, gate", "blx ip"));
  }

  private void transfer(String mnemonic, FloatingPoint saved) {
    lines.addAll(List.of("add$w r7, r6, #8", mnemonic + " r7!, {d0-d15}"));
    if (saved == FloatingPoint.D32) {
      lines.add(mnemonic + " r7!, {d16-d31}");
    }
  }

  private void pool(FloatingPoint saved) {
    lines.add(".balign 4, 0");
    if (saved == null) {
      lines.add("zero: .word 0");
    }
    lines.addAll(List.of("probed: .word " + PROBED, "gate: .word " + GATE));
  }

  /** T32 has no {@code bic} of sp, and short forms that are not used. */
  private byte[] assembled(ArmSet set) throws Exception {
    String align = set == ArmSet.A32 ? "bic sp, sp, #7" : "bic.w r4, r5, #7\nmov sp, r4";
    String wide = set == ArmSet.A32 ? "" : ".w";
    List<String> written =
        lines.stream().map(l -> l.replace("$align", align).replace("$w", wide)).toList();
    return new GnuAssembler(directory, set).assemble(written);
  }
}
