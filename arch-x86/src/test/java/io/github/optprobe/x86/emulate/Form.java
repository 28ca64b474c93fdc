package io.github.optprobe.x86.emulate;

import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.MachineMode;
import io.github.optprobe.x86.decode.X86Decoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One instruction that an assembler wrote, for {@link #ADDRESS}. */
record Form(MachineMode mode, String name, String assembly, String hex) {
  static final long ADDRESS = 0x40_1000;
  private static final Pattern BAR = Pattern.compile(" \\| ");

  static Stream<Form> all() {
    return Stream.concat(
        of(MachineMode.BITS_64, "emulated64.txt"), of(MachineMode.BITS_32, "emulated32.txt"));
  }

  static Form named(MachineMode mode, String name) {
    return all()
        .filter(each -> each.mode == mode && each.name.equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Stream<Form> of(MachineMode mode, String resource) {
    return lines(resource).stream().map(line -> parse(mode, line));
  }

  private static List<String> lines(String resource) {
    try (InputStream in = Form.class.getResourceAsStream(resource);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.US_ASCII))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Form parse(MachineMode mode, String line) {
    String[] parts = BAR.split(line, 3);
    return new Form(mode, parts[0], parts[1], parts[2]);
  }

  byte[] code() {
    return HexFormat.of().parseHex(hex);
  }

  Instruction decoded() {
    return decode(mode, code());
  }

  static Instruction decode(MachineMode mode, byte[] code) {
    X86Decoder decoder =
        mode == MachineMode.BITS_64 ? X86Decoder.for64Bit() : X86Decoder.for32Bit();
    return (Instruction) decoder.decode(code, ADDRESS);
  }

  /** Whether it is about a counter: a loop or a string instruction. */
  boolean counts() {
    return name.startsWith("loop") || name.contains("cxz") || isString();
  }

  boolean isString() {
    return Stream.of("movs", "cmps", "stos", "lods", "scas").anyMatch(name::startsWith);
  }

  boolean isNarrow() {
    return name.contains("narrow");
  }

  @Override
  public String toString() {
    return mode.bits() + " " + name;
  }
}
