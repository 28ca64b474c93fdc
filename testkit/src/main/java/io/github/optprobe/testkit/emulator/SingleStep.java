package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import java.util.Set;

/**
 * Steps one instruction by the CPU's own step flag. Unicorn's instruction limit is not used: it is
 * ignored where code has been translated before without one.
 *
 * <p>An instruction that pushes the flags would show the guest our step flag, so it is taken out of
 * what was pushed.
 */
final class SingleStep {
  private static final int PUSHF = 0x9c;

  /** Segments, operand and address size, lock and repeat: an instruction may have any of them. */
  private static final Set<Integer> PREFIXES =
      Set.of(0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3);

  private static final int REX_MASK = 0xf0;
  private static final int REX = 0x40;

  private final Engine engine;
  private final ExecutorProfile profile;
  private final AddressSpace space;
  private final EmulatedData data;

  SingleStep(Engine engine, ExecutorProfile profile, AddressSpace space, EmulatedData data) {
    this.engine = engine;
    this.profile = profile;
    this.space = space;
    this.data = data;
  }

  /** Sets the flag. */
  void before() {
    engine.setRegister(profile.flags(), engine.register(profile.flags()) | profile.stepFlag());
  }

  /** Takes the flag out again, of the register and of what the instruction pushed. */
  void after(boolean pushedFlags) {
    engine.setRegister(profile.flags(), engine.register(profile.flags()) & ~profile.stepFlag());
    if (pushedFlags) {
      // The step flag is in the second byte, whatever the width of what was pushed.
      long second = engine.register(profile.stackPointer()) + 1;
      data.store(second, 1, data.load(second, 1) & ~(profile.stepFlag() >>> Byte.SIZE));
    }
  }

  /** Whether the instruction at an address pushes the flags. */
  boolean pushesFlags(long address) {
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
