package io.github.optprobe.examples.riscv;

import io.github.optprobe.CodeMap;
import io.github.optprobe.Cpu;
import io.github.optprobe.Kprobes;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.testkit.emulator.GuestFaultException;
import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A target in which single words are put and executed. All others are 0, which is no instruction,
 * so that a run ends right where the word leads, and says where that is.
 */
final class RiscVMachine implements AutoCloseable {
  static final long BASE = Vectors.FIRST_ADDRESS;
  static final int RETURN = 0x0000_8067; // jalr zero,0(ra)
  static final int NONE = 0;
  static final long DATA = 0x60_0000;

  private static final int PAGE = 4096;
  private static final int STACK_WINDOW = 1024;

  final Xlen xlen;
  final Architecture architecture;
  final EmulatedTarget target;

  RiscVMachine(Xlen xlen) {
    this.xlen = xlen;
    architecture = xlen == Xlen.RV64 ? new Rv64I() : new Rv32I();
    target = EmulatedTarget.of(architecture);
    target.map(AddressRange.ofLength(BASE - 2 * PAGE, 6 * PAGE), Protection.READ_EXECUTE);
    target.map(AddressRange.ofLength(BASE - (1 << 20), PAGE), Protection.READ_EXECUTE);
    target.map(AddressRange.ofLength(BASE + (1 << 20), PAGE), Protection.READ_EXECUTE);
    target.map(AddressRange.ofLength(DATA, PAGE), Protection.READ_WRITE);
  }

  /** A registry to which every word is a function. */
  Kprobes registry() {
    return registryBuilder().build();
  }

  Kprobes.Builder registryBuilder() {
    return Kprobes.builder(target.text())
        .architecture(architecture)
        .codeMap(RiscVMachine::wordAt)
        .gate(target.gate());
  }

  static Optional<CodeMap.Function> wordAt(long address) {
    AddressRange body = AddressRange.ofLength(address & -Instruction.BYTES, Instruction.BYTES);
    return Optional.of(new CodeMap.Function("word", body));
  }

  void put(long address, int... words) {
    for (int i = 0; i < words.length; i++) {
      target.text().write(address + (long) i * Instruction.BYTES, Instruction.bytesOf(words[i]));
    }
    target.text().synchronizeCpus();
  }

  /**
   * Runs from an address and returns all that is seen: registers, data, and what ended it.
   *
   * @param seed even: registers point to data; odd: anywhere
   */
  String outcome(long entry, Cpu cpu, int seed) {
    prepare(seed);
    String end;
    try {
      target.run(entry, cpu);
      end = "returned";
    } catch (GuestFaultException fault) {
      end = "%s at pc %x, address %x".formatted(fault.kind(), fault.pc(), fault.address());
    }
    return end + registers() + data();
  }

  /** Fills registers and data. */
  void prepare(int seed) {
    target.seedRegisters(seed);
    if (seed % 2 == 0) {
      for (int i = 1; i < Register.COUNT; i++) {
        if (i != Register.SP && i != Register.TP) {
          target.registers().set(i, DATA + 2048 + 8L * (seed + (i * i) % 7));
        }
      }
    }
    byte[] content = new byte[PAGE];
    for (int i = 0; i < PAGE; i++) {
      content[i] = (byte) (i * 31 + seed);
    }
    target.writeBytes(DATA, content);
    target.writeBytes(EmulatedTarget.STACK_END - PAGE, new byte[PAGE]);
  }

  String registers() {
    StringBuilder all = new StringBuilder();
    for (int i = 1; i < Register.COUNT; i++) {
      all.append(" %s=%x".formatted(Register.name(i), target.registers().get(i)));
    }
    return all.toString();
  }

  private String data() {
    int hash = Arrays.hashCode(target.readBytes(DATA, PAGE));
    byte[] stack = target.readBytes(EmulatedTarget.STACK_END - PAGE, STACK_WINDOW);
    return " data=%x stack=%s"
        .formatted(hash, HexFormat.of().formatHex(Arrays.copyOf(stack, STACK_WINDOW / 16)));
  }

  @Override
  public void close() {
    target.close();
  }
}
