package io.github.optprobe.testkit.unicorn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What Unicorn has to be told of an instruction set. Immutable and thread-safe.
 *
 * @param name the instruction set's name
 * @param family whose traps, steps and calls these CPUs have
 * @param wordBytes width of an address, and of what a push pushes, in bytes: 8 or 4
 * @param arch Unicorn's number of the architecture
 * @param mode Unicorn's number of the mode
 * @param registers Unicorn's register numbers by the names that register files use
 * @param startValues what registers hold in a new instance, by Unicorn's numbers, written in this
 *     order; those that are not here are as Unicorn has them
 * @param calls the registers of calls
 * @param status the register that holds the flags
 * @param vectors the vector registers
 * @param threadBase Unicorn's number of the register that holds the thread's storage base, or
 *     {@link #NO_REGISTER} if that takes a segment
 * @param stackGuardOffset where in the thread's storage code looks for the stack protector's value
 * @param systemCalls Unicorn's numbers of the instructions that call the system, where these raise
 *     no interrupt
 * @param upkeep how Unicorn is made to keep the program counter for faults
 */
public record ExecutorProfile(
    String name,
    Family family,
    int wordBytes,
    int arch,
    int mode,
    Map<String, Integer> registers,
    Map<Integer, Long> startValues,
    CallRegisters calls,
    StatusRegister status,
    VectorBank vectors,
    int threadBase,
    int stackGuardOffset,
    List<Integer> systemCalls,
    ProgramCounterUpkeep upkeep) {

  /** In place of a register's number. */
  public static final int NO_REGISTER = -1;

  /** CPUs that trap, step and call alike. */
  public enum Family {
    /** 64 and 32 bits. */
    X86,
    /** 32 bits, A32 and T32. */
    ARM,
    /** What a profile from outside says. */
    DESCRIBED
  }

  /**
   * Where a fault finds the program counter: Unicorn translates straight code as a whole and leaves
   * it behind.
   */
  public enum ProgramCounterUpkeep {
    /** It is written before each load and store, if there is any hook on those. */
    BEFORE_ACCESSES,
    /**
     * It is written before each instruction, if there is a hook on that; the hook is a function of
     * Unicorn's that does nothing.
     */
    BEFORE_INSTRUCTIONS
  }

  /** Creates a profile. */
  public ExecutorProfile {
    registers = Map.copyOf(registers);
    startValues = Collections.unmodifiableMap(new LinkedHashMap<>(startValues));
    systemCalls = List.copyOf(systemCalls);
  }

  /**
   * The built-in profile of an instruction set.
   *
   * @param instructionSet its name
   * @throws IllegalArgumentException if there is none
   */
  public static ExecutorProfile of(String instructionSet) {
    return builtIn()
        .filter(profile -> profile.name.equals(instructionSet))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the emulator has no profile for %s; it has %s"
                        .formatted(instructionSet, builtIn().map(ExecutorProfile::name).toList())));
  }

  /** The profiles that are here. */
  public static Stream<ExecutorProfile> builtIn() {
    return Stream.of(X86Profile.X86_64, X86Profile32.X86_32, ArmProfile.A32, ArmProfile.T32);
  }

  /**
   * The same, with the program counter exact at every fault, at some nanoseconds an instruction.
   */
  public ExecutorProfile withExactFaults() {
    return new ExecutorProfile(
        name,
        family,
        wordBytes,
        arch,
        mode,
        registers,
        startValues,
        calls,
        status,
        vectors,
        threadBase,
        stackGuardOffset,
        systemCalls,
        ProgramCounterUpkeep.BEFORE_INSTRUCTIONS);
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
