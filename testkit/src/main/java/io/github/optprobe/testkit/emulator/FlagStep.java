package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import java.util.Set;

/**
 * Steps one x86 instruction by the CPU's own step flag. Unicorn's instruction limit is not used: it
 * is ignored where code has been translated before without one.
 *
 * <p>An instruction that pushes the flags would show the guest our step flag, so it is taken out of
 * what was pushed.
 */
final class FlagStep implements Stepper {
  private static final int PUSHF = 0x9c;
  private static final long STEP_FLAG = 0x100;
  private static final int STEP_INTERRUPT = 1;

  /** Segments, operand and address size, lock and repeat: an instruction may have any of them. */
  private static final Set<Integer> PREFIXES =
      Set.of(0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3);

  private static final int REX_MASK = 0xf0;
  private static final int REX = 0x40;

  private final Engine engine;
  private final ExecutorProfile profile;
  private final AddressSpace space;
  private final EmulatedData data;
  private boolean pushesFlags;

  FlagStep(CpuParts parts) {
    engine = parts.engine();
    profile = parts.profile();
    space = parts.space();
    data = parts.data();
  }

  /** Sets the flag. */
  @Override
  public long begin(long from) {
    pushesFlags = pushesFlags(from);
    engine.setRegister(flags(), engine.register(flags()) | STEP_FLAG);
    return Runner.NEVER;
  }

  @Override
  public boolean isDone(int error) {
    return engine.hooks().interrupt() == STEP_INTERRUPT;
  }

  /** Takes the flag out again, of the register and of what the instruction pushed. */
  @Override
  public void end(boolean executed) {
    engine.setRegister(flags(), engine.register(flags()) & ~STEP_FLAG);
    if (executed && pushesFlags) {
      // The step flag is in the second byte, whatever the width of what was pushed.
      long second = engine.register(profile.calls().stackPointer()) + 1;
      data.store(second, 1, data.load(second, 1) & ~(STEP_FLAG >>> Byte.SIZE));
    }
  }

  private int flags() {
    return profile.status().id();
  }

  /** Whether the instruction at an address pushes the flags. */
  private boolean pushesFlags(long address) {
    long at = address;
    int value = byteAt(at);
    while (PREFIXES.contains(value) || isRex(value)) {
      value = byteAt(++at);
    }
    return value == PUSHF;
  }

  /** In 32-bit mode these bytes are instructions of their own. */
  private boolean isRex(int value) {
    return profile.wordBytes() == Long.BYTES && (value & REX_MASK) == REX;
  }

  private int byteAt(long address) {
    Mapping mapping = space.at(address);
    return mapping == null
        ? -1
        : Byte.toUnsignedInt(mapping.memory().get(mapping.offsetOf(address)));
  }
}
