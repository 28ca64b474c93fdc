package io.github.optprobe.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** GNU binutils and GCC: what they say of a file is what the reader is held against. */
final class Binutils {
  /** Options that make A32 code. */
  static final List<String> A32 = arm("-marm");

  /** Options that make T32 code. */
  static final List<String> T32 = arm("-mthumb");

  /** Options that make A32 and T32 code, from one function to the next. */
  static final List<String> MIXED = arm("-mthumb", "-mflip-thumb");

  private static final String ARM = "arm-linux-gnueabihf-";
  private static final List<String> ALWAYS =
      List.of(
          "-std=gnu11",
          "-O2",
          "-shared",
          "-fPIC",
          "-nostdlib",
          "-ffreestanding",
          "-fno-builtin",
          "-fno-stack-protector",
          "-fno-tree-loop-distribute-patterns",
          "-ffp-contract=off",
          "-Wl,--no-undefined");

  private Binutils() {}

  /** A library for ARM compiled from the sample; the test is skipped without a compiler. */
  static byte[] sample(List<String> set, String... more) throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(ALWAYS);
    options.addAll(set);
    options.addAll(List.of(more));
    return compile(source(), options);
  }

  private static String source() throws IOException {
    try (InputStream in = Binutils.class.getResourceAsStream("sample.c")) {
      return new String(
          Objects.requireNonNull(in, "sample.c").readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A library for ARM compiled from a source in C; the test is skipped without a compiler. */
  static byte[] compile(String source, List<String> options)
      throws IOException, InterruptedException {
    Path input = Files.createTempFile("source", ".c");
    Path output = Files.createTempFile("library", ".so");
    try {
      Files.writeString(input, source);
      List<String> all = new ArrayList<>(options);
      all.addAll(List.of("-o", output.toString(), input.toString()));
      run(ARM + "gcc", all);
      return Files.readAllBytes(output);
    } finally {
      Files.delete(input);
      Files.delete(output);
    }
  }

  /** What a program for ARM prints of a file, as far as a pattern matches whole lines. */
  static List<MatchResult> lines(byte[] file, String pattern, String program, String... options)
      throws IOException, InterruptedException {
    Path copy = Files.createTempFile("library", ".so");
    try {
      Files.write(copy, file);
      return lines(copy, pattern, ARM + program, options);
    } finally {
      Files.delete(copy);
    }
  }

  /** What a program prints of a file, as far as a pattern matches whole lines. */
  static List<MatchResult> lines(Path file, String pattern, String program, String... options)
      throws IOException, InterruptedException {
    Pattern line = Pattern.compile(pattern);
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.add(file.toString());
    return run(program, all).stream()
        .map(line::matcher)
        .filter(matcher -> matcher.matches())
        .map(matcher -> matcher.toMatchResult())
        .toList();
  }

  private static List<String> run(String program, List<String> arguments)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(isOnPath(program), () -> "needs " + program + " on the path");
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(command.toString()).isZero();
    return new String(output, StandardCharsets.UTF_8).lines().toList();
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private static List<String> arm(String... sets) {
    List<String> options = new ArrayList<>(List.of(sets));
    options.addAll(List.of("-march=armv7-a", "-mfpu=vfpv3-d16", "-mfloat-abi=hard"));
    return List.copyOf(options);
  }
}
