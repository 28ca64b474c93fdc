package io.github.optprobe.arm32.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.text.AddressRange;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** All functions of a real A32 library. Its mapping symbols are stripped. */
class JnaLibraryScanTest {
  private final ArmDecoder decoder = ArmDecoder.of(ArmSet.A32);

  @Test
  void all_words_are_instructions_or_literals() throws Exception {
    ElfFile library;
    try (InputStream stream =
        Native.class.getResourceAsStream("/com/sun/jna/linux-arm/libjnidispatch.so")) {
      library = ElfFile.of(stream.readAllBytes());
    }
    int functions = 0;
    int boundaries = 0;
    int words = 0;
    int literals = 0;
    List<String> undecodable = new ArrayList<>();
    List<String> computed = new ArrayList<>();
    List<String> otherIndirect = new ArrayList<>();
    List<String> unreached = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (ElfFile.Symbol function : library.functions()) {
      AddressRange body = function.body();
      CodeScan scan = new CodeScanner(decoder).scan(library, body);
      Set<Long> data = literals(library, body);
      functions++;
      words += (int) (body.length() / 4);
      literals += data.size();
      for (long boundary : scan.boundaries()) {
        boundaries++;
        if (data.contains(boundary)) {
          wrong.add("%s 0x%x".formatted(function.name(), boundary));
        }
      }
      long left = body.length() / 4 - data.size() - scan.boundaries().length;
      scan.firstUndecodable().ifPresent(at -> undecodable.add(name(function, at)));
      scan.firstComputedJump().ifPresent(at -> computed.add(name(function, at)));
      if (scan.firstComputedJump().isEmpty()) {
        scan.firstIndirectJump().ifPresent(at -> otherIndirect.add(name(function, at)));
      }
      if (left != 0) {
        unreached.add(function.name() + " " + left);
      }
    }
    System.out.printf(
        "libjnidispatch.so: %d functions of %d words, %d boundaries, %d literals; undecodable %s,"
            + " computed %s, other indirect jumps %s; words not reached: %s; wrong %s%n",
        functions,
        words,
        boundaries,
        literals,
        undecodable,
        computed,
        otherIndirect,
        unreached,
        wrong);

    assertThat(wrong).isEmpty();
    assertThat(functions).isEqualTo(125);
    assertThat(boundaries).isEqualTo(9_834);
    assertThat(undecodable).isEmpty();
    assertThat(computed).isEmpty();
    assertThat(unreached).isEmpty();
    // Tail calls through the function table of JNI, and one through a pointer.
    assertThat(otherIndirect).hasSize(11);
  }

  private static String name(ElfFile.Symbol function, long address) {
    return "%s 0x%x".formatted(function.name(), address);
  }

  /** The words of a function that any word of it loads from, if it is an instruction. */
  private Set<Long> literals(ElfFile library, AddressRange body) {
    Set<Long> data = new HashSet<>();
    for (long address = body.first(); body.contains(address + 3); address += 4) {
      byte[] word = library.readFully(address, 4);
      if (decoder.decode(word, 0, 4, address, ItState.OUTSIDE) instanceof Instruction instruction
          && instruction.treatment() == Treatment.LOAD_LITERAL) {
        int offset = instruction.field('i');
        long at = (instruction.pc() + (instruction.field('U') == 1 ? offset : -offset)) & ~3L;
        if (body.contains(at)) {
          data.add(at);
        }
      }
    }
    return data;
  }
}
