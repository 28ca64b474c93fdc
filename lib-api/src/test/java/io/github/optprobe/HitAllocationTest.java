package io.github.optprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.toy.PlainRegisters;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import io.github.optprobe.toy.ToyTest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hit makes no garbage, in any tier. Traps are reported by hand: no machine runs here. */
class HitAllocationTest extends ToyTest {
  private static final int HITS = 20_000;
  private static final long RETURN_ADDRESS = 0x1234;
  private static final long STACK = 0x1000;

  private final PlainRegisters registers = new PlainRegisters(ToyArchitecture.REGISTERS);
  private final Bytes memory = new Bytes();
  private Cpu plain;

  @BeforeEach
  void program() {
    asm.op(ToyOp.INX).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP).op(ToyOp.NOP);
    asm.op(ToyOp.RET).op(ToyOp.HLT);
    start();
    plain = kprobes.newCpu(memory);
  }

  @Override
  protected boolean terminates() {
    return false;
  }

  private Kprobe counting(long address, Tier tier) {
    return Kprobe.at(at(address)).upTo(tier).onHit(r -> {}).build();
  }

  @Test
  void boostedHitAllocatesNothing() {
    kprobes.register(counting(BASE + 1, Tier.BOOSTED));
    assertAllocatesNothing(() -> trap(BASE + 1, Resume.CONTINUE));
  }

  @Test
  void hitOfSeveralProbesAtOneAddressAllocatesNothing() {
    for (int i = 0; i < 4; i++) {
      kprobes.register(counting(BASE + 1, Tier.BOOSTED));
    }
    assertAllocatesNothing(() -> trap(BASE + 1, Resume.CONTINUE));
  }

  @Test
  void emulatedHitWithPostHandlerAllocatesNothing() {
    kprobes.register(Kprobe.at(at(BASE)).postHandler((probe, r) -> {}).build());
    assertAllocatesNothing(() -> trap(BASE, Resume.CONTINUE));
  }

  @Test
  void steppedHitWithPostHandlerAllocatesNothing() {
    Kprobe.Builder post = Kprobe.at(at(BASE + 6)).postHandler((probe, r) -> {});
    kprobes.register(post.build());
    assertAllocatesNothing(
        () -> {
          trap(BASE + 6, Resume.STEP);
          registers.setProgramCounter(0x10);
          require(plain.stepped(registers), Resume.CONTINUE);
        });
  }

  @Test
  void hitThroughTheGateAllocatesNothing() {
    kprobes.register(counting(BASE + 1, Tier.OPTIMIZED));
    assertThat(kprobes.runOptimizer().optimized()).isEqualTo(1);
    ProbeHandle handle = kprobes.probes().get(0);
    assertAllocatesNothing(() -> gate(BASE + 1));
    assertThat(handle.hits()).isPositive();
  }

  @Test
  void trapOnAJumpThatStandsAlreadyAllocatesNothing() {
    kprobes.register(counting(BASE + 1, Tier.OPTIMIZED));
    kprobes.runOptimizer();
    assertAllocatesNothing(() -> trap(BASE + 1, Resume.CONTINUE));
  }

  @Test
  void missedHitAllocatesNothing() {
    ProbeHandle missed = kprobes.register(counting(BASE + 1, Tier.BOOSTED));
    PlainRegisters nested = new PlainRegisters(ToyArchitecture.REGISTERS);
    Kprobe.Builder outer = Kprobe.at(at(BASE + 5)).upTo(Tier.BOOSTED);
    kprobes.register(
        outer
            .onHit(
                r -> {
                  nested.setProgramCounter(BASE + 1);
                  require(plain.breakpoint(nested), Resume.CONTINUE);
                })
            .build());
    assertAllocatesNothing(() -> trap(BASE + 5, Resume.CONTINUE));
    assertThat(missed.nmissed()).isPositive();
  }

  @Test
  void entryAndReturnOfATrackedCallAllocateNothing() {
    ReturnProbeHandle<?> handle =
        kprobes.register(
            Kretprobe.at(at(BASE)).returnHandler((instance, r) -> instance.data()).build());
    long trampoline = trampoline();
    assertAllocatesNothing(
        () -> {
          registers.set("sp", STACK);
          memory.store(STACK, 2, RETURN_ADDRESS);
          trap(BASE, Resume.CONTINUE);
          registers.set("sp", STACK + 2);
          trap(trampoline, Resume.CONTINUE);
        });
    assertThat(handle.returns()).isPositive().isEqualTo(handle.hits());
  }

  /** Where a first call would return to. */
  private long trampoline() {
    Bytes its = new Bytes();
    Cpu first = kprobes.newCpu(its);
    registers.set("sp", STACK);
    registers.setProgramCounter(BASE);
    first.breakpoint(registers);
    long address = its.load(STACK, 2);
    registers.set("sp", STACK + 2);
    registers.setProgramCounter(address);
    first.breakpoint(registers);
    return address;
  }

  private void trap(long address, Resume expected) {
    registers.setProgramCounter(address);
    require(plain.breakpoint(registers), expected);
  }

  private void gate(long address) {
    registers.set("sp", STACK);
    registers.setProgramCounter(ToyMachine.GATE);
    memory.store(STACK + 2, 2, address);
    require(plain.gate(registers), Resume.CONTINUE);
  }

  /** Not an assertion of AssertJ, which allocates. */
  private static void require(Resume actual, Resume expected) {
    if (actual != expected) {
      throw new AssertionError(actual + " instead of " + expected);
    }
  }

  private static void assertAllocatesNothing(Runnable hit) {
    MethodHandle allocated = allocated();
    long least = Long.MAX_VALUE;
    // The first rounds warm it up; whatever the JVM itself does in one round, it does not in all.
    for (int round = 0; round < 10; round++) {
      long before = bytes(allocated);
      for (int i = 0; i < HITS; i++) {
        hit.run();
      }
      least = Math.min(least, bytes(allocated) - before);
    }
    assertThat(least).as("bytes in %d hits", HITS).isZero();
  }

  private static long bytes(MethodHandle allocated) {
    try {
      return (long) allocated.invokeExact();
    } catch (Throwable failure) {
      throw new AssertionError(failure);
    }
  }

  /** How many bytes this thread has allocated. Found by reflection: the module needs no other. */
  private static MethodHandle allocated() {
    try {
      Object bean =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      return MethodHandles.publicLookup()
          .findVirtual(
              Class.forName("com.sun.management.ThreadMXBean"),
              "getCurrentThreadAllocatedBytes",
              MethodType.methodType(long.class))
          .bindTo(bean);
    } catch (ReflectiveOperationException | ClassCastException missing) {
      return abort("this JVM does not tell what a thread allocates: " + missing);
    }
  }

  /** Data memory that allocates nothing. */
  private static final class Bytes implements DataMemory {
    private final byte[] data = new byte[0x10000];

    @Override
    public long load(long address, int bytes) {
      return (data[(int) address] & 0xFF) | (data[(int) address + 1] & 0xFF) << 8;
    }

    @Override
    public void store(long address, int bytes, long value) {
      data[(int) address] = (byte) value;
      data[(int) address + 1] = (byte) (value >> 8);
    }
  }
}
