package io.github.optprobe.elf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.ByteArrayText;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ArmBranchTest {
  private static final long CODE = 0x1_0000;
  private static final Pattern BRANCH =
      Pattern.compile("(cbn?z|b(?:l|lx)?(?:..)?)(?:\\.[nw])?\\t(?:r\\d+, )?([0-9a-f]+)(?: <.*)?");
  private static final String LINE = " *([0-9a-f]+):\\t([0-9a-f]{4,8}(?: [0-9a-f]{4})?) *\\t(.*)";

  /** Bytes by GNU as at 0x10000, where the targets are; each edge of a form's reach. */
  @Test
  void edges_of_a32() {
    assertThat(at(ArmSets.A32, "fe ff ff ea")).contains(jump(CODE, ArmSets.A32)); // b .
    assertThat(at(ArmSets.A32, "ff ff 7f ea")).contains(jump(0x201_0004, ArmSets.A32));
    assertThat(at(ArmSets.A32, "00 00 80 0a")).contains(jump(0xFE01_0008L, ArmSets.A32)); // beq
    assertThat(at(ArmSets.A32, "00 00 00 1b")).contains(call(0x1_0008, ArmSets.A32)); // blne
    assertThat(at(ArmSets.A32, "00 00 00 fa")).contains(call(0x1_0008, ArmSets.T32)); // blx
    assertThat(at(ArmSets.A32, "00 00 00 fb")).contains(call(0x1_000A, ArmSets.T32)); // blx
    assertThat(at(ArmSets.A32, "1e ff 2f e1")).isEmpty(); // bx lr
    assertThat(at(ArmSets.A32, "fe ff")).isEmpty();
  }

  @Test
  void edges_of_t32() {
    assertThat(at(ArmSets.T32, "fe e7")).contains(jump(CODE, ArmSets.T32)); // b.n .
    assertThat(at(ArmSets.T32, "00 e4")).contains(jump(0xF804, ArmSets.T32)); // b.n -2048
    assertThat(at(ArmSets.T32, "ff e3")).contains(jump(0x1_0802, ArmSets.T32)); // b.n +2046
    assertThat(at(ArmSets.T32, "80 d0")).contains(jump(0xFF04, ArmSets.T32)); // beq.n -256
    assertThat(at(ArmSets.T32, "7f dd")).contains(jump(0x1_0102, ArmSets.T32)); // ble.n +254
    assertThat(at(ArmSets.T32, "00 de")).isEmpty(); // udf #0
    assertThat(at(ArmSets.T32, "00 df")).isEmpty(); // svc 0
    assertThat(at(ArmSets.T32, "f8 b3")).contains(jump(0x1_0082, ArmSets.T32)); // cbz r0, +126
    assertThat(at(ArmSets.T32, "07 b9")).contains(jump(0x1_0004, ArmSets.T32)); // cbnz r7, +0
    assertThat(at(ArmSets.T32, "ff f3 ff 97")).contains(jump(0x101_0002, ArmSets.T32)); // b.w
    assertThat(at(ArmSets.T32, "00 f4 00 90")).contains(jump(0xFF01_0004L, ArmSets.T32)); // b.w
    assertThat(at(ArmSets.T32, "3f f4 fe af")).contains(jump(CODE, ArmSets.T32)); // beq.w .
    assertThat(at(ArmSets.T32, "ff f2 ff af")).contains(jump(0x11_0002, ArmSets.T32)); // blt.w
    assertThat(at(ArmSets.T32, "00 f7 00 80")).contains(jump(0xFFF1_0004L, ArmSets.T32)); // bgt.w
    assertThat(at(ArmSets.T32, "00 f0 00 e8")).contains(call(0x1_0004, ArmSets.A32)); // blx
    assertThat(at(ArmSets.T32, "ff f7 fe ff")).contains(call(CODE, ArmSets.T32)); // bl .
    assertThat(at(ArmSets.T32, "ef f3 00 80")).isEmpty(); // mrs r0, apsr
    assertThat(at(ArmSets.T32, "af f3 00 80")).isEmpty(); // nop.w
  }

  /** Each line that objdump prints is a branch to where it says, or none. */
  @Test
  void every_instruction_of_the_sample_is_as_objdump_says() throws Exception {
    Map<String, Integer> forms = new HashMap<>();
    check(Binutils.sample(Binutils.A32), ArmSets.A32, forms);
    check(Binutils.sample(Binutils.T32), ArmSets.T32, forms);

    assertThat(forms.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThan(10_000);
    assertThat(forms).containsKeys("b", "bl", "b.n", "b.w", "blx", "cbz", "cbnz", "bne.n", "bne.w");
  }

  private static void check(byte[] file, InstructionSet set, Map<String, Integer> forms)
      throws Exception {
    ByteArrayText text = ElfLibrary.of("sample.so", file).text(0);
    for (MatchResult line : Binutils.lines(file, LINE, "objdump", "-d", "-j", ".text")) {
      String words = line.group(3).strip();
      if (!words.startsWith(".")) {
        forms.merge(words.replaceAll("\\s.*", ""), 1, Integer::sum);
        assertThat(ArmBranch.at(set, text, Long.parseLong(line.group(1), 16)))
            .as(line.group())
            .isEqualTo(expected(words, set));
      }
    }
  }

  private static Optional<ArmBranch> expected(String words, InstructionSet set) {
    Matcher printed = BRANCH.matcher(words);
    if (!printed.matches()) {
      return Optional.empty();
    }
    String name = printed.group(1);
    InstructionSet other = set.equals(ArmSets.A32) ? ArmSets.T32 : ArmSets.A32;
    long to = Long.parseLong(printed.group(2), 16);
    return Optional.of(
        new ArmBranch(to, name.equals("blx") ? other : set, name.matches("bl|blx|bl..")));
  }

  private static Optional<ArmBranch> at(InstructionSet set, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return ArmBranch.at(set, ByteArrayText.at(CODE, bytes), CODE);
  }

  private static ArmBranch jump(long to, InstructionSet set) {
    return new ArmBranch(to, set, false);
  }

  private static ArmBranch call(long to, InstructionSet set) {
    return new ArmBranch(to, set, true);
  }
}
