package io.github.optprobe.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Instruction lengths over a real library, against those of GNU objdump. */
class ObjdumpDifferentialTest {
  private static final List<String> LIBRARY_DIRECTORIES =
      List.of("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64");

  /** One line of objdump's: an instruction's bytes. */
  private record Line(long address, String hex, String text) {
    byte[] bytes() {
      return HexFormat.ofDelimiter(" ").parseHex(hex);
    }
  }

  @Test
  void lengthsOfZlibAreThoseOfObjdump() throws Exception {
    Optional<Path> zlib = find("libz.so.1");
    assumeTrue(zlib.isPresent(), "needs an x86-64 libz.so.1 in a usual place");
    List<Line> lines = disassemble(zlib.get());
    byte[] text = concatenate(lines);
    X86Decoder decoder = X86Decoder.for64Bit();

    List<String> differences = new ArrayList<>();
    int offset = 0;
    for (Line line : lines) {
      Decoded decoded = decoder.decode(text, offset, text.length - offset, line.address());
      if (!line.text().contains("(bad)") && length(decoded) != line.bytes().length) {
        differences.add(decoded + " but objdump says " + line.bytes().length + ": " + line.text());
      }
      offset += line.bytes().length;
    }

    assertThat(lines).hasSizeGreaterThan(1000);
    assertThat(differences).isEmpty();
  }

  private static int length(Decoded decoded) {
    return decoded instanceof Instruction instruction ? instruction.length() : 0;
  }

  private static Optional<Path> find(String library) {
    return LIBRARY_DIRECTORIES.stream()
        .map(directory -> Path.of(directory, library))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static List<Line> disassemble(Path library) throws Exception {
    return Tool.run("objdump", "-d", "-w", "-j", ".text", library.toString()).stream()
        .flatMap(ObjdumpDifferentialTest::parse)
        .toList();
  }

  /** {@code " 401000:<tab>48 89 e5 <tab>mov %rsp,%rbp"}; all other lines are headings. */
  private static Stream<Line> parse(String line) {
    String[] parts = line.split("\t", 3);
    if (parts.length < 3) {
      return Stream.empty();
    }
    long address = Long.parseUnsignedLong(parts[0].strip().replace(":", ""), 16);
    return Stream.of(new Line(address, parts[1].strip(), parts[2]));
  }

  private static byte[] concatenate(List<Line> lines) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    lines.forEach(line -> text.writeBytes(line.bytes()));
    return text.toByteArray();
  }
}
