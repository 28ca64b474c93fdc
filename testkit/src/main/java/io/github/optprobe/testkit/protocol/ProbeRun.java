package io.github.optprobe.testkit.protocol;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobe;
import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.ProbeListener;
import io.github.optprobe.Resume;
import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.text.AddressRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run of a registry with the architecture under test: probes come, become jumps, and go. */
final class ProbeRun implements ProbeListener {
  /** A pass that waits for somebody leaves its work to the next; then there is nothing left. */
  private static final int PASSES = 3;

  /** Out of the way of the code, and in reach of it. */
  private static final long GATE_DISTANCE = 0x10_0000;

  private final ProtocolCheck check;
  private final OriginalCode code;
  private final List<Long> addresses;
  private final Recorder recorder;
  private final Set<Long> standing = new HashSet<>();
  private @Nullable Kprobes kprobes;
  private @Nullable Cpu cpu;

  /** Which moment the operation that goes on began with. */
  private int begun;

  ProbeRun(ProtocolCheck check, List<Long> addresses, Stander stander) {
    this.check = check;
    this.code = check.code();
    this.addresses = addresses;
    recorder = new Recorder(check, stander, this::answers);
    addresses.forEach(recorder::place);
  }

  Recording run() {
    try (Kprobes registry = registry()) {
      kprobes = registry;
      cpu = registry.newCpu(new NoData());
      List<ProbeHandle> handles = new ArrayList<>();
      for (List<Long> group : groups()) {
        standing.addAll(group);
        handles.addAll(registry.registerAll(group.stream().map(this::probe).toList()));
        done("register");
        optimize(registry);
      }
      Collections.reverse(handles);
      leave(registry, handles);
    }
    done("close");
    return recorder.finish();
  }

  private Kprobes registry() {
    return Kprobes.builder(recorder.text())
        .architecture(check.architecture())
        .codeMap(check.codeMap())
        .gate(code.base() + GATE_DISTANCE)
        .listener(this)
        .build();
  }

  private List<List<Long>> groups() {
    return check.isBatch() ? List.of(addresses) : addresses.stream().map(List::of).toList();
  }

  private Kprobe probe(long address) {
    InstructionSet set = check.architecture().instructionSet();
    return Kprobe.at(new CodeAddress(address, set)).build();
  }

  private void optimize(Kprobes registry) {
    for (int pass = 0; pass < PASSES; pass++) {
      registry.runOptimizer();
    }
    done("optimize");
  }

  private void leave(Kprobes registry, List<ProbeHandle> handles) {
    if (check.isBatch()) {
      registry.unregisterAll(handles);
      done("unregister");
      optimize(registry);
      return;
    }
    for (ProbeHandle handle : handles) {
      handle.close();
      standing.remove(handle.address().value());
      done("unregister");
      optimize(registry);
    }
  }

  private void done(String operation) {
    recorder.happened(new Step.Operation(operation));
    begun = recorder.count();
  }

  /** The whole jump is what was stored since the operation began, up to the next probe. */
  @Override
  public void optimized(CodeAddress address) {
    BitSet stored = new BitSet();
    recorder.storesSince(begun, code.range()).stream()
        .map(Step.Store::range)
        .forEach(range -> stored.set(code.offset(range.first()), code.offset(range.last()) + 1));
    int from = code.offset(address.value());
    int end = stored.nextClearBit(from);
    for (long other : standing) {
      end = code.offset(other) > from ? Math.min(end, code.offset(other)) : end;
    }
    recorder.jump(address.value(), recorder.text().readFully(address.value(), end - from));
  }

  private Map<Long, Step.Answer> answers() {
    Map<Long, Step.Answer> answers = new HashMap<>();
    Cpu reporting = cpu;
    Kprobes registry = kprobes;
    if (reporting != null && registry != null) {
      addresses.forEach(at -> answers.put(at, answer(at, reporting, registry)));
    }
    return answers;
  }

  private Step.Answer answer(long address, Cpu reporting, Kprobes registry) {
    Registers registers = new PlainRegisters(check.architecture().registers());
    registers.setProgramCounter(address);
    if (reporting.breakpoint(registers) == Resume.NOT_OURS) {
      return Step.Answer.nobody(address);
    }
    long goesTo = registers.programCounter();
    AddressRange there = recorder.storedAround(goesTo);
    return new Step.Answer(true, goesTo, there, behind(address, there, registry));
  }

  /** Where the text goes on behind the last instruction that was moved there. */
  private long behind(long address, AddressRange copy, Kprobes registry) {
    long last = address;
    for (long at = copy.first(); at - 1 != copy.last(); at++) {
      OptionalLong original = registry.relocatedInstructionAt(at);
      if (original.isPresent() && code.range().contains(original.getAsLong())) {
        last = Math.max(last, original.getAsLong());
      }
    }
    return code.boundaryFrom(last + 1);
  }

  /** Memory that holds nothing: an emulated instruction may load and store anywhere. */
  private static final class NoData implements DataMemory {
    @Override
    public long load(long address, int bytes) {
      return 0;
    }

    @Override
    public void store(long address, int bytes, long value) {}
  }
}
