package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.toy.PlainRegisters;
import io.github.optprobe.toy.ToyArchitecture;
import io.github.optprobe.toy.ToyAsm;
import io.github.optprobe.toy.ToyMachine;
import io.github.optprobe.toy.ToyOp;
import java.util.function.Consumer;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.paramgen.IntGen;
import org.jetbrains.kotlinx.lincheck.paramgen.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Operations on a registry, and hits, from several threads give what they give one after the other.
 *
 * <p>Lincheck's stress strategy: its model checker would have to go through every step under the
 * registry's one lock. The probe that is optimized stands on an instruction as long as the jump;
 * elsewhere the optimizer rightly puts it off while a hit is in progress, which no order explains.
 */
@Tag("classpath-only") // Lincheck finds and changes classes on the class path
class RegistryLinearizabilityTest {
  @Test
  void operationsOnProbesTakeEffectAtOnce() {
    Linearizability.stress(Eager.class, Eager.class);
  }

  @Test
  void operationsOnProbesThatLeaveLazilyTakeEffectAtOnce() {
    Linearizability.stress(Lazy.class, Lazy.class);
  }

  /** Jumps are taken out at once. */
  public static final class Eager extends Operations {
    @Override
    RegistryInUse make() {
      return new RegistryInUse(false);
    }
  }

  /** Jumps are left to the optimizer. */
  public static final class Lazy extends Operations {
    @Override
    RegistryInUse make() {
      return new RegistryInUse(true);
    }
  }

  /** Two probes share an address and may be optimized; a third stands elsewhere and may not. */
  @Param(name = "probe", gen = IntGen.class, conf = "0:2")
  public abstract static class Operations {
    private RegistryInUse inUse;

    abstract RegistryInUse make();

    /** Made when first used: Lincheck walks through new objects, and can not read records. */
    private synchronized RegistryInUse inUse() {
      if (inUse == null) {
        inUse = make();
      }
      return inUse;
    }

    /** Registers one more at the third's address. */
    @Operation
    public void register() {
      inUse().register();
    }

    /** Closes one. */
    @Operation
    public void close(@Param(name = "probe") int probe) {
      inUse().handle(probe).close();
    }

    /** Enables one; whether it was registered. */
    @Operation
    public boolean enable(@Param(name = "probe") int probe) {
      return inUse().change(probe, ProbeHandle::enable);
    }

    /** Disables one; whether it was registered. */
    @Operation
    public boolean disable(@Param(name = "probe") int probe) {
      return inUse().change(probe, ProbeHandle::disable);
    }

    /** One pass. */
    @Operation
    public void runOptimizer() {
      inUse().kprobes().runOptimizer();
    }

    /** Arms all. */
    @Operation
    public void armAll() {
      inUse().kprobes().armAll();
    }

    /** Disarms all. */
    @Operation
    public void disarmAll() {
      inUse().kprobes().disarmAll();
    }

    /** Where a probe stands. */
    @Operation
    public String state(@Param(name = "probe") int probe) {
      return inUse().handle(probe).state().name();
    }

    /** In which tier a probe is. */
    @Operation
    public String tier(@Param(name = "probe") int probe) {
      return inUse().handle(probe).tier().map(Tier::name).orElse("NONE");
    }

    /** How many there are. */
    @Operation
    public int size() {
      return inUse().kprobes().probes().size();
    }

    /** Traps at the shared address; whether the first one's handler ran. */
    @Operation
    public boolean hit(@Param(gen = ThreadIdGen.class) int thread) {
      return inUse().hit(thread);
    }
  }

  /** A registry with its probes, and a CPU for each thread. */
  private static final class RegistryInUse {
    private static final long BASE = 0x4000;
    private static final int MOST_THREADS = 8;

    private final Kprobes kprobes;
    private final ProbeHandle[] handles = new ProbeHandle[3];
    private final Cpu[] cpus = new Cpu[MOST_THREADS];
    private final boolean[] handled = new boolean[MOST_THREADS];
    private static final ThreadLocal<Integer> HITTER = new ThreadLocal<>();

    RegistryInUse(boolean lazily) {
      byte[] code = new ToyAsm(BASE).op16(ToyOp.LD, 0x10).op(ToyOp.NOP).op(ToyOp.HLT).bytes();
      AddressRange body = AddressRange.ofLength(BASE, code.length);
      Kprobes.Builder builder =
          Kprobes.builder(ByteArrayText.at(BASE, code))
              .architecture(new ToyArchitecture())
              .codeMap(CodeMap.of(new CodeMap.Function("toy", body)))
              .gate(ToyMachine.GATE);
      kprobes = (lazily ? builder.lazyUnoptimize() : builder).build();
      Kprobe.Builder first = Kprobe.at(at(BASE)).onHit(r -> handled[HITTER.get()] = true);
      handles[0] = kprobes.register(first.build());
      handles[1] = kprobes.register(Kprobe.at(at(BASE)).build());
      handles[2] = kprobes.register(boosted());
      for (int i = 0; i < MOST_THREADS; i++) {
        cpus[i] = kprobes.newCpu(new GateStack());
      }
    }

    private static Kprobe boosted() {
      return Kprobe.at(at(BASE + 3)).upTo(Tier.BOOSTED).build();
    }

    private static CodeAddress at(long address) {
      return new CodeAddress(address, ToyArchitecture.TOY);
    }

    Kprobes kprobes() {
      return kprobes;
    }

    ProbeHandle handle(int probe) {
      return handles[probe];
    }

    void register() {
      kprobes.register(boosted());
    }

    boolean change(int probe, Consumer<ProbeHandle> how) {
      try {
        how.accept(handles[probe]);
        return true;
      } catch (IllegalStateException closed) {
        return false;
      }
    }

    boolean hit(int thread) {
      HITTER.set(thread);
      handled[thread] = false;
      PlainRegisters registers = new PlainRegisters(ToyArchitecture.REGISTERS);
      registers.setProgramCounter(BASE);
      cpus[thread].breakpoint(registers);
      if (isInBuffer(registers.programCounter())) {
        // What the buffer does next: no machine runs here.
        registers.setProgramCounter(ToyMachine.GATE);
        cpus[thread].gate(registers);
      }
      return handled[thread];
    }

    /** A copy begins with an instruction that was relocated; a buffer saves registers first. */
    private boolean isInBuffer(long programCounter) {
      return kprobes.originalAddress(programCounter).isPresent()
          && kprobes.relocatedInstructionAt(programCounter).isEmpty();
    }
  }

  /** Where a buffer pushed the probed address, and nothing else. */
  private static final class GateStack implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      return RegistryInUse.BASE;
    }

    @Override
    public void store(long address, int bytes, long value) {}
  }
}
