package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;

/** What a {@link CpuFamily} is made from. */
record CpuParts(
    Architecture architecture,
    ExecutorProfile profile,
    Engine engine,
    EngineLock lock,
    AddressSpace space,
    EmulatedData data,
    EmulatedText text,
    StaleCode stale,
    LiveRegisters registers) {}
