package io.github.optprobe.arm32.emit;

import io.github.optprobe.arm32.table.ArmSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GNU as for ARM. */
final class GnuAssembler {
  private static final String PREFIX = "arm-linux-gnueabihf-";
  private static final Pattern ERROR = Pattern.compile("(?m)^[^:]+:(\\d+): Error:");
  private static final List<String> HEAD =
      List.of(".syntax unified", ".arch armv7-a", ".fpu neon", ".text");

  private final Path directory;
  private final ArmSet set;

  GnuAssembler(Path directory, ArmSet set) {
    this.directory = directory;
    this.set = set;
  }

  static boolean isInstalled() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(":", -1))
        .filter(each -> !each.isEmpty())
        .anyMatch(each -> Files.isExecutable(Path.of(each, PREFIX + "as")));
  }

  /** The bytes of code that starts at a word. */
  byte[] assemble(List<String> lines) throws IOException, InterruptedException {
    String printed = run(lines);
    if (!printed.isEmpty()) {
      throw new AssertionError(printed);
    }
    Path binary = directory.resolve("code.bin");
    run("objcopy", "-O", "binary", "-j", ".text", object().toString(), binary.toString());
    return Files.readAllBytes(binary);
  }

  /** The indices of the lines that it calls errors. */
  Set<Integer> refused(List<String> lines) throws IOException, InterruptedException {
    Set<Integer> refused = new TreeSet<>();
    Matcher matcher = ERROR.matcher(run(lines));
    while (matcher.find()) {
      refused.add(Integer.parseInt(matcher.group(1)) - HEAD.size() - 2);
    }
    return refused;
  }

  private String run(List<String> lines) throws IOException, InterruptedException {
    Path source = directory.resolve("code.s");
    String head = String.join("\n", HEAD) + "\n" + (set == ArmSet.A32 ? ".arm" : ".thumb") + "\n";
    Files.writeString(source, head + String.join("\n", lines) + "\n");
    return run("as", "-o", object().toString(), source.toString());
  }

  private Path object() {
    return directory.resolve("code.o");
  }

  private static String run(String program, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(PREFIX + program);
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      String printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return printed;
    }
  }
}
