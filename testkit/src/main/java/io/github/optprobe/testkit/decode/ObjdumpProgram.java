package io.github.optprobe.testkit.decode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GNU objdump for one instruction set.
 *
 * @param program its name, on the path
 * @param options that make it read bytes as this instruction set
 */
record ObjdumpProgram(String program, List<String> options) {
  /** Address, bytes or words as hex digits, text. */
  private static final Pattern LINE =
      Pattern.compile("^ *([0-9a-f]+):\\t([0-9a-f]{2,8}(?: [0-9a-f]{2,4})*) *(?:\\t(.*))?$");

  /** One line: length in bytes, and text. */
  record Line(int length, String text) {}

  static boolean knows(String instructionSet) {
    return switch (instructionSet) {
      case "x86-64", "x86-32", "a32", "t32" -> true;
      default -> false;
    };
  }

  static ObjdumpProgram of(String instructionSet) {
    return switch (instructionSet) {
      case "x86-64" -> x86("i386:x86-64");
      case "x86-32" -> x86("i386");
      case "a32" -> arm("no-force-thumb");
      case "t32" -> arm("force-thumb");
      default -> throw new IllegalArgumentException("objdump for " + instructionSet);
    };
  }

  private static ObjdumpProgram x86(String machine) {
    return new ObjdumpProgram("objdump", List.of("-m", machine, "-M", "intel"));
  }

  private static ObjdumpProgram arm(String mode) {
    return new ObjdumpProgram(
        "arm-linux-gnueabihf-objdump", List.of("-m", "arm", "-EL", "-M", mode));
  }

  boolean isInstalled() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /**
   * Some lines of a disassembly, by address.
   *
   * @param wanted which ones
   */
  Map<Long, Line> disassemble(byte[] code, long address, LongPredicate wanted) {
    try {
      Path file = Files.createTempFile("code", ".bin");
      try {
        Files.write(file, code);
        return run(file, address, wanted);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(program, e);
    }
  }

  private Map<Long, Line> run(Path file, long address, LongPredicate wanted) throws IOException {
    List<String> command = new ArrayList<>(List.of(program, "-D", "-z", "-w", "-b", "binary"));
    command.addAll(options);
    command.add("--adjust-vma=0x" + Long.toHexString(address));
    command.add(file.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    Map<Long, Line> lines = new TreeMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      reader.lines().filter(line -> isWanted(line, wanted)).forEach(line -> parse(line, lines));
    }
    requireSuccess(process);
    return lines;
  }

  private void requireSuccess(Process process) throws IOException {
    try {
      if (process.waitFor() != 0) {
        throw new IOException(program + " failed with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(program + " was interrupted", e);
    }
  }

  /** Most lines are not; a look at the address is all that they cost. */
  private static boolean isWanted(String line, LongPredicate wanted) {
    int end = line.indexOf(':');
    int start = 0;
    while (start < end && line.charAt(start) == ' ') {
      start++;
    }
    long address = 0;
    for (int i = start; i < end; i++) {
      int digit = Character.digit(line.charAt(i), 16);
      if (digit < 0) {
        return false;
      }
      address = address * 16 + digit;
    }
    return end > start && wanted.test(address);
  }

  private static void parse(String line, Map<Long, Line> lines) {
    Matcher matcher = LINE.matcher(line);
    if (matcher.matches()) {
      long address = Long.parseUnsignedLong(matcher.group(1), 16);
      int digits = matcher.group(2).replace(" ", "").length();
      String text = matcher.group(3);
      lines.put(address, new Line(digits / 2, text == null ? "" : text));
    }
  }
}
