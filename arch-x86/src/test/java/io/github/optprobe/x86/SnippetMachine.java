package io.github.optprobe.x86;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobes;
import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.Trace;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextMemory;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/** Runs a snippet from seeded start states and describes the end states. */
final class SnippetMachine implements AutoCloseable {
  private static final int DATA_BYTES = 64;
  private static final int STATUS_FLAGS = 0x8D5;
  private static final int ALWAYS_SET = 0x202;

  final EmulatedTarget target;
  final X86Architecture architecture;
  private final Snippet snippet;

  SnippetMachine(Snippet snippet) {
    this.snippet = snippet;
    architecture = snippet.architecture();
    target = EmulatedTarget.of(architecture);
    target.map(AddressRange.ofLength(Snippet.BASE, 0x1000), Protection.READ_WRITE_EXECUTE);
    target.writeBytes(Snippet.BASE, snippet.code());
    target.text().synchronizeCpus();
  }

  Kprobes.Builder registry() {
    return registry(target.text());
  }

  /** A registry that patches through a decorator of the target's text. */
  Kprobes.Builder registry(TextMemory text) {
    return Kprobes.builder(text)
        .architecture(architecture)
        .codeMap(CodeMap.of(new CodeMap.Function(snippet.name(), body())))
        .gate(target.gate());
  }

  /** An address of the snippet's code. */
  CodeAddress at(long address) {
    return new CodeAddress(address, architecture.instructionSet());
  }

  AddressRange body() {
    return AddressRange.ofLength(Snippet.BASE, snippet.code().length);
  }

  long[] boundaries() {
    return architecture.scan(target.text(), body()).boundaries();
  }

  byte[] codeNow() {
    return target.readBytes(Snippet.BASE, snippet.code().length);
  }

  /** Runs from the start state of a seed and describes everything that a program could see. */
  String run(Cpu cpu, int seed) {
    return runFrom(Snippet.BASE, cpu, seed);
  }

  /** The same from another instruction. */
  String runFrom(long address, Cpu cpu, int seed) {
    prepare(new Random(seed));
    long result = target.run(address, cpu, seed % 6);
    StringBuilder state = new StringBuilder("result %x".formatted(result));
    for (String register : target.registers().file().names()) {
      state.append(" %s %x".formatted(register, target.registers().get(register)));
    }
    for (int i = 0; i < target.vectorRegisters(); i++) {
      state.append(" xmm").append(i).append(' ').append(hex(target.vectorRegister(i)));
    }
    return state.append(" data ").append(hex(data())).toString();
  }

  /** How often each instruction is executed; a repeated string instruction counts once. */
  Map<Long, Long> executions(Cpu cpu, int seed) {
    Map<Long, Long> counts = new HashMap<>();
    try (Trace trace = target.trace()) {
      run(cpu, seed);
      for (int i = 0; i < trace.size(); i++) {
        boolean repeated = i > 0 && trace.address(i) == trace.address(i - 1);
        if (!repeated) {
          counts.merge(trace.address(i), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  private void prepare(Random random) {
    byte[] data = new byte[DATA_BYTES];
    random.nextBytes(data);
    // Small numbers, so that comparisons go both ways.
    data[0] = (byte) random.nextInt(10);
    data[1] = data[2] = data[3] = 0;
    target.writeBytes(Snippet.DATA, data);
    RegisterFile file = architecture.registers();
    int flags = file.size() - 1;
    for (int i = 0; i < flags; i++) {
      if (i != file.stackPointer() && i != file.programCounter()) {
        target.registers().set(i, random.nextLong());
      }
    }
    target.registers().set(flags, (random.nextInt() & STATUS_FLAGS) | ALWAYS_SET);
    for (int i = 0; i < target.vectorRegisters(); i++) {
      byte[] value = new byte[16];
      random.nextBytes(value);
      target.setVectorRegister(i, value);
    }
  }

  private byte[] data() {
    return target.readBytes(Snippet.DATA, DATA_BYTES);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Ends every test: whatever it did, the text is the original and no slot has leaked. */
  @Override
  public void close() {
    assertThat(codeNow()).isEqualTo(snippet.code());
    assertThat(target.liveAllocations()).as("slots that leaked").isZero();
    target.close();
  }
}
