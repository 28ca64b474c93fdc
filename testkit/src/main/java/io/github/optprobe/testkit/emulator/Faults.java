package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.emulator.GuestFaultException.Kind;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.HookSet;
import io.github.optprobe.text.TextException;
import java.util.Objects;

/** Turns what Unicorn reports into exceptions. The numbers are those of {@code uc_err}. */
final class Faults {
  private Faults() {}

  static GuestFaultException of(int error, HookSet hooks, long pc) {
    long address = hooks.badAccess() ? hooks.badAddress() : pc;
    return new GuestFaultException(kindOf(error), pc, address, Engine.describe(error));
  }

  /** Of an instruction that was emulated. */
  static GuestFaultException of(TextException fault, long pc) {
    String why = Objects.requireNonNullElse(fault.getMessage(), "");
    return new GuestFaultException(Kind.UNMAPPED, pc, fault.address(), why);
  }

  private static Kind kindOf(int error) {
    return switch (error) {
      case 6, 7, 8 -> Kind.UNMAPPED;
      case 12, 13, 14 -> Kind.FORBIDDEN;
      case 10 -> Kind.INVALID_INSTRUCTION;
      case 21 -> Kind.INTERRUPT;
      default -> Kind.OTHER;
    };
  }
}
