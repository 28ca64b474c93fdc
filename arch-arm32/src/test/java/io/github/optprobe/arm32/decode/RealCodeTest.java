package io.github.optprobe.arm32.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Native;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.arm32.table.Treatment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every instruction of real libraries. */
class RealCodeTest {
  private static final int WORDS = 22_296;
  private static final Set<Objection> EXPECTED =
      EnumSet.of(
          Objection.COPROCESSOR,
          Objection.EXCLUSIVE,
          Objection.SUPERVISOR_CALL,
          Objection.UNDEFINED);
  private static final List<String> THUMB_LIBRARIES =
      List.of(
          System.getProperty("optprobe.thumb.library", "/nowhere"),
          "/usr/arm-linux-gnueabihf/lib/libc.so.6",
          "/lib/arm-linux-gnueabihf/libc.so.6");

  /** All of it is A32, with literal pools between the functions. */
  @Test
  void everyWordOfJnasArmLibraryIsKnown() throws Exception {
    Map<Treatment, Integer> treatments = new EnumMap<>(Treatment.class);
    List<Instruction> refused = new ArrayList<>();
    List<Instruction> code = codeOf(jnaForArm());
    Set<Long> data = literals(code);
    for (Instruction instruction : code) {
      if (!data.contains(instruction.address())) {
        treatments.merge(instruction.treatment(), 1, Integer::sum);
        Stream.of(instruction).filter(each -> each.verdict().isRefused()).forEach(refused::add);
      }
    }
    System.out.printf(
        "libjnidispatch.so: %d words, %d literals; %s%n", code.size(), data.size(), treatments);

    assertThat(code).hasSize(WORDS);
    assertThat(refused).allMatch(each -> EXPECTED.contains(each.objection()));
  }

  private static List<Instruction> codeOf(byte[] library) {
    ArmDecoder decoder = ArmDecoder.of(ArmSet.A32);
    List<Instruction> code = new ArrayList<>();
    for (ElfText.Section section : ElfText.of(library)) {
      for (int offset = 0; offset < section.bytes().length; offset += 4) {
        long address = section.address() + offset;
        code.add((Instruction) decoder.decode(section.bytes(), offset, 4, address));
      }
    }
    return code;
  }

  /** The addresses of the words that literal loads lead to. */
  private static Set<Long> literals(List<Instruction> code) {
    Set<Long> data = new HashSet<>();
    for (Instruction instruction : code) {
      if (instruction.treatment() == Treatment.LOAD_LITERAL) {
        int offset = instruction.field('i');
        data.add((instruction.pc() + (instruction.field('U') == 1 ? offset : -offset)) & ~3L);
      }
    }
    return data;
  }

  private static byte[] jnaForArm() throws IOException {
    try (InputStream stream =
        Native.class.getResourceAsStream("/com/sun/jna/linux-arm/libjnidispatch.so")) {
      return stream.readAllBytes();
    }
  }

  /** What can be reached from the exported T32 functions of a C library, if there is one. */
  @Test
  void everyReachableInstructionOfAThumbLibraryIsKnown() throws Exception {
    Optional<Path> library =
        THUMB_LIBRARIES.stream().map(Path::of).filter(Files::isRegularFile).findFirst();
    assumeTrue(library.isPresent(), "needs an ARM libc in one of " + THUMB_LIBRARIES);
    byte[] file = Files.readAllBytes(library.get());
    ElfText.Section text =
        ElfText.of(file).stream().filter(s -> s.name().equals(".text")).findFirst().orElseThrow();
    ThumbWalk walk = new ThumbWalk(text);
    for (int function : ElfText.exportedFunctions(file)) {
      if ((function & 1) == 1) {
        walk.start(function & ~1L);
      }
    }
    Map<String, Integer> treatments = new TreeMap<>();
    List<Instruction> refused = new ArrayList<>();
    for (Instruction instruction : walk.reached()) {
      boolean isRefused = instruction.verdict().isRefused();
      Object kind = isRefused ? instruction.objection() : instruction.treatment();
      treatments.merge(String.valueOf(kind), 1, Integer::sum);
      Stream.of(instruction).filter(each -> isRefused).forEach(refused::add);
    }
    System.out.println(library.get().getFileName() + ": " + treatments);

    assertThat(treatments).isNotEmpty();
    assertThat(refused)
        .filteredOn(each -> !EXPECTED.contains(each.objection()))
        .map(each -> each + " " + ArmDecoder.of(ArmSet.T32).format(each))
        .isEmpty();
  }
}
