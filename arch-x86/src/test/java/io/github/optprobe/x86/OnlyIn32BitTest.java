package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.Explanation;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Tier;
import io.github.optprobe.text.ByteArrayText;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Which instructions may be moved in 32-bit code that do not exist, or mean something else, in
 * 64-bit code: all one-byte and two-byte opcodes are tried in both.
 */
class OnlyIn32BitTest {
  private static final long BASE = 0x40_0000;

  /** What 64-bit mode took away (Intel SDM volume 2, "Invalid in 64-bit mode") and is harmless. */
  private static final Set<String> HARMLESS =
      Set.of(
          "aaa",
          "aad",
          "aam",
          "aas",
          "daa",
          "das",
          "salc",
          "pushad",
          "popad",
          "push",
          "inc",
          "dec",
          // The alias 82 of the immediate group 80.
          "add",
          "or",
          "adc",
          "sbb",
          "and",
          "sub",
          "xor",
          "cmp");

  @Test
  void only_what_computes_from_registers_flags_and_memory_is_movable_there() {
    Set<String> found = new TreeSet<>();
    for (int opcode = 0; opcode < 512; opcode++) {
      for (int modrm : new int[] {0x00, 0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0xC0, 0xD0}) {
        byte[] code = code(opcode, modrm);
        String wide = movable(code, new X86_64());
        String narrow = movable(code, new X86_32());
        if (!narrow.isEmpty() && wide.isEmpty()) {
          found.add(narrow);
        }
      }
    }
    assertThat(found).isSubsetOf(HARMLESS).contains("aaa", "salc", "pushad", "popad", "push");
  }

  private static byte[] code(int opcode, int modrm) {
    byte[] code = new byte[16];
    Arrays.fill(code, (byte) 0x01);
    int at = 0;
    if (opcode > 0xFF) {
      code[at++] = 0x0F;
    }
    code[at++] = (byte) opcode;
    code[at] = (byte) modrm;
    return code;
  }

  /** The mnemonic if the instruction may be moved, else nothing. */
  private static String movable(byte[] code, X86Architecture architecture) {
    ByteArrayText text = ByteArrayText.at(BASE, code);
    try (Kprobes kprobes =
        Kprobes.builder(text).architecture(architecture).trustBoundaries().build()) {
      Explanation explanation =
          kprobes.explain(architecture instanceof X86_32 ? X86_32.at(BASE) : X86_64.at(BASE));
      boolean accepted = explanation.verdict(Tier.BOOSTED).isAccepted();
      return accepted ? explanation.instruction().disassembly().split(" ", -1)[0] : "";
    }
  }
}
