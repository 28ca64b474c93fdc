package io.github.optprobe.arm32;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobes;
import io.github.optprobe.arch.Registers;
import io.github.optprobe.arm32.registers.ProgramStatus;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.Trace;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/** Runs a snippet from seeded start states and describes the end states. */
final class ArmMachine implements AutoCloseable {
  static final int DATA_BYTES = 64;

  /** N, Z, C and V; the others stay set from one run to the next. */
  private static final long VECTOR_FLAGS = 0xF000_0000L;

  final EmulatedTarget target;
  final ArmSnippet snippet;

  ArmMachine(ArmSnippet snippet) {
    this(snippet, EmulatedTarget.of(new A32()));
  }

  ArmMachine(ArmSnippet snippet, EmulatedTarget target) {
    this.snippet = snippet;
    this.target = target;
    target.map(AddressRange.ofLength(ArmSnippet.BASE, 0x2000), Protection.READ_EXECUTE);
    target.map(AddressRange.ofLength(ArmSnippet.DATA, 0x1000), Protection.READ_WRITE);
    target.writeBytes(ArmSnippet.BASE, snippet.code());
    target.text().synchronizeCpus();
  }

  /** A registry of both sets, as they are found. */
  Kprobes.Builder registry() {
    return registry(target.text());
  }

  Kprobes.Builder registry(TextMemory text) {
    return Kprobes.builder(text).codeMap(CodeMap.of(snippet.functions())).gate(target.gate());
  }

  /** A pointer to the function. */
  long pointer() {
    return ProgramStatus.marked(snippet.file().address("start"), snippet.set());
  }

  byte[] codeNow() {
    return target.readBytes(ArmSnippet.BASE, snippet.code().length);
  }

  /** Runs from the start state of a seed and describes everything that a program could see. */
  String run(Cpu cpu, int seed) {
    prepare(seed);
    long result =
        target.run(pointer(), cpu, seed % 6, ArmSnippet.DATA, 0x1111_1111L * seed, ~seed & 0xFFL);
    return "result %x %s".formatted(result, state());
  }

  private void prepare(int seed) {
    target.seedRegisters(seed);
    byte[] data = new byte[DATA_BYTES];
    new Random(seed).nextBytes(data);
    target.writeBytes(ArmSnippet.DATA, data);
  }

  /** All registers, vectors and data. */
  String state() {
    StringBuilder state = new StringBuilder();
    Registers registers = target.registers();
    for (int i = 0; i < registers.file().size(); i++) {
      long value = registers.get(i) & target.comparableBits(i, false);
      state.append("%s %x ".formatted(registers.file().names().get(i), value));
    }
    for (int i = 0; i < target.vectorRegisters(); i++) {
      state.append("q%d %s ".formatted(i, hex(target.vectorRegister(i))));
    }
    long flags = target.vectorStatus().orElse(0) & VECTOR_FLAGS;
    return state.append(flags).append(" data ").append(hex(data())).toString();
  }

  private byte[] data() {
    return target.readBytes(ArmSnippet.DATA, DATA_BYTES);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** How often the CPU came to each instruction, whatever its condition. */
  Map<Long, Long> executions(Cpu cpu, int seed) {
    Map<Long, Long> counts = new HashMap<>();
    try (Trace trace = target.trace()) {
      run(cpu, seed);
      for (int i = 0; i < trace.size(); i++) {
        counts.merge(trace.address(i), 1L, Long::sum);
      }
    }
    return counts;
  }

  /**
   * The instructions of the program that were executed, in order, wherever they stand, without
   * those of IT blocks: their copies have an IT each.
   */
  List<Long> path(Kprobes kprobes, Cpu cpu, int seed) {
    List<Long> path = new ArrayList<>();
    try (Trace trace = target.trace()) {
      run(cpu, seed);
      for (int i = 0; i < trace.size(); i++) {
        OptionalLong original = original(kprobes, trace, i);
        boolean repeats =
            !path.isEmpty()
                && original.isPresent()
                && path.get(path.size() - 1) == original.getAsLong();
        if (original.isPresent() && !repeats) {
          path.add(original.getAsLong());
        }
      }
    }
    path.removeAll(Conditions.itBlocks(snippet));
    return path;
  }

  private OptionalLong original(Kprobes kprobes, Trace trace, int index) {
    long pc = trace.address(index);
    if (target.isSlot(pc)) {
      return kprobes.relocatedInstructionAt(pc);
    }
    boolean isPatch = trace.kind(index) == Trace.Kind.TRAPPED || target.isService(pc);
    return isPatch ? OptionalLong.empty() : OptionalLong.of(pc);
  }

  /** Ends every test: whatever it did, the text is the original and no slot has leaked. */
  @Override
  public void close() {
    assertThat(codeNow()).isEqualTo(snippet.code());
    assertThat(target.liveAllocations()).as("slots that leaked").isZero();
    target.close();
  }
}
