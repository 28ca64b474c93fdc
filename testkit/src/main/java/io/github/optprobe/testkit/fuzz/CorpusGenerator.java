package io.github.optprobe.testkit.fuzz;

import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.elf.ElfLibrary;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Windows that slide over the code of a real binary: one case for each place in it. */
final class CorpusGenerator implements Generator {
  private static final long BASE = 0x10_0000;
  private static final int LONGEST = 15;

  private final String name;
  private final byte[] code;
  private final int step;

  private CorpusGenerator(String name, byte[] code, int step) {
    this.name = name;
    this.code = code;
    this.step = step;
  }

  /**
   * The functions of a library, one behind the other.
   *
   * @throws IllegalArgumentException if it has no code of that instruction set
   */
  static CorpusGenerator ofElf(Path file, String instructionSet) {
    ElfLibrary library = ElfLibrary.read(file);
    TextReader text = library.text(BASE);
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    library.functions(BASE).stream()
        .filter(each -> each.instructionSet().name().equals(instructionSet))
        .map(ElfFunction::body)
        .forEach(body -> code.writeBytes(read(text, body)));
    int step = step(instructionSet);
    if (code.size() < step) {
      throw new IllegalArgumentException("%s has no code of %s".formatted(file, instructionSet));
    }
    return new CorpusGenerator("corpus:" + file, code.toByteArray(), step);
  }

  private static byte[] read(TextReader text, AddressRange body) {
    return text.readFully(body.first(), (int) (body.last() - body.first() + 1));
  }

  private static int step(String instructionSet) {
    return switch (instructionSet) {
      case "a32" -> Integer.BYTES;
      case "t32" -> Short.BYTES;
      default -> 1;
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int generate(long seed, long index, byte[] into) {
    int from = (int) (index % (code.length / step)) * step;
    int longest = step == 1 ? LONGEST : Integer.BYTES;
    int length = Math.min(longest, code.length - from);
    System.arraycopy(code, from, into, 0, length);
    return length;
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(code.length / step);
  }
}
