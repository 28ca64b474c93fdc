package io.github.optprobe.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.examples.agent.Line;
import io.github.optprobe.examples.agent.TraceRequest;
import io.github.optprobe.live.LiveProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Traces a second JVM, which has nothing of the library on its class path. */
@Tag("corpus") // long: it starts JVMs and attaches to them
class LiveTraceTest {
  private static final String DEFLATE = "libzip.so!Java_java_util_zip_Deflater_deflateBytesBytes";
  private static final String END = "libzip.so!Java_java_util_zip_Deflater_end";

  private static Process busy;
  private static String process;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(LiveProcess.whyNot().isEmpty(), () -> LiveProcess.whyNot().orElseThrow());
    busy =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classesOf(BusyJvm.class),
                BusyJvm.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process = Long.toString(busy.pid());
    BufferedReader out = busy.inputReader();
    assertThat(out.readLine()).isEqualTo("ready");
  }

  private static String classesOf(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException wrong) {
      throw new IOException(wrong);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    if (busy != null) {
      busy.getOutputStream().close();
      busy.destroy();
    }
  }

  @Test
  void it_counts_records_and_removes_its_probes() {
    Ran ran =
        live(
            "trace",
            process,
            DEFLATE,
            END,
            "--args",
            "6",
            "--histogram",
            "r9",
            "--seconds",
            "0.4",
            "--interval",
            "0.1");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    // JNIEnv*, class, z_stream*, array, offset 0, 3000 bytes
    assertThat(ran.out().lines().filter(line -> line.startsWith(DEFLATE + "(")))
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches(
                    Pattern.quote(DEFLATE) + "\\((0x[0-9a-f]+, ){4}0x0, 0xbb8\\)  thread 0x.*"));
    // Not the same: probes go one after the other, and the other process goes on meanwhile.
    assertThat(hits(ran, "deflateBytesBytes")).isPositive();
    assertThat(hits(ran, "Deflater_end")).isPositive();
    assertThat(ran.out()).contains("[2048, 4095]", "6 probes removed, the text is as it was");
    assertThat(ran.out().lines().filter(line -> line.matches(" +\\d+\\.\\d s  .*hits/s.*")))
        .hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void it_shows_what_calls_return() {
    Ran ran = live("trace", process, DEFLATE, "--ret", "--seconds", "0.2");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    List<String> returned =
        ran.out().lines().filter(line -> line.startsWith(DEFLATE + " = ")).toList();
    assertThat(returned).isNotEmpty().allMatch(line -> line.endsWith("  thread busy"));
    // Deflater.c: bytes read in the low 31 bits, bytes written in the next 31, bit 62 if finished
    assertThat(returned)
        .allMatch(
            line -> {
              String[] words = line.split(" ", -1);
              long value = Long.decode(words[2]);
              return (value & 0x7fff_ffffL) == BusyJvm.INPUT && (value >>> 62 & 1) == 1;
            });
  }

  @Test
  void a_handler_in_java_is_not_put_where_java_could_hang() {
    Ran shared = live("list", process, "libz.so.1");
    String zlib = shared.exitCode() == 0 ? "libz.so.1" : "libzip.so";
    Ran functions = shared.exitCode() == 0 ? shared : live("list", process, zlib);
    assumeTrue(functions.out().contains("  deflate\n"), "this JVM has a zlib without names");

    Ran ran = live("trace", process, zlib + "!deflate", "--ret", "--seconds", "0.1");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("critical sections of JNI");
  }

  @Test
  void it_names_libraries_and_functions() {
    assertThat(live("list", process).out())
        .contains("libzip.so ", "libjvm.so ", "libc.so.6 ", "exported");
    assertThat(live("list", process, "libzip.so").out())
        .containsPattern("0x[0-9a-f]+  exported  Java_java_util_zip_Deflater_end\n");
  }

  @Test
  void it_says_what_is_not_there() {
    Ran noFunction = live("trace", process, "libzip.so!Java_java_util_zip_Deflater_and");
    Ran noLibrary = live("list", process, "libzop.so");
    Ran forbidden = live("trace", process, "ld-linux-x86-64.so.2!__tls_get_addr");

    assertThat(noFunction.exitCode()).isEqualTo(1);
    assertThat(noFunction.err())
        .contains("no function has this name", "did you mean Java_java_util_zip_Deflater_end");
    assertThat(noLibrary.exitCode()).isEqualTo(1);
    assertThat(noLibrary.err()).contains("no library of this name is loaded", "libzip.so");
    assertThat(forbidden.exitCode()).isEqualTo(1);
    assertThat(forbidden.err()).contains("BLACKLISTED");
  }

  /** As when the command is killed. */
  @Test
  void a_line_that_breaks_takes_the_probes_with_it() throws IOException {
    TraceRequest endless =
        new TraceRequest(TraceRequest.Kind.TRACE, List.of(DEFLATE), 0, false, "", 10, 0);
    try (Attachment agent = Attachment.open(busy.pid(), endless)) {
      assertThat(agent.next().word()).isEqualTo(Line.Word.READY);
      assertThat(live("list", process).err()).contains("open already");
    }

    Ran next = live("list", process);
    for (int i = 0; i < 100 && next.err().contains("open already"); i++) {
      next = live("list", process);
    }
    assertThat(next.exitCode()).as(next.err()).isZero();
    assertThat(busy.isAlive()).isTrue();
  }

  @Test
  void what_the_other_jvm_reads_is_for_the_user_only_and_goes() throws IOException {
    Path directory;
    try (AgentFiles files = AgentFiles.write(new Properties())) {
      directory = Path.of(files.jar()).getParent();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
          .isEqualTo("rwx------");
      assertThat(Path.of(files.request())).isRegularFile();
      try (JarFile jar = new JarFile(files.jar())) {
        assertThat(jar.getManifest().getMainAttributes().getValue("Agent-Class"))
            .isEqualTo("io.github.optprobe.examples.agent.LiveAgent");
      }
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void processes_that_are_none_are_refused() {
    Ran self = live("list", Long.toString(ProcessHandle.current().pid()));

    assertThat(self.exitCode()).isEqualTo(2);
    assertThat(self.err()).contains("is this command itself");
    assertThat(live("list", "999999999").err()).contains("there is no process 999999999");
  }

  private static long hits(Ran ran, String function) {
    return ran.out()
        .lines()
        .filter(line -> line.contains(function) && line.contains("OPTIMIZED"))
        .filter(line -> !line.contains("hits/s"))
        .map(line -> line.trim().split(" +", -1))
        .mapToLong(words -> Long.parseLong(words[2].replace(",", "")))
        .findFirst()
        .orElseThrow();
  }

  private static Ran live(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "live";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Ran.optprobe(all);
  }
}
