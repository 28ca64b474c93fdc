package io.github.optprobe.testkit.unicorn;

import java.util.List;
import java.util.Map;

/**
 * What Unicorn has to be told of an instruction set. Immutable and thread-safe.
 *
 * @param name the instruction set's name
 * @param wordBytes width of an address, and of what a push pushes, in bytes: 8 or 4
 * @param arch Unicorn's number of the architecture
 * @param mode Unicorn's number of the mode
 * @param registers Unicorn's register numbers by the names that register files use
 * @param stackPointer Unicorn's number of the stack pointer
 * @param programCounter Unicorn's number of the program counter
 * @param arguments Unicorn's numbers of the registers that take a call's first arguments
 * @param result Unicorn's number of the register that takes a call's result
 * @param threadBase Unicorn's number of the register that holds the thread's storage base, or
 *     {@link #NO_REGISTER} if that takes a segment
 * @param stackGuardOffset where in the thread's storage code looks for the stack protector's value
 * @param firstVector Unicorn's number of the first vector register; the others follow it
 * @param vectors how many vector registers
 * @param breakpointInterrupt the interrupt that a breakpoint raises
 * @param breakpointAdvance how far behind the breakpoint the program counter is then
 * @param systemCalls Unicorn's numbers of the instructions that call the system
 * @param flags Unicorn's number of the flags register
 * @param stepFlag the bit of the flags that makes the CPU trap after one instruction
 * @param stepInterrupt the interrupt that it traps with
 * @param serviceStub code that stops the run and, gone on with, returns to its caller; the first
 *     byte in memory lowest
 * @param serviceAdvance how far into the stub the program counter is when it has stopped
 */
public record ExecutorProfile(
    String name,
    int wordBytes,
    int arch,
    int mode,
    Map<String, Integer> registers,
    int stackPointer,
    int programCounter,
    List<Integer> arguments,
    int result,
    int threadBase,
    int stackGuardOffset,
    int firstVector,
    int vectors,
    int breakpointInterrupt,
    int breakpointAdvance,
    List<Integer> systemCalls,
    int flags,
    long stepFlag,
    int stepInterrupt,
    long serviceStub,
    int serviceAdvance) {

  /** In place of a register's number. */
  public static final int NO_REGISTER = -1;

  private static final List<ExecutorProfile> ALL = List.of(X86Profile.X86_64, X86Profile32.X86_32);

  /** Creates a profile. */
  public ExecutorProfile {
    registers = Map.copyOf(registers);
    arguments = List.copyOf(arguments);
    systemCalls = List.copyOf(systemCalls);
  }

  /**
   * The profile of an instruction set.
   *
   * @param instructionSet its name
   * @throws IllegalArgumentException if there is none
   */
  public static ExecutorProfile of(String instructionSet) {
    return ALL.stream()
        .filter(profile -> profile.name.equals(instructionSet))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the emulator has no profile for %s; it has %s"
                        .formatted(
                            instructionSet, ALL.stream().map(ExecutorProfile::name).toList())));
  }

  /** All ones where an address may have ones. */
  public long addressMask() {
    return -1L >>> (Long.SIZE - wordBytes * Byte.SIZE);
  }

  /**
   * Unicorn's number of a register.
   *
   * @param register the name that a register file gives it
   * @throws IllegalArgumentException if the profile does not know it
   */
  public int idOf(String register) {
    Integer id = registers.get(register);
    if (id == null) {
      throw new IllegalArgumentException(
          "the emulator's profile of %s has no register %s".formatted(name, register));
    }
    return id;
  }
}
