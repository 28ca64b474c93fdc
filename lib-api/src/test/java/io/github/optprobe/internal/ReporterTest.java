package io.github.optprobe.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Kprobe;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.text.TextException;
import io.github.optprobe.toy.ToyArchitecture;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

/** What goes into the log: failures that nobody may be listening for. */
class ReporterTest {
  private static final CodeAddress ADDRESS = new CodeAddress(0x4000, ToyArchitecture.TOY);
  private final Throwable failure = new IllegalStateException("on purpose");

  private final Log log = new Log();

  private Reporter reporter(ProbeListener... listeners) {
    return new Reporter(List.of(listeners), log);
  }

  @Test
  void failureOfAHandlerIsLoggedWithTheProbeAndTheException() {
    reporter().handlerFailed(Kprobe.at(ADDRESS).label("mine").build(), failure);

    assertThat(log.lines)
        .containsExactly(
            "WARNING a handler of Kprobe[mine at 0x4000 (toy)] failed; the program goes on");
    assertThat(log.thrown).containsExactly(failure);
  }

  @Test
  void failureOfAListenerIsLoggedAndTheNextOneIsTold() {
    List<CodeAddress> told = new ArrayList<>();
    ProbeListener bad =
        new ProbeListener() {
          @Override
          public void optimized(CodeAddress address) {
            throw new AssertionError("an error");
          }
        };
    ProbeListener good =
        new ProbeListener() {
          @Override
          public void optimized(CodeAddress address) {
            told.add(address);
          }
        };
    Reporter reporter = reporter(bad, good);
    reporter.optimized(ADDRESS);

    assertThat(told).containsExactly(ADDRESS);
    assertThat(reporter.optimizedTotal()).isEqualTo(1);
    assertThat(log.lines).containsExactly("WARNING a probe listener failed");
  }

  @Test
  void failuresOfStoresAreLoggedWithTheAddress() {
    TextException full = new TextException(TextException.Operation.WRITE, 0x4000, 1, "full");
    Reporter reporter = reporter();
    reporter.restoreFailed(ADDRESS, full);
    reporter.optimizeFailed(ADDRESS, full);

    assertThat(log.lines).hasSize(2).allMatch(line -> line.contains("0x4000 (toy)"));
    assertThat(log.thrown).containsOnly(full);
    assertThat(reporter.failedTotal()).as("jumps").isEqualTo(1);
  }

  @Test
  void whatGoesWellIsNotLogged() {
    Reporter reporter = reporter();
    reporter.optimized(ADDRESS);
    reporter.unoptimized(ADDRESS);

    assertThat(log.lines).isEmpty();
  }

  /** A logger that keeps what it is told. */
  private static final class Log implements System.Logger {
    private final List<String> lines = new ArrayList<>();
    private final List<Throwable> thrown = new ArrayList<>();

    @Override
    public String getName() {
      return "test";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable failure) {
      lines.add(level + " " + message);
      thrown.add(failure);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      lines.add(level + " " + format);
    }
  }
}
