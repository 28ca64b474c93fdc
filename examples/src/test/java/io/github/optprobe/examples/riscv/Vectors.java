package io.github.optprobe.examples.riscv;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What GNU as made of each instruction of the table, with several operands, and objdump of that.
 */
final class Vectors {
  static final long FIRST_ADDRESS = 0x30_0000;

  private Vectors() {}

  /**
   * A recorded line.
   *
   * @param address where it was assembled
   * @param word what the assembler made
   * @param text what the disassembler wrote
   */
  record Vector(long address, int word, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  static List<Vector> of(Xlen xlen) {
    String resource = xlen.instructionSet().name() + ".vectors";
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in = Vectors.class.getResourceAsStream(resource)) {
      String all = new String(Objects.requireNonNull(in, resource).readAllBytes(), UTF_8);
      all.lines().filter(line -> !line.startsWith("#")).forEach(line -> add(line, vectors));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return vectors;
  }

  private static void add(String line, List<Vector> vectors) {
    int blank = line.indexOf(' ');
    vectors.add(
        new Vector(
            FIRST_ADDRESS + (long) Instruction.BYTES * vectors.size(),
            Integer.parseUnsignedInt(line.substring(0, blank), 16),
            line.substring(blank + 1)));
  }
}
