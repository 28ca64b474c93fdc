package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.testkit.unicorn.FlatSegments;
import io.github.optprobe.text.AddressRange;

/**
 * What code finds through its thread's segment: its own address, and the stack protector's value.
 */
final class ThreadStorage {
  /** The value; 32-bit code has the low half of it. */
  private static final long STACK_GUARD = 0x5bd1_e995_7f4a_7c00L;

  private ThreadStorage() {}

  /** Maps a page on each side of {@code base}, fills them, and makes the CPU use them. */
  static void setUp(Machine machine, long base) {
    machine
        .space()
        .map(
            AddressRange.ofLength(base - Engine.PAGE_BYTES, 2L * Engine.PAGE_BYTES),
            Protection.READ_WRITE,
            Mapping.Purpose.USER);
    ExecutorProfile profile = machine.profile();
    EmulatedData data = machine.data();
    data.store(base, profile.wordBytes(), base);
    data.store(base + profile.stackGuardOffset(), profile.wordBytes(), STACK_GUARD);
    if (profile.threadBase() == ExecutorProfile.NO_REGISTER) {
      long descriptors = base + Engine.PAGE_BYTES - FlatSegments.TABLE_BYTES;
      data.write(descriptors, FlatSegments.table(base));
      FlatSegments.load(machine.engine(), descriptors);
    } else {
      machine.engine().setRegister(profile.threadBase(), base);
    }
  }
}
