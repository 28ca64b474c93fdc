package io.github.optprobe.live.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kretprobe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.RefusedException;
import io.github.optprobe.ReturnProbeHandle;
import io.github.optprobe.SymbolOffset;
import io.github.optprobe.Tier;
import io.github.optprobe.live.Counter;
import io.github.optprobe.live.LiveProcess;
import io.github.optprobe.live.LoadedLibrary;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.Libc;
import io.github.optprobe.live.memory.Mapping;
import io.github.optprobe.live.memory.MemoryMap;
import io.github.optprobe.x86.X86_64;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a process does besides calling functions, while they are probed. */
class ProcessSafetyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SIGTRAP = 5;
  private static final int ACTION_BYTES = 152;
  private static final int RESTORER = 144;
  private static SafetyLibrary library;

  private static LiveProcess live;

  @BeforeAll
  static void open() {
    Here.assumeItRuns();
    library = SafetyLibrary.loaded();
    live = LiveProcess.builder().optimizerByHand().open();
  }

  @AfterEach
  void unregister() throws InterruptedException {
    live.kprobes().unregisterAll(live.kprobes().probes());
    assertThat(live.kprobes().awaitOptimizer(PATIENCE)).isTrue();
  }

  @AfterAll
  static void close() {
    if (live != null) {
      live.close();
    }
  }

  private ProbeHandle register(Kprobe.Builder probe, Tier tier) throws InterruptedException {
    ProbeHandle handle = live.kprobes().register(probe.upTo(tier).build());
    assertThat(live.kprobes().awaitOptimizer(PATIENCE)).isTrue();
    assertThat(handle.tier()).contains(tier);
    return handle;
  }

  /** The child has no Java: its hits run no Java handler, and its program goes on. */
  @ParameterizedTest
  @CsvSource({"BOOSTED,true", "BOOSTED,false", "OPTIMIZED,true", "OPTIMIZED,false"})
  void a_forked_child_goes_on(Tier tier, boolean java) throws Exception {
    Counter counter = Counter.create();
    Kprobe.Builder probe = Kprobe.at(SafetyLibrary.entry(Code.NUMBER, 0));
    ProbeHandle handle =
        register(java ? probe.onHit(registers -> counter.sum()) : probe.preHandler(counter), tier);
    long child =
        library.call(Code.FORKER, 0, Libc6.address("fork"), library.address(Code.NUMBER, 0), 5L);
    int status = Libc6.waitFor(child);
    assertThat(status & 0x7F).as("signal").isZero();
    assertThat(status >>> 8).isEqualTo((int) (SafetyLibrary.number(5) & 0xFF));
    assertThat(handle.hits()).isZero();
    assertThat(library.call(Code.NUMBER, 0, 6L)).isEqualTo(SafetyLibrary.number(6));
    assertThat(handle.hits()).isEqualTo(1);
  }

  @Test
  void a_forked_child_returns_from_a_return_probed_function() throws Exception {
    long[] returns = new long[1];
    ReturnProbeHandle<?> handle =
        live.kprobes()
            .register(
                Kretprobe.at(SafetyLibrary.entry(Code.NUMBER, 0))
                    .returnHandler((instance, registers) -> returns[0]++)
                    .build());
    ReturnProbeHandle<?> forker =
        live.kprobes()
            .register(
                Kretprobe.at(SafetyLibrary.entry(Code.FORKER, 0))
                    .returnHandler((instance, registers) -> returns[0]++)
                    .build());
    assertThat(live.kprobes().awaitOptimizer(PATIENCE)).isTrue();
    long child =
        library.call(Code.FORKER, 0, Libc6.address("fork"), library.address(Code.NUMBER, 0), 5L);
    int status = Libc6.waitFor(child);
    assertThat(status).isEqualTo((int) (SafetyLibrary.number(5) & 0xFF) << 8);
    assertThat(forker.returns()).isEqualTo(1);
    assertThat(handle.returns()).isZero();
    library.call(Code.NUMBER, 0, 6L);
    assertThat(returns).containsExactly(2);
  }

  /** Threads that Java does not know are known to it from their first hit on. */
  @ParameterizedTest
  @EnumSource(names = {"BOOSTED", "OPTIMIZED"})
  void native_threads_are_attached_once_as_daemons(Tier tier) throws Exception {
    Set<Thread> seen =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    ProbeHandle handle =
        register(
            Kprobe.at(SafetyLibrary.entry(Code.NUMBER, 0))
                .onHit(registers -> seen.add(Thread.currentThread())),
            tier);
    int threads = 4;
    long calls = 500;
    DataBlock[] work = new DataBlock[threads];
    long[] started = new long[threads];
    for (int i = 0; i < threads; i++) {
      work[i] = DataBlock.allocate(24);
      work[i].store(0, library.address(Code.NUMBER, 0));
      work[i].store(8, calls);
      started[i] = Libc6.startThread(library.address(Code.LOOPER, 0), work[i].address());
    }
    long expected = 0;
    for (long i = 1; i <= calls; i++) {
      expected += SafetyLibrary.number(i);
    }
    for (int i = 0; i < threads; i++) {
      Libc6.join(started[i]);
      assertThat(work[i].load(16)).isEqualTo(expected);
      work[i].free();
    }
    assertThat(handle.hits()).isEqualTo(threads * calls);
    assertThat(seen).hasSize(threads).allMatch(Thread::isDaemon);
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOSTED", "OPTIMIZED"})
  void a_thread_may_end_in_a_probed_function(Tier tier) throws Exception {
    ProbeHandle handle =
        register(
            Kprobe.at(SafetyLibrary.entry(Code.LEAVER, 0)).onHit(registers -> Thread.onSpinWait()),
            tier);
    for (int i = 0; i < 20; i++) {
      assertThat(leave(0)).isEqualTo(42);
    }
    assertThat(handle.hits()).isEqualTo(20);
  }

  @Test
  void a_thread_may_end_in_a_return_probed_function() throws Exception {
    ReturnProbeHandle<?> handle =
        live.kprobes()
            .register(Kretprobe.at(SafetyLibrary.entry(Code.LEAVER, 0)).maxActive(64).build());
    assertThat(live.kprobes().awaitOptimizer(PATIENCE)).isTrue();
    for (int i = 0; i < 20; i++) {
      assertThat(leave(0)).isEqualTo(42);
    }
    assertThat(handle.hits()).isEqualTo(20);
    assertThat(handle.returns()).isZero();
    // The next return of an ordinary call on this thread finds its own way.
    assertThat(library.call(Code.NUMBER, 0, 6L)).isEqualTo(SafetyLibrary.number(6));
  }

  private static long leave(int copy) {
    DataBlock work = DataBlock.allocate(16);
    work.store(0, library.address(Code.LEAVER, copy));
    work.store(8, Libc6.address("pthread_exit"));
    try {
      return Libc6.join(Libc6.startThread(library.address(Code.THREAD, copy), work.address()));
    } finally {
      work.free();
    }
  }

  private void refused(SymbolOffset place, String why) {
    assertThatThrownBy(
            () -> live.kprobes().register(Kprobe.at(place).onHit(registers -> {}).build()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
  }

  private void refused(long address, String why) {
    assertThatThrownBy(
            () ->
                live.kprobes()
                    .register(Kprobe.at(X86_64.at(address)).preHandler(Counter.create()).build()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
  }

  private static long someFunction(String library) {
    LoadedLibrary found =
        live.libraries().all().stream()
            .filter(each -> each.name().contains(library))
            .findFirst()
            .orElseThrow();
    String name = found.exported().iterator().next();
    return Objects.requireNonNull(found.functions().get(name)).first();
  }

  @Test
  void what_runs_without_a_convention_or_with_blocked_signals_is_refused() {
    refused(someFunction("ld-linux"), "dynamic linker");
    refused(new SymbolOffset("libc.so.6", "malloc", 0), "called by the JVM itself");
    refused(new SymbolOffset("libc.so.6", "vfork", 0), "signals blocked");
  }

  /** JNA unpacks its library, loads it and deletes the file: nobody can tell what is in it. */
  @Test
  void the_way_to_java_is_refused() {
    Mapping dispatch =
        MemoryMap.now().all().stream()
            .filter(each -> each.executable() && each.file().contains("jna"))
            .findFirst()
            .orElseThrow();
    refused(dispatch.range().first() + 64, "");
  }

  /** Reads all of the JVM's library. */
  @Test
  @Tag("corpus")
  void the_jvm_is_refused() {
    refused(someFunction("libjvm"), "the JVM");
  }

  @Test
  void generated_code_is_refused() {
    Mapping generated =
        MemoryMap.now().all().stream()
            .filter(each -> each.executable() && each.file().isEmpty())
            .findFirst()
            .orElseThrow();
    refused(generated.range().first() + 64, "");
  }

  @Test
  void the_return_of_signal_handlers_is_refused() {
    DataBlock action = DataBlock.allocate(ACTION_BYTES);
    assertThat(Libc.sigaction(SIGTRAP, 0, action.address())).isZero();
    refused(action.load(RESTORER), "");
    action.free();
  }

  @Test
  void a_counter_counts_what_is_allocated() throws Exception {
    Counter counter = Counter.create();
    ProbeHandle handle =
        live.kprobes()
            .register(
                Kprobe.at(new SymbolOffset("libc.so.6", "malloc", 0)).preHandler(counter).build());
    assertThat(live.kprobes().awaitOptimizer(PATIENCE)).isTrue();
    for (int i = 0; i < 1000; i++) {
      Libc6.allocate(100);
    }
    handle.close();
    assertThat(counter.sum()).isGreaterThanOrEqualTo(1000);
    assertThat(handle.hits()).isEqualTo(counter.sum());
    assertThat(live.lost()).isZero();
  }

  private static void clobberVectors(SafetyLibrary machine) {
    machine.call(Code.CLOBBER, 0);
    if (Here.cpuHas("avx512bw")) {
      machine.call(Code.CLOBBER512, 0);
    }
  }

  private void vectorsSurvive(
      Code code, int place, int inputBytes, int outputBytes, Tier tier, Consumer<DataBlock> check)
      throws Exception {
    ProbeHandle handle =
        register(
            Kprobe.at(SafetyLibrary.at(code, 0, place)).onHit(registers -> clobberVectors(library)),
            tier);
    DataBlock input = DataBlock.allocate(inputBytes);
    DataBlock output = DataBlock.allocate(outputBytes);
    for (int i = 0; i < inputBytes; i += 8) {
      // Doubles, so that x87 takes them as they are.
      input.store(i, Double.doubleToLongBits(1.5 + i));
    }
    if (code == Code.AVX) {
      input.store(512, 0x1F80_0000_0000L | 0x5F80);
    }
    library.call(code, 0, input.address(), output.address());
    assertThat(handle.hits()).isEqualTo(1);
    for (int i = 0; i < inputBytes - 64; i += 8) {
      assertThat(output.load(i)).as("offset %d", i).isEqualTo(input.load(i));
    }
    check.accept(output);
    input.free();
    output.free();
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOSTED", "OPTIMIZED"})
  void ymm_x87_and_mxcsr_survive_a_handler(Tier tier) throws Exception {
    assumeTrue(Here.cpuHas("avx2"), "the CPU has AVX2");
    vectorsSurvive(
        Code.AVX,
        Code.AVX_PLACE,
        576,
        640,
        tier,
        output -> {
          assertThat((int) output.load(512)).isEqualTo(0x5F80);
          for (int i = 0; i < 3; i++) {
            assertThat(Double.longBitsToDouble(output.load(520 + 8 * i))).isEqualTo(1.5 + 8 * i);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOSTED", "OPTIMIZED"})
  void zmm_and_k_survive_a_handler(Tier tier) throws Exception {
    assumeTrue(Here.cpuHas("avx512bw"), "the CPU has AVX-512");
    vectorsSurvive(
        Code.AVX512,
        Code.AVX512_PLACE,
        2048 + 64,
        2048 + 64,
        tier,
        output -> {
          for (int i = 0; i < 8; i++) {
            assertThat(output.load(2048 + 8 * i)).isEqualTo(Double.doubleToLongBits(1.5 + 64 * i));
          }
        });
  }

  /** Where it is told that there is no library for an address, nothing is written. */
  @Test
  void what_is_not_mapped_is_refused() {
    CodeAddress nowhere = X86_64.at(0x1000);
    assertThatThrownBy(
            () -> live.kprobes().register(Kprobe.at(nowhere).preHandler(Counter.create()).build()))
        .isInstanceOf(RefusedException.class);
  }
}
