package io.github.optprobe.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code optprobe live demo}: probes in this very process. */
@Command(
    name = "demo",
    description = {
      "Put probes on the zlib of this very JVM, and watch it compress a file.",
      "Every line that begins with ok is computed. Leaves with 1 if one does not hold.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = "  optprobe live demo")
final class LiveDemoCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The file that is compressed, at most 2 MiB of it; without one, the JVM's own.")
  private @Nullable Path file;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws IOException {
    Claims claims = new Claims(out);
    try {
      new LiveDemo(claims, out).run(file == null ? javasOwn() : file);
    } catch (UnsupportedOperationException notHere) {
      System.err.println("optprobe live demo: " + notHere.getMessage());
      return io.github.optprobe.examples.command.ExitCode.MISSING.number();
    }
    claims.printTotal();
    return claims.allHeld() ? 0 : 1;
  }

  /** A file that every JVM has, and that neither is all zeros nor compressed already. */
  static Path javasOwn() {
    return Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
  }
}
