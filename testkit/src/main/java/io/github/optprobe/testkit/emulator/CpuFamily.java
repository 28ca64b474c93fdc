package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.HookSet;
import java.util.function.LongSupplier;

/**
 * What differs between families of CPUs, each in a class of its own.
 *
 * @param startingPoint where to run from, as Unicorn wants it
 * @param calls how functions are called
 * @param traps why the CPU stops
 * @param stepper how it executes one instruction
 * @param stub the code of services
 * @param otherExit the code that functions of the CPU's other instruction set return to; {@code
 *     stub} again if there is none
 */
record CpuFamily(
    LongSupplier startingPoint,
    Calls calls,
    Traps traps,
    Stepper stepper,
    Services.Stub stub,
    Services.Stub otherExit) {

  /** {@code hlt; ret}. */
  private static final Services.Stub X86_STUB = new Services.Stub(0xc3f4, 1);

  /** {@code wfi; bx lr} in A32. */
  private static final Services.Stub A32_STUB = new Services.Stub(0xe12f_ff1e_e320_f003L, 4);

  /** The same in T32. */
  private static final Services.Stub T32_STUB = new Services.Stub(0x4770_bf30, 2);

  /** That of a built-in profile. */
  static CpuFamily of(CpuParts parts) {
    return switch (parts.profile().family()) {
      case X86 -> x86(parts);
      case ARM -> arm(parts);
      case DESCRIBED ->
          throw new IllegalArgumentException("no family is built in for " + parts.profile().name());
    };
  }

  private static CpuFamily x86(CpuParts parts) {
    return new CpuFamily(
        parts.registers()::programCounter,
        new X86Calls(parts.profile(), parts.engine(), parts.data(), parts.registers()),
        new X86Traps(parts.engine().hooks(), parts.registers()),
        new FlagStep(parts),
        X86_STUB,
        X86_STUB);
  }

  private static CpuFamily arm(CpuParts parts) {
    ArmState state = new ArmState(parts.profile(), parts.engine(), parts.registers());
    ArmCode code = new ArmCode(parts.space());
    HookSet hooks = parts.engine().hooks();
    Translations translations = new Translations(parts.engine(), parts.lock(), parts.space());
    ArmBreakpoints breakpoints =
        new ArmBreakpoints(parts.architecture(), parts.text(), parts.stale(), code, state);
    return new CpuFamily(
        state::startingPoint,
        new ArmCalls(parts.profile(), parts.engine(), parts.data(), state),
        new ArmTraps(
            hooks,
            translations,
            parts.registers(),
            state,
            new ArmHints(code),
            breakpoints::mayBeAt),
        new RangeStep(hooks, translations, parts.registers(), state, code),
        A32_STUB,
        T32_STUB);
  }
}
