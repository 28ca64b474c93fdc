package io.github.optprobe.toy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ByteArrayText;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/**
 * A toy program, a machine and a registry. After every test the registry is closed, and the text
 * must be the original one again, without a slot or an allocation left.
 */
public abstract class ToyTest {
  /** Where programs begin. */
  protected static final long BASE = 0x4000;

  /** The toy instructions under another name, for registries with two architectures. */
  protected static final InstructionSet SECOND = new InstructionSet("toy-second", 16, 1);

  /** The program under test; fill it, then {@link #start()}. */
  protected ToyAsm asm = new ToyAsm(BASE);

  /** What the listener was told, in order. */
  protected final List<String> events = new ArrayList<>();

  /** The architecture of the registry that {@link #start()} makes. */
  protected ToyArchitecture architecture = new ToyArchitecture();

  protected ToyText text;
  protected FaultyText faulty;
  protected ToyMachine machine;
  protected Cpu cpu;
  protected Kprobes kprobes;

  /** What the program computes without any probe. */
  protected ToyState unprobed;

  private byte[] original;

  /** Assembles the program, a registry over it with default settings, and a machine. */
  protected final void start() {
    start(builder -> builder);
  }

  /** As {@link #start()}, with other settings. */
  protected final void start(UnaryOperator<Kprobes.Builder> settings) {
    load();
    unprobed = terminates() ? machine.run(BASE) : machine.state();
    kprobes = settings.apply(defaults()).build();
    cpu = kprobes.newCpu(machine.memory());
    machine.attach(cpu);
    machine.reset(BASE);
  }

  /** Overridden where the program is not to be run without probes. */
  protected boolean terminates() {
    return true;
  }

  /** As {@link #start()}, with another program. */
  protected final void start(RandomProgram program) {
    asm = program.asm();
    start();
  }

  private void load() {
    original = asm.bytes();
    text = new ToyText(ByteArrayText.at(BASE, asm.bytes()));
    faulty = new FaultyText(decorated(text));
    machine = text.newMachine();
  }

  /** Overridden to see what is done to the text; called once for each program. */
  protected TextMemory decorated(TextMemory text) {
    return text;
  }

  private Kprobes.Builder defaults() {
    AddressRange body = AddressRange.ofLength(BASE, original.length);
    return Kprobes.builder(faulty)
        .architecture(architecture)
        .codeMap(CodeMap.of(new CodeMap.Function("toy", body)))
        .gate(ToyMachine.GATE)
        .listener(new Recorder());
  }

  @AfterEach
  final void nothingIsLeftBehind() {
    if (kprobes == null) {
      return;
    }
    faulty.heal();
    kprobes.close();
    machine.reset(0);
    kprobes.runOptimizer();
    assertThat(kprobes.probes()).as("probes").isEmpty();
    assertTextIsOriginal();
    assertThat(kprobes.liveSlots()).as("live slots").isZero();
    assertThat(text.liveAllocations()).as("live allocations").isZero();
  }

  /** The whole program text, as it is now. */
  protected final byte[] textNow() {
    return text.readFully(BASE, original.length);
  }

  /** The whole program text without probes. */
  protected final byte[] originalBytes() {
    return original.clone();
  }

  protected final void assertTextIsOriginal() {
    assertThat(textNow()).as("text").isEqualTo(original);
  }

  protected static CodeAddress at(long address) {
    return new CodeAddress(address, ToyArchitecture.TOY);
  }

  /** A kprobe that does nothing but count. */
  protected final ProbeHandle probe(long address) {
    return kprobes.register(Kprobe.at(at(address)).build());
  }

  /** A kprobe that climbs no higher than {@code tier}. */
  protected final ProbeHandle probe(long address, Tier tier) {
    return kprobes.register(Kprobe.at(at(address)).upTo(tier).build());
  }

  /** A kprobe that is a jump already. */
  protected final ProbeHandle optimized(long address) {
    ProbeHandle handle = probe(address);
    kprobes.runOptimizer();
    assertThat(handle.tier()).contains(Tier.OPTIMIZED);
    return handle;
  }

  /** Runs the program and demands the result of the unprobed run. */
  protected final void assertTransparent() {
    assertThat(machine.run(BASE)).isEqualTo(unprobed);
  }

  /** Where the detour buffer of an optimized probe is, read from its jump. */
  protected final long jumpTarget(long address) {
    return ToyInstruction.at(text, address).orElseThrow().target();
  }

  protected final String byteAt(long address) {
    return "%02x".formatted(text.readFully(address, 1)[0]);
  }

  private final class Recorder implements ProbeListener {
    @Override
    public void handlerFailed(Probe probe, Throwable failure) {
      events.add("failed " + failure.getMessage());
    }

    @Override
    public void optimized(CodeAddress address) {
      events.add("optimized %x".formatted(address.value()));
    }

    @Override
    public void unoptimized(CodeAddress address) {
      events.add("unoptimized %x".formatted(address.value()));
    }

    @Override
    public void optimizeFailed(CodeAddress address, TextException failure) {
      events.add("optimizeFailed %x".formatted(address.value()));
    }
  }
}
