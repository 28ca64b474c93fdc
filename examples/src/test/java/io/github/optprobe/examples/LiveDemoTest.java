package io.github.optprobe.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(
    value = OS.LINUX,
    architectures = "amd64",
    disabledReason = "probes on this very process need x86-64 Linux")
class LiveDemoTest {
  private static final int BYTES = 100_000;

  @TempDir private Path directory;

  @Test
  void every_claim_holds_as_often_as_it_is_run() throws IOException {
    Path file = someFile();
    for (int i = 0; i < 2; i++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Claims claims = new Claims(new PrintStream(out, true, UTF_8));

      new LiveDemo(claims, new PrintStream(out, true, UTF_8)).run(file);

      assertThat(claims.allHeld()).as(out.toString(UTF_8)).isTrue();
      assertThat(out.toString(UTF_8))
          .contains("compressing 100,000 bytes of " + file)
          .contains("Java_java_util_zip_Deflater_deflateBytesBytes", "r9 = 16,384")
          .contains("a handler in Java saw the one call", "level -1, on thread")
          .contains("[16384, 32767]", "bytes of code are the original");
    }
  }

  /** The claims compare with this, so it must not be made of what the probes say. */
  @Test
  void what_java_hands_to_zlib_adds_up_to_the_file() throws IOException {
    Compression compression = Compression.of(someFile());

    assertThat(compression.decompressed()).isEqualTo(Files.readAllBytes(someFile()));
    assertThat(compression.calls()).isEqualTo(compression.inputs().size());
    assertThat(compression.inputs()).allMatch(size -> size >= 0 && size <= 16_384);
    // The zeros are calls for output that is left.
    assertThat(compression.inputs().stream().mapToLong(Long::longValue).sum())
        .isGreaterThanOrEqualTo(BYTES);
  }

  private Path someFile() throws IOException {
    byte[] bytes = new byte[BYTES];
    new Random(1).nextBytes(bytes);
    IntStream.range(0, BYTES).filter(i -> i % 3 == 0).forEach(i -> bytes[i] = 0);
    return Files.write(directory.resolve("data"), bytes);
  }
}
