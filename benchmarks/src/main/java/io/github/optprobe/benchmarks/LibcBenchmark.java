package io.github.optprobe.benchmarks;

import io.github.optprobe.CodeMap;
import io.github.optprobe.RefusedException;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.Gate;
import io.github.optprobe.arch.Preparation;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.Slot;
import io.github.optprobe.x86.X86_64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Preparing at the entries of the machine's libc, in ascending order of addresses, and scanning.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LibcBenchmark {
  private static final Gate GATE = Gate.at(0x10_0000L);

  private final RealCode code = RealCode.libc();
  private final X86_64 architecture = new X86_64();
  private final ByteArrayText text = code.text();
  private final CodeMap.Function median = median(code.functions());
  private final List<Long> entries =
      code.functions().stream().map(each -> each.body().first()).filter(this::canBeMoved).toList();
  private int next;

  /** Window and detour buffer at one entry after the other, without the scan of the function. */
  @Benchmark
  public PreparedDetour prepareOptimizedAtEntries() {
    next = (next + 1) % entries.size();
    Preparation preparation = preparation(entries.get(next));
    return architecture.prepareDetour(architecture.planWindow(preparation), preparation, GATE);
  }

  /** The scan of the function of median size. */
  @Benchmark
  public CodeScan scanMedianFunction() {
    return architecture.scan(text, median.body());
  }

  private boolean canBeMoved(long entry) {
    try {
      WindowPlan plan = architecture.planWindow(preparation(entry));
      return plan.instructions() > 0;
    } catch (RefusedException refused) {
      return false;
    }
  }

  private Preparation preparation(long entry) {
    return new Preparation(X86_64.at(entry), text, LibcBenchmark::lowest);
  }

  private static Optional<Slot> lowest(int bytes, AddressRange within) {
    return Optional.of(new Slot(within.first(), bytes));
  }

  private static CodeMap.Function median(List<CodeMap.Function> functions) {
    return functions.stream()
        .sorted(Comparator.comparingLong((CodeMap.Function each) -> each.body().length()))
        .skip(functions.size() / 2)
        .findFirst()
        .orElseThrow();
  }
}
