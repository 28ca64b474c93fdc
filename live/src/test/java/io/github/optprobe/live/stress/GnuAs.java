package io.github.optprobe.live.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** GNU as for x86-64; a test that needs it is skipped where it is absent. */
public final class GnuAs {
  private GnuAs() {}

  /** Fails if the assembler makes other bytes of the text. */
  public static void check(String text, byte[] bytes) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("as");
    Path source = folder.resolve("code.s");
    Path object = folder.resolve("code.o");
    Path binary = folder.resolve("code.bin");
    try {
      Files.writeString(source, ".intel_syntax noprefix\n" + text);
      run("as", "--64", "-o", object.toString(), source.toString());
      run("objcopy", "-O", "binary", "-j", ".text", object.toString(), binary.toString());
      assertThat(Files.readAllBytes(binary)).isEqualTo(bytes);
    } finally {
      for (Path each : List.of(source, object, binary, folder)) {
        Files.deleteIfExists(each);
      }
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException absent) {
      assumeTrue(false, command[0] + " (package binutils) is not here: " + absent.getMessage());
      return;
    }
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(new String(output, StandardCharsets.UTF_8)).isZero();
  }
}
