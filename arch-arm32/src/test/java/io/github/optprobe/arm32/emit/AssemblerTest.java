package io.github.optprobe.arm32.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each instruction of the assemblers, in several registers, against GNU as. */
class AssemblerTest {
  private static final int START = 0x1000;
  private static final int[] LOW = {0, 3, 7};
  private static final int[] GENERAL = {0, 1, 4, 7, 8, 12, 14};
  private static final int[] NUMBERS = {0, 1, 8, 0xFF, 0x104, 0x3FC, 0xFF0000, 0xFF00_0000};
  private static final int[] OFFSETS = {0, 4, 60, 255, 1024, 4095, -1, -8, -255};
  private static final List<String> LISTS =
      List.of("r0,r1", "r4,r5", "r0-r12,lr", "r4-r7,lr", "r8,r12");
  private static final int[] LIST_BITS = {0x3, 0x30, 0x5FFF, 0x40F0, 0x1100};

  @TempDir private Path directory;

  /** What the assembler wrote, and the lines for GNU as. */
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void needsGnuAs() {
    assumeTrue(GnuAssembler.isInstalled(), "needs GNU as for ARM");
  }

  private void check(ArmSet set, Assembler out) throws Exception {
    byte[] expected = new GnuAssembler(directory, set).assemble(lines);
    assertThat(out.finish()).isEqualTo(expected);
    assertThat(lines).isNotEmpty();
  }

  /** Wide ones are to be wide in T32. */
  private void wide(ArmSet set, String mnemonic, String operands) {
    lines.add(mnemonic + (set == ArmSet.T32 ? ".w " : " ") + operands);
  }

  @ParameterizedTest
  @EnumSource
  void arithmetic(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    for (int d : GENERAL) {
      for (int n : GENERAL) {
        for (int number : NUMBERS) {
          String operands = "r%d, r%d, #%d".formatted(d, n, number & 0xFFFF_FFFFL);
          out.add(d, n, number);
          wide(set, "add", operands);
          out.subtract(d, n, number);
          wide(set, "sub", operands);
          out.clear(d, n, number);
          wide(set, "bic", operands);
        }
      }
    }
    check(set, out);
  }

  @ParameterizedTest
  @EnumSource
  void theStackPointer(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    for (int number : new int[] {8, 56, 128, 192, 256, 1024}) {
      out.lowerStack(number);
      wide(set, "sub", "sp, sp, #" + number);
      out.raiseStack(number);
      wide(set, "add", "sp, sp, #" + number);
      out.add(5, 13, number);
      wide(set, "add", "r5, sp, #" + number);
    }
    check(set, out);
  }

  @ParameterizedTest
  @EnumSource
  void moves(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    for (int d : new int[] {0, 3, 7, 8, 12, 13, 14}) {
      for (int m : new int[] {0, 3, 7, 8, 12, 13, 14}) {
        if (d != 13 || m != 13) {
          out.move(d, m);
          lines.add("mov r%d, r%d".formatted(d, m));
        }
        if (d != 13 && m != 13) {
          out.moveAndSetFlags(d, m);
          wide(set, "movs", "r%d, r%d".formatted(d, m));
        }
      }
    }
    check(set, out);
  }

  @ParameterizedTest
  @EnumSource
  void loadsAndStores(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    for (int t : GENERAL) {
      for (int n : new int[] {0, 6, 9, 13}) {
        for (int offset : OFFSETS) {
          String operands = "r%d, [r%d, #%d]".formatted(t, n, offset);
          out.load(t, n, offset);
          wide(set, "ldr", operands);
          out.store(t, n, offset);
          wide(set, "str", operands);
        }
      }
    }
    check(set, out);
  }

  /** Offset 0 is loaded with U set, so "-0" is none. */
  @ParameterizedTest
  @EnumSource
  void theOffsetsThatGnuAsRefusesAreOutOfReach(ArmSet set) throws Exception {
    TreeSet<Integer> refused = new TreeSet<>();
    for (int offset = -4200; offset <= 4200; offset++) {
      if (!Assembler.of(set, START).reachesOffset(offset)) {
        refused.add(lines.size());
      }
      wide(set, "ldr", "r0, [r1, #%d]".formatted(offset));
    }

    assertThat(new GnuAssembler(directory, set).refused(lines)).isEqualTo(refused);
  }

  @ParameterizedTest
  @EnumSource
  void listsOfRegisters(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    for (int i = 0; i < LISTS.size(); i++) {
      out.push(LIST_BITS[i]);
      wide(set, "push", "{" + LISTS.get(i) + "}");
      out.pop(LIST_BITS[i]);
      wide(set, "pop", "{" + LISTS.get(i) + "}");
    }
    for (int count : new int[] {4, 8, 128, 255}) {
      out.loadPcAndRaiseStack(count);
      wide(set, "ldr", "pc, [sp], #" + count);
    }
    check(set, out);
  }

  @ParameterizedTest
  @EnumSource
  void flagsBranchesAndTraps(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    for (int register : GENERAL) {
      out.readFlags(register);
      lines.add("mrs r%d, apsr".formatted(register));
      out.writeFlags(register);
      lines.add("msr apsr_nzcvqg, r%d".formatted(register));
      out.exchangeTo(register);
      lines.add("bx r" + register);
      out.call(register);
      lines.add("blx r" + register);
    }
    out.trap();
    lines.add(set == ArmSet.A32 ? "udf #0" : "udf #255");
    check(set, out);
  }

  @ParameterizedTest
  @EnumSource
  void branchesToLabels(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    Label before = new Label();
    Label behind = new Label();
    out.bind(before);
    lines.add("before:");
    for (Condition condition : Condition.values()) {
      String name = condition == Condition.AL ? "" : condition.name().toLowerCase(Locale.ROOT);
      out.branch(condition, behind);
      wide(set, "b" + name, "behind");
      out.branch(condition, before);
      wide(set, "b" + name, "before");
    }
    out.bind(behind);
    lines.add("behind:");
    check(set, out);
  }

  @ParameterizedTest
  @EnumSource
  void constantsOnAndBetweenWords(ArmSet set) throws Exception {
    for (boolean odd : new boolean[] {false, true}) {
      lines.clear();
      Assembler out = Assembler.of(set, START);
      if (odd && set == ArmSet.T32) {
        out.move(0, 1);
        lines.add("mov r0, r1");
      }
      Label here = new Label();
      out.bind(here);
      lines.add("here:");
      out.constant(0, 0x1234_5678);
      wide(set, "ldr", "r0, first");
      out.constant(12, 0xFFFF_FFFFL);
      wide(set, "ldr", "r12, second");
      out.constant(14, 0x1234_5678);
      wide(set, "ldr", "lr, first");
      out.exchange(0x8001);
      wide(set, "ldr", "pc, third");
      out.addressOf(3, here);
      wide(set, "ldr", "r3, fourth");
      lines.add(".balign 4, 0");
      lines.add("first: .word 0x12345678");
      lines.add("second: .word 0xFFFFFFFF");
      lines.add("third: .word 0x8001");
      String mark = set == ArmSet.T32 ? " + 1" : "";
      lines.add("fourth: .word %d + (here - first) + (first - before)%s".formatted(START, mark));
      lines.add(0, "before:");
      check(set, out);
    }
  }

  @ParameterizedTest
  @EnumSource
  void jumpsNearAndFar(ArmSet set) throws Exception {
    Assembler out = Assembler.of(set, START);
    out.jump(START + 0x10_0000);
    wide(set, "b", ".+0x100000");
    out.jump(0xF000_0000L);
    wide(set, "ldr", "pc, far");
    out.jumpAnywhere(START);
    wide(set, "ldr", "pc, start");
    lines.add("far: .word 0xF0000000" + (set == ArmSet.T32 ? " + 1" : ""));
    lines.add("start: .word 0x1000" + (set == ArmSet.T32 ? " + 1" : ""));
    check(set, out);
  }

  @Test
  void ifThenAndSkip() throws Exception {
    T32Assembler out = new T32Assembler(START);
    for (Condition condition : Condition.values()) {
      String name = condition.name().toLowerCase(Locale.ROOT);
      out.ifThen(condition);
      lines.add("it " + name);
      out.instruction(0xBF00, 2);
      lines.add("nop" + name);
    }
    for (int n = 0; n < 8; n++) {
      for (boolean ifZero : new boolean[] {true, false}) {
        out.skipNext(ifZero, n);
        lines.add("%s r%d, 1f".formatted(ifZero ? "cbz" : "cbnz", n));
        out.instruction(0xF3AF_8000, 4);
        lines.add("nop.w");
        lines.add("1:");
      }
    }
    check(ArmSet.T32, out);
  }

  @Test
  void aNumberThatNoInstructionHoldsIsAnError() {
    for (ArmSet set : ArmSet.values()) {
      Assembler out = Assembler.of(set, START);
      assertThat(out.holds(0x1234_5678)).isFalse();
      for (int register : LOW) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> out.add(register, register, 0x1234_5678));
      }
    }
  }
}
