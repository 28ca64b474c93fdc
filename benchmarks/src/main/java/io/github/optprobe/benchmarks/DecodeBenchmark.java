package io.github.optprobe.benchmarks;

import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.x86.X86_64;
import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.X86Decoder;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Decoding. {@link #nativeLoop} is the baseline of {@link #decodeLoop}; {@link #decodeOne} is the
 * baseline of everything else that reads code: one instruction through the decode room, all fields
 * read.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
  private static final int LOOP = 4096;

  private final RealCode code = new RealCode();
  private final byte[] bytes = code.bytes();
  private final long[] starts = code.instructionStarts(4096);
  private final X86Decoder decoder = X86Decoder.for64Bit();
  private final X86_64 architecture = new X86_64();
  private final ByteArrayText text = code.text();
  private final CodeMap.Function median = medianFunction(code.functions());
  private final NativeLoop nativeLoop = new NativeLoop(bytes, LOOP);
  private int next;

  /** One instruction of real code. */
  @Benchmark
  public Decoded decodeOne() {
    next = (next + 1) % starts.length;
    int offset = (int) (starts[next] - code.address());
    return decoder.decode(bytes, offset, Math.min(15, bytes.length - offset), starts[next]);
  }

  /** The decoder library's own loop over the same instructions as {@link #decodeLoop}. */
  @Benchmark
  @OperationsPerInvocation(LOOP)
  public long nativeLoop() {
    return nativeLoop.run();
  }

  /** Consecutive instructions through the decode room, all fields read. */
  @Benchmark
  @OperationsPerInvocation(LOOP)
  public int decodeLoop(Blackhole hole) {
    int offset = 0;
    for (int i = 0; i < LOOP; i++) {
      Decoded decoded = decoder.decode(bytes, offset, bytes.length - offset, offset);
      hole.consume(decoded);
      offset += decoded instanceof Instruction instruction ? instruction.length() : 1;
    }
    return offset;
  }

  /** The whole of the function of median size. */
  @Benchmark
  public CodeScan scanMedianFunction() {
    return architecture.scan(text, median.body());
  }

  private static CodeMap.Function medianFunction(List<CodeMap.Function> functions) {
    return functions.stream()
        .sorted(Comparator.comparingLong((CodeMap.Function each) -> each.body().length()))
        .skip(functions.size() / 2)
        .findFirst()
        .orElseThrow();
  }
}
