package io.github.optprobe.testkit.trial;

import io.github.optprobe.arch.InstructionSet;
import java.util.Arrays;
import java.util.List;

/** How far from the subject slots lie, and on which side. */
public enum Distance {
  /** 256 KiB behind it. */
  CLOSE_BEHIND(0x4_0000),
  /** 256 KiB before it. */
  CLOSE_BEFORE(-0x4_0000),
  /** 8 MiB behind it. */
  NEAR_BEHIND(0x80_0000),
  /** 24 MiB before it. */
  NEAR_BEFORE(-0x180_0000),
  /** 1 GiB behind it. */
  FAR_BEHIND(0x4000_0000),
  /** 32 GiB behind it, where addresses are wide enough. */
  BEYOND(0x8_0000_0000L);

  private final long offset;

  Distance(long offset) {
    this.offset = offset;
  }

  /** From the subject to the slots, in bytes. */
  public long offset() {
    return offset;
  }

  /** Those that addresses of an instruction set reach. */
  public static List<Distance> of(InstructionSet set) {
    return Arrays.stream(values())
        .filter(each -> set.canAddress(Playground.SUBJECT + each.offset))
        .toList();
  }
}
