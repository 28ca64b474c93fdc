package io.github.optprobe.examples;

import io.github.optprobe.Kprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.live.Condition;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.Filtered;
import io.github.optprobe.live.Histogram;
import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.live.Operand;
import io.github.optprobe.live.Recorder;
import io.github.optprobe.live.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * Probes the zlib of the JVM that this runs in, while Java compresses a file, and claims about it
 * what Java can tell by itself.
 */
final class LiveDemo {
  private static final String JAVAS_LIBRARY = "libzip.so";
  private static final String ZLIB = "libz.so.1";
  private static final String DEFLATE_OF_JAVA = "Java_java_util_zip_Deflater_deflateBytesBytes";
  private static final String INIT_OF_JAVA = "Java_java_util_zip_Deflater_init";

  /** The sixth argument of the JNI function: environment, class, stream, array, offset, length. */
  private static final String INPUT_LENGTH = "r9";

  /** The third one of the other: environment, class, level. */
  private static final String LEVEL = "rdx";

  private static final int SHOWN_SAMPLES = 3;
  private static final int CAPACITY = 1 << 14;
  private static final int MOST_BYTES = 2 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Claims claims;
  private final PrintStream out;
  private final Counter calls = Counter.create();
  private final Histogram sizes = Histogram.of(Operand.register(INPUT_LENGTH));
  private final Filtered sizesButZero =
      Filtered.when(Condition.notEqualTo(Operand.register(INPUT_LENGTH), 0), sizes);
  private final Recorder samples = Recorder.of(CAPACITY, Operand.register(INPUT_LENGTH));
  private final ConcurrentLinkedQueue<String> javaHits = new ConcurrentLinkedQueue<>();

  LiveDemo(Claims claims, PrintStream out) {
    this.claims = claims;
    this.out = out;
  }

  /**
   * Runs it on the first bytes of a file.
   *
   * @throws UnsupportedOperationException if there can be no probes in this process
   */
  void run(Path file) throws IOException {
    Path copy = Files.createTempFile("optprobe-demo", null);
    try {
      byte[] original = firstBytes(file);
      Files.write(copy, original);
      runOnCopy(copy, original, file);
    } finally {
      Files.delete(copy);
    }
  }

  private static byte[] firstBytes(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES);
    }
  }

  private void runOnCopy(Path copy, byte[] original, Path file) throws IOException {
    // Without probes, which also loads the library.
    Compression unprobed = Compression.of(copy);
    LiveProcess live = LiveProcess.open();
    byte[] before;
    try (live) {
      out.printf(
          "this JVM (Java %s, process %d), compressing %,d bytes of %s%n%n",
          Runtime.version().feature(), ProcessHandle.current().pid(), original.length, file);
      before = codeNow(live);
      probe(live, copy, original, unprobed);
    }
    claims.check(
        Arrays.equals(before, codeNow(live)),
        "closed: all %,d bytes of code are the original".formatted(before.length));
    claims.checkEqual(0L, live.lost(), "no hit was lost");
    out.println();
  }

  private void probe(LiveProcess live, Path copy, byte[] original, Compression unprobed)
      throws IOException {
    List<ProbeHandle> probes = register(live);
    Counter inZlib = Counter.create();
    boolean isShared = usesSharedZlib(live);
    if (isShared) {
      probes.add(register(live, Kprobe.at(at(ZLIB, "deflate")).preHandler(inZlib)));
    }
    awaitJumps(live);
    Compression probed = Compression.of(copy);
    live.kprobes().list().forEach(out::println);
    out.println();
    out.println(probes.get(0).picture());
    claimTiers(probes);
    claims.check(
        Arrays.equals(unprobed.bytes(), probed.bytes()),
        "probed, Java compresses it to the same %,d bytes".formatted(probed.bytes().length));
    claims.check(
        Arrays.equals(original, probed.decompressed()), "decompressed again it is the original");
    claimCalls(probed, probes.get(0));
    if (isShared) {
      claims.checkEqual(
          probed.calls(), inZlib.sum(), "deflate of %s was called as often".formatted(ZLIB));
    }
    claimSizes(probed);
    claimJavaHandler(live);
  }

  private List<ProbeHandle> register(LiveProcess live) {
    List<ProbeHandle> probes = new ArrayList<>();
    probes.add(register(live, Kprobe.at(at(JAVAS_LIBRARY, DEFLATE_OF_JAVA)).preHandler(calls)));
    probes.add(
        register(live, Kprobe.at(at(JAVAS_LIBRARY, DEFLATE_OF_JAVA)).preHandler(sizesButZero)));
    probes.add(register(live, Kprobe.at(at(JAVAS_LIBRARY, DEFLATE_OF_JAVA)).preHandler(samples)));
    probes.add(register(live, Kprobe.at(at(JAVAS_LIBRARY, INIT_OF_JAVA)).onHit(this::noteInJava)));
    return probes;
  }

  private static ProbeHandle register(LiveProcess live, Kprobe.Builder probe) {
    return live.kprobes().register(probe.build());
  }

  private static SymbolOffset at(String library, String symbol) {
    return new SymbolOffset(library, symbol, 0);
  }

  private void noteInJava(Registers registers) {
    javaHits.add(
        "level %d, on thread %s"
            .formatted((int) registers.get(LEVEL), Thread.currentThread().getName()));
  }

  /** Whether Java's own library is linked with the system's zlib; else it has one of its own. */
  private static boolean usesSharedZlib(LiveProcess live) {
    return live.libraries().named(JAVAS_LIBRARY).stream()
        .anyMatch(library -> library.needed().contains(ZLIB));
  }

  private static void awaitJumps(LiveProcess live) {
    try {
      live.kprobes().awaitOptimizer(PATIENCE);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Which tier it is depends on how this JVM's library was compiled. */
  private void claimTiers(List<ProbeHandle> probes) {
    for (ProbeHandle probe : probes.subList(2, probes.size())) {
      Optional<Tier> tier = probe.tier();
      String what = probe.probe().place().toString();
      claims.check(
          tier.equals(Optional.of(Tier.OPTIMIZED)) || probe.whyNotOptimized().isPresent(),
          probe
              .whyNotOptimized()
              .map(refusal -> "%s is a breakpoint: %s".formatted(what, refusal.code()))
              .orElse("%s is %s".formatted(what, tier.map(Tier::name).orElse("not armed"))));
    }
  }

  private void claimCalls(Compression probed, ProbeHandle probe) {
    claims.checkEqual(
        probed.calls(),
        calls.sum(),
        "the counter counted %,d calls, as many as Java made".formatted(probed.calls()));
    claims.checkEqual(probed.calls(), probe.hits(), "the registry counted as many hits");
  }

  private void claimSizes(Compression probed) {
    List<Sample> recorded = samples.drain();
    List<Long> values = recorded.stream().map(LiveDemo::size).toList();
    claims.checkEqual(
        probed.inputs(),
        values,
        "the recorder kept, call for call, the sizes that Java handed over");
    long zeros = probed.inputs().stream().filter(size -> size == 0).count();
    claims.checkEqual(
        List.of(probed.calls() - zeros, zeros),
        List.of(sizes.count(), sizesButZero.rejected()),
        "the histogram has all but the %d zeros, which the filter rejected".formatted(zeros));
    out.println("  recorded:");
    recorded.stream().limit(SHOWN_SAMPLES).forEach(sample -> out.println("    " + show(sample)));
    out.printf("  sizes of inputs (%s):%n", INPUT_LENGTH);
    sizes.lines().forEach(line -> out.println("    " + line));
  }

  private static String show(Sample sample) {
    return "tick %,d, thread 0x%x: %s = %,d"
        .formatted(sample.ticks(), sample.thread(), INPUT_LENGTH, size(sample));
  }

  /** The argument is an int: it is in the register's low half. */
  private static long size(Sample sample) {
    return Integer.toUnsignedLong((int) sample.value(0));
  }

  private void claimJavaHandler(LiveProcess live) {
    claims.checkEqual(
        List.of("level -1, on thread " + Thread.currentThread().getName()),
        List.copyOf(javaHits),
        "a handler in Java saw the one call of %s: %s"
            .formatted(INIT_OF_JAVA, String.join("; ", javaHits)));
    out.printf(
        "  Java was called by %s; threads were looked at %d times, in %,d us%n",
        live.upcalls(), live.looks(), live.lookTime().toNanos() / 1000);
  }

  /** The code of the libraries that were probed. */
  private static byte[] codeNow(LiveProcess live) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Stream.of(JAVAS_LIBRARY, ZLIB)
        .flatMap(name -> live.libraries().named(name).stream())
        .flatMap(library -> library.code().stream())
        .map(range -> live.text().readFully(range.first(), (int) range.length()))
        .forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }
}
