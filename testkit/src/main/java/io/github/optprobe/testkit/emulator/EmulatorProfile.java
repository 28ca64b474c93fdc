package io.github.optprobe.testkit.emulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * What an emulated target has to be told of an instruction set that it does not know: Unicorn's
 * numbers, the registers that calls use, how the CPU traps, and how long an instruction is. A
 * profile is for little-endian CPUs that keep the return address in a register and have no register
 * of flags; vector and floating-point registers are not looked at.
 *
 * <p>Unicorn's numbers are those of its C headers ({@code unicorn.h}, and one header for each
 * architecture); they are part of its ABI. What it does at traps no header says: try it.
 *
 * <p>Immutable and thread-safe, if the function is.
 *
 * @param instructionSet the instruction set's name, as {@link
 *     io.github.optprobe.arch.InstructionSet#name} gives it
 * @param wordBytes width of an address and of a register in bytes: 8 or 4
 * @param unicorn Unicorn's numbers
 * @param calls the registers that calls use
 * @param traps how the CPU traps
 * @param instructionBytes the length of an instruction in bytes, of its first 16 bits. Used to step
 *     it: its copy is translated anew and the run ends behind it, so that an instruction that jumps
 *     can not be stepped. Offer such a one {@link io.github.optprobe.Tier#EMULATED} instead
 */
public record EmulatorProfile(
    String instructionSet,
    int wordBytes,
    Unicorn unicorn,
    Calls calls,
    Traps traps,
    IntUnaryOperator instructionBytes) {

  /** In place of an error or exception that does not exist. */
  public static final int NONE = -1;

  /**
   * Creates a profile.
   *
   * @throws IllegalArgumentException if the width is neither 4 nor 8, or a register of calls has no
   *     number
   */
  public EmulatorProfile {
    if (wordBytes != Integer.BYTES && wordBytes != Long.BYTES) {
      throw new IllegalArgumentException("a word has 4 or 8 bytes, not " + wordBytes);
    }
    calls.all().forEach(unicorn::number);
  }

  /**
   * Unicorn's numbers. Immutable and thread-safe.
   *
   * @param arch {@code UC_ARCH_...}
   * @param mode {@code UC_MODE_...}
   * @param registers the number of each register ({@code UC_..._REG_...}) by the name that the
   *     architecture's register file gives it
   * @param startValues what registers hold in a new target, by name, written in this order
   */
  public record Unicorn(
      int arch, int mode, Map<String, Integer> registers, Map<String, Long> startValues) {
    /** Creates it. */
    public Unicorn {
      registers = Map.copyOf(registers);
      startValues = Collections.unmodifiableMap(new LinkedHashMap<>(startValues));
    }

    /**
     * The number of a register.
     *
     * @throws IllegalArgumentException if it has none
     */
    int number(String register) {
      Integer number = registers.get(register);
      if (number == null) {
        throw new IllegalArgumentException("no number is given for the register " + register);
      }
      return number;
    }
  }

  /**
   * The registers that calls use, by name. Immutable and thread-safe.
   *
   * @param programCounter the program counter
   * @param stackPointer the stack pointer
   * @param arguments those that take a call's first arguments, one word each; the others go on the
   *     stack
   * @param result that which takes a call's result
   * @param link that which takes the return address
   * @param threadPointer that which points to the thread's storage
   * @param stackAlignment what the stack pointer is a multiple of at a call, in bytes; a power of
   *     two
   */
  public record Calls(
      String programCounter,
      String stackPointer,
      List<String> arguments,
      String result,
      String link,
      String threadPointer,
      int stackAlignment) {
    /** Creates it. */
    public Calls {
      arguments = List.copyOf(arguments);
    }

    private List<String> all() {
      List<String> all = new ArrayList<>(arguments);
      all.addAll(List.of(programCounter, stackPointer, result, link, threadPointer));
      return all;
    }
  }

  /**
   * How the CPU traps: what Unicorn's run returns, what its interrupt hook is given, and where the
   * program counter is then. Immutable and thread-safe.
   *
   * @param breakpointError the {@code uc_err} that ends a run at a breakpoint, the program counter
   *     at it, or {@link #NONE} if it is an exception. A breakpoint that is no probe's is reported
   *     as what the error says
   * @param breakpointException the exception of a breakpoint, or {@link #NONE} if it is an error
   * @param invalidException the exception of an instruction that there is not, or {@link #NONE}
   * @param systemCallExceptions those of system calls
   * @param exceptionAdvance how far behind the instruction's start the program counter is after an
   *     exception, in bytes
   * @param stub 8 bytes of code that halt the CPU and, gone on with, return to the caller; the
   *     first byte in memory lowest
   * @param stubAdvance how far into it the program counter is when the CPU has halted, in bytes
   */
  public record Traps(
      int breakpointError,
      int breakpointException,
      int invalidException,
      Set<Integer> systemCallExceptions,
      int exceptionAdvance,
      long stub,
      int stubAdvance) {
    /** Creates it. */
    public Traps {
      systemCallExceptions = Set.copyOf(systemCallExceptions);
    }
  }
}
