package io.github.optprobe.testkit.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** GNU binutils and GCC for ARM: what they say of a file is what the loader is held against. */
final class Binutils {
  private static final String PREFIX = "arm-linux-gnueabihf-";

  private Binutils() {}

  /** A library compiled from the sample; the test is skipped where there is no compiler. */
  static byte[] sample(List<String> options, String... more) {
    CrossCompiler compiler =
        CrossCompiler.find(PREFIX + "gcc")
            .orElseGet(() -> Assumptions.abort("needs " + PREFIX + "gcc on the path"));
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return SampleLibrary.compile(compiler, all);
  }

  /** What a program prints of a file, as far as a pattern matches whole lines. */
  static List<MatchResult> lines(byte[] file, String pattern, String program, String... options)
      throws IOException, InterruptedException {
    Pattern line = Pattern.compile(pattern);
    return run(file, program, options).stream()
        .map(line::matcher)
        .filter(matcher -> matcher.matches())
        .map(matcher -> matcher.toMatchResult())
        .toList();
  }

  private static List<String> run(byte[] file, String program, String... options)
      throws IOException, InterruptedException {
    if (CrossCompiler.find(PREFIX + program).isEmpty()) {
      Assumptions.abort("needs " + PREFIX + program + " (package binutils-arm-linux-gnueabihf)");
    }
    Path copy = Files.createTempFile("library", ".so");
    try {
      Files.write(copy, file);
      List<String> command = new ArrayList<>(List.of(PREFIX + program));
      command.addAll(Arrays.asList(options));
      command.add(copy.toString());
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).as(command.toString()).isZero();
      return new String(output, StandardCharsets.UTF_8).lines().toList();
    } finally {
      Files.delete(copy);
    }
  }
}
