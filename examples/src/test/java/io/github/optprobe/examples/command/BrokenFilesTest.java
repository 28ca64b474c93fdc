package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a file is, a sweep says something about it and goes on. Property {@code
 * optprobe.mutants}: how many broken files of each kind.
 */
@Tag("corpus")
class BrokenFilesTest {
  private static final int HEADER = 64;
  private static final int MUTANTS = Integer.getInteger("optprobe.mutants", 30);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"tiny-x86-64.so", "tiny-x86-32.so", "tiny-t32.so"})
  void files_that_were_cut_off_are_named(String file) throws IOException {
    byte[] whole = Files.readAllBytes(Ran.FILES.resolve(file));
    int cuts = 20;
    for (int i = 0; i < cuts; i++) {
      write(i, Arrays.copyOf(whole, Math.max(4, whole.length * i / cuts)));
    }

    // The section headers are the last thing in these files.
    assertThat(sweep()).containsEntry("failed", (long) cuts).containsEntry("files", 0L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-x86-64.so", "tiny-x86-32.so", "tiny-a32.so", "tiny-t32.so"})
  void files_with_broken_headers_end_no_sweep(String file) throws IOException {
    byte[] whole = Files.readAllBytes(Ran.FILES.resolve(file));
    Random random = new Random(42);
    int headers = headers(whole);
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = whole.clone();
      for (int j = 0; j <= i % 4; j++) {
        boolean inFront = random.nextBoolean();
        int at = inFront ? 4 + random.nextInt(HEADER) : headers + random.nextInt(400);
        mutant[Math.min(at, whole.length - 1)] = anyByte(random);
      }
      write(i, mutant);
    }

    Map<String, Object> total = sweep();

    assertThat((long) total.get("failed")).isPositive();
    assertThat((long) total.get("files")).isPositive();
    assertThat((long) total.get("files") + (long) total.get("failed")).isEqualTo(MUTANTS);
  }

  /** Everywhere but in the magic number: symbols, unwind information, code. */
  @ParameterizedTest
  @ValueSource(strings = {"tiny-x86-64.so", "tiny-x86-32.so", "tiny-a32.so", "tiny-t32.so"})
  void files_with_broken_content_end_no_sweep(String file) throws IOException {
    byte[] whole = Files.readAllBytes(Ran.FILES.resolve(file));
    Random random = new Random(43);
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = whole.clone();
      for (int j = 0; j < 40; j++) {
        mutant[4 + random.nextInt(whole.length - 4)] = anyByte(random);
      }
      write(i, mutant);
    }

    Map<String, Object> total = sweep();

    assertThat((long) total.get("files") + (long) total.get("failed")).isEqualTo(MUTANTS);
  }

  @Test
  void a_name_that_moves_the_cursor_does_not(@TempDir Path elsewhere) throws IOException {
    Path file = elsewhere.resolve("a\u001b[2Jb.so");
    Files.copy(Ran.FILES.resolve("tiny-dead.so"), file);

    Ran ran = Ran.optprobe("sweep", file.toString(), elsewhere.resolve("\u0007") + "");

    assertThat(ran.out()).doesNotContain("\u001b", "\u0007").contains("\ufffd[2Jb.so");
  }

  private Map<String, Object> sweep() {
    Ran ran = Ran.optprobe("sweep", "--json", directory.toString());
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isBetween(0, 1);
    assertThat(ran.json())
        .filteredOn(each -> each.get("type").equals("failed"))
        .allSatisfy(
            each -> assertThat((String) each.get("reason")).isNotBlank().doesNotContain("a bug"));
    return ran.json().get(ran.json().size() - 1);
  }

  private void write(int number, byte[] content) throws IOException {
    Files.write(directory.resolve("%04d".formatted(number)), content);
  }

  private static byte anyByte(Random random) {
    int[] likely = {0, 1, 0x7f, 0x80, 0xff};
    return (byte) (random.nextBoolean() ? likely[random.nextInt(5)] : random.nextInt(256));
  }

  /** Where the section headers begin: at the end of the file, less than 15 of them. */
  private static int headers(byte[] file) {
    return Math.max(HEADER, file.length - 900);
  }
}
