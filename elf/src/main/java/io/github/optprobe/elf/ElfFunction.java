package io.github.optprobe.elf;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.arch.InstructionSet;
import io.github.optprobe.text.AddressRange;

/**
 * A function of a library together with the instruction set of its code, which in a library for
 * 32-bit ARM may be another from one function to the next. Immutable and thread-safe.
 *
 * @param function as maps have it, with plain addresses
 * @param instructionSet of all of its code: {@code "x86-64"}, {@code "x86-32"}, {@code "a32"} or
 *     {@code "t32"}
 */
public record ElfFunction(CodeMap.Function function, InstructionSet instructionSet) {

  /** A symbol's name, or one made of the address in the library. */
  public String name() {
    return function.name();
  }

  /** Where it lies. For ARM with its constants, which stand between its instructions. */
  public AddressRange body() {
    return function.body();
  }

  /** Its start, as a probe names it. */
  public CodeAddress address() {
    return new CodeAddress(body().first(), instructionSet);
  }

  /**
   * A pointer to it, as code has it and as a call wants it: its address, in T32 with bit 0 set.
   * Procedure Call Standard for the Arm Architecture, 6.6 (Interworking).
   */
  public long pointer() {
    return ArmSets.pointer(body().first(), instructionSet);
  }
}
