package io.github.optprobe.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoTest {
  @Test
  void the_demo_ends_with_0_and_every_claim_holds() {
    Ran ran = run("demo");

    assertThat(ran.exitCode).isZero();
    assertThat(ran.output)
        .contains("claims hold, 0 do not")
        .contains("SINGLE_STEP costs 2 traps", "BOOSTED costs 1 traps", "OPTIMIZED costs 0 traps")
        .contains("int3", "detour buffer", "pushfq", "are the original")
        .contains("a32  OPTIMIZED", "t32  OPTIMIZED", "udf", "b.w")
        .doesNotContain("FAIL");
  }

  @Test
  void it_runs_on_a_given_file(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("data"), "some bytes, some more".getBytes(UTF_8));

    Ran ran = run("demo", file.toString());

    assertThat(ran.exitCode).isZero();
    assertThat(ran.output).contains("on 21 bytes");
  }

  @Test
  void a_result_that_is_not_the_expected_one_ends_it_with_a_failure() throws IOException {
    byte[] library = JnaSubject.library();
    try (Subject right = JnaSubject.load(library, new byte[100])) {
      Subject wrong =
          new Subject(
              right.architecture(),
              right.target(),
              right.image(),
              right.entered(),
              right.looping(),
              right.arguments(),
              right.expected() + 1,
              "something else");
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Claims claims = new Claims(new PrintStream(out, true, UTF_8));

      new Demo(wrong, claims, new PrintStream(out, true, UTF_8)).run();

      assertThat(claims.allHeld()).isFalse();
      assertThat(out.toString(UTF_8)).contains("FAIL unprobed");
    }
  }

  @Test
  void a_missing_file_ends_it_with_a_failure(@TempDir Path directory) {
    assertThat(run("demo", directory.resolve("missing").toString()).exitCode).isNotZero();
  }

  @Test
  void no_claim_is_no_success() {
    assertThat(new Claims(System.out).allHeld()).isFalse();
  }

  @Test
  void the_doctor_names_decoder_and_emulator() {
    Ran ran = run("doctor");

    assertThat(ran.exitCode).isZero();
    assertThat(ran.output).contains("x86-64", "a32", "t32", "Zydis 4.", "Capstone", "libunicorn");
  }

  private static Ran run(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      int exitCode = new CommandLine(new OptprobeCommand()).execute(arguments);
      return new Ran(exitCode, out.toString(UTF_8));
    } finally {
      System.setOut(before);
    }
  }

  private record Ran(int exitCode, String output) {}
}
