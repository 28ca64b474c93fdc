package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GNU objdump for ARM. */
final class Objdump {
  static final String PROGRAM = "arm-linux-gnueabihf-objdump";

  private static final Pattern LINE =
      Pattern.compile("^ *([0-9a-f]+):\\t([0-9a-f]{4,8}(?: [0-9a-f]{4})?) *\\t(.*)$");

  /** One line: address, length in bytes and text. */
  record Line(long address, String digits, String text) {
    int length() {
      return digits.replace(" ", "").length() / 2;
    }

    /** The encoding as the decoder takes it. */
    int encoding() {
      return Integer.parseUnsignedInt(digits.replace(" ", ""), 16);
    }

    /** A32 is printed as words, T32 as halfwords. */
    boolean isA32() {
      return digits.length() == 8;
    }

    boolean isData() {
      return text.startsWith(".");
    }
  }

  private Objdump() {}

  static boolean isInstalled() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, PROGRAM)));
  }

  /** Disassembles bytes as they would stand at an address. */
  static List<Line> disassemble(ArmSet set, byte[] code, long address)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("code", ".bin");
    try {
      Files.write(file, code);
      return run(set, file, address);
    } finally {
      Files.delete(file);
    }
  }

  /** Disassembles the code of an ELF file. */
  static List<Line> disassembleFile(Path file) throws IOException, InterruptedException {
    return run(List.of(PROGRAM, "-d", "-z", file.toString()));
  }

  private static List<Line> run(ArmSet set, Path file, long address)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(PROGRAM, "-D", "-z", "-b", "binary", "-m", "arm", "-EL", file.toString()));
    command.add("--adjust-vma=0x" + Long.toHexString(address));
    if (set == ArmSet.T32) {
      command.addAll(List.of("-M", "force-thumb"));
    }
    return run(command);
  }

  private static List<Line> run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<Line> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        parse(line, lines);
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException(PROGRAM + " failed with " + process.exitValue());
    }
    return lines;
  }

  private static void parse(String line, List<Line> lines) {
    Matcher matcher = LINE.matcher(line);
    if (matcher.matches()) {
      long address = Long.parseLong(matcher.group(1), 16);
      lines.add(new Line(address, matcher.group(2), matcher.group(3)));
    }
  }
}
