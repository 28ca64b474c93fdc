package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.HookSet;

/** The parts of a CPU that a profile from outside describes. */
final class DescribedCpu {
  private DescribedCpu() {}

  static CpuFamily family(EmulatorProfile profile, CpuParts parts) {
    EmulatorProfile.Traps traps = profile.traps();
    Services.Stub stub = new Services.Stub(traps.stub(), traps.stubAdvance());
    HookSet hooks = parts.engine().hooks();
    DescribedTraps stops = new DescribedTraps(traps, hooks, parts.registers());
    return new CpuFamily(
        parts.registers()::programCounter,
        new LinkCalls(profile.calls().stackAlignment(), parts),
        stops,
        new BehindStep(profile.instructionBytes(), parts),
        stub,
        stub);
  }
}
