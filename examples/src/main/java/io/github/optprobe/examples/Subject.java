package io.github.optprobe.examples;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arm32.A32;
import io.github.optprobe.testkit.elf.ElfImage;
import io.github.optprobe.testkit.emulator.EmulatedTarget;
import io.github.optprobe.x86.X86_64;
import java.util.List;

/**
 * A real function in a real library, loaded into an emulator, with arguments and the result that
 * Java says it must have.
 *
 * @param architecture that of the function
 * @param target where it is loaded
 * @param image the library
 * @param entered the function that is called
 * @param looping the function that loops, itself or called by it
 * @param arguments of the call
 * @param expected its result, by Java's own computation
 * @param expectation what that is, in words
 */
record Subject(
    Architecture architecture,
    EmulatedTarget target,
    ElfImage image,
    CodeMap.Function entered,
    CodeMap.Function looping,
    List<Long> arguments,
    long expected,
    String expectation)
    implements AutoCloseable {

  /** Where libraries are loaded. */
  static final long BASE = 0x40_0000L;

  /** The condition of A32 that always holds. */
  private static final int ALWAYS = 0xE;

  /** The address of an instruction of the functions. */
  CodeAddress at(long address) {
    return new CodeAddress(address, architecture.instructionSet());
  }

  /**
   * What a call of the function jumps to: on ARM its address is marked with its instruction set.
   */
  long entryPointer() {
    return image.pointerTo(entered.name());
  }

  /** Where the first arguments are, as far as they are in registers. */
  List<String> argumentRegisters() {
    return architecture instanceof X86_64
        ? List.of("rdi", "rsi", "rdx", "rcx", "r8", "r9")
        : List.of("r0", "r1", "r2", "r3");
  }

  /** Those of the arguments. */
  List<Long> argumentsInRegisters() {
    return arguments.subList(0, Math.min(arguments.size(), argumentRegisters().size()));
  }

  /** Whether execution that comes to an instruction executes it: A32 may have a condition. */
  boolean isUnconditional(long address) {
    return !(architecture instanceof A32) || target.data().load(address + 3, 1) >>> 4 == ALWAYS;
  }

  long[] argumentArray() {
    return arguments.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public void close() {
    target.close();
  }
}
