package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The picture of a probe in each state, to the character. */
class ProbePictureTest extends ToyTest {
  @BeforeEach
  void program() {
    asm.op(ToyOp.NOP)
        .op(ToyOp.ADD, 5)
        .op16(ToyOp.ST, 0x20)
        .op(ToyOp.INX)
        .op(ToyOp.TAX)
        .op(ToyOp.NOP)
        .op(ToyOp.HLT);
    start();
  }

  private static void assertPicture(ProbeHandle handle, String expected) {
    String picture = handle.picture().toString();
    assertThat(picture).isEqualTo(expected);
    assertThat(picture.lines())
        .allMatch(line -> line.length() <= 100 && line.equals(line.stripTrailing()));
    assertThat(picture.chars()).allMatch(c -> c == '\n' || (c >= ' ' && c < 127));
  }

  @Test
  void disabled() {
    ProbeHandle handle = kprobes.register(Kprobe.at(at(BASE)).startDisabled().build());

    assertPicture(
        handle,
        """
        probe toy+0x0  toy  DISABLED  hits 0  1 kprobe
          before                                          | now
          4000  01     nop                                | 4000  01     nop
          4001  02 05  add 5                              | 4001  02 05  add 5
        """);
  }

  @Test
  void singleStep() {
    assertPicture(
        probe(BASE + 7, Tier.SINGLE_STEP),
        """
        probe toy+0x7  toy  SINGLE_STEP  hits 0  1 kprobe
          before                                          | now
          4007  0c  tax                                   | 4007  cc  brk
          insn slot 0x8000 (4 bytes)
          8000  0c        tax
          8001  07 08 40  jmp 0x4008
        """);
  }

  @Test
  void boosted() {
    assertPicture(
        probe(BASE + 3, Tier.BOOSTED),
        """
        probe toy+0x3  toy  BOOSTED  hits 0  1 kprobe
          before                                          | now
          4003  04 20 00  st 32                           | 4003  cc     brk
                                                          | 4004  20 00  (covered)
          insn slot 0x8000 (6 bytes)
          8000  04 20 00  st 32
          8003  07 06 40  jmp 0x4006
        """);
  }

  @Test
  void emulated() {
    assertPicture(
        probe(BASE + 6, Tier.EMULATED),
        """
        probe toy+0x6  toy  EMULATED  hits 0  1 kprobe
          before                                          | now
          4006  0b  inx                                   | 4006  cc  brk
        """);
  }

  @Test
  void optimized() {
    ProbeHandle handle = optimized(BASE);
    probe(BASE);
    assertTransparent();

    assertPicture(
        handle,
        """
        probe toy+0x0  toy  OPTIMIZED  hits 2  2 kprobes
          before                                          | now
          4000  01     nop                                | 4000  07 10 80  jmp 0x8010
          4001  02 05  add 5                              |
          detour buffer 0x8010 (15 bytes)
          8010  20        pushall
          8011  23 00 40  push 16384
          8014  09 00 01  call 0x100
          8017  24        drop
          8018  21        popall
          8019  01        nop
          801a  02 05     add 5
          801c  07 03 40  jmp 0x4003
        """);
  }

  @Test
  void briefLeavesOutWhatSavesRegisters() {
    ProbeHandle handle = optimized(BASE);

    assertThat(handle.picture().brief())
        .isEqualTo(
            """
            probe toy+0x0  toy  OPTIMIZED  hits 0  1 kprobe
              before                                          | now
              4000  01     nop                                | 4000  07 10 80  jmp 0x8010
              4001  02 05  add 5                              |
              detour buffer 0x8010 (15 bytes)
              8010  (5 instructions save registers, call the handlers, restore registers)
              8019  01        nop
              801a  02 05     add 5
              801c  07 03 40  jmp 0x4003
            """);
  }

  @Test
  void isNeverWiderThanAHundredColumns() {
    kprobes.close();
    String name = "f".repeat(150);
    AddressRange body = AddressRange.ofLength(BASE, originalBytes().length);
    start(builder -> builder.codeMap(CodeMap.of(new CodeMap.Function(name, body))));
    ProbeHandle handle = probe(BASE);
    kprobes.runOptimizer();

    assertThat(handle.picture().toString().lines()).allMatch(line -> line.length() <= 100);
  }
}
