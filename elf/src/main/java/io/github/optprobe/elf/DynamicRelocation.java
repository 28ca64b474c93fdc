package io.github.optprobe.elf;

import java.util.OptionalLong;

/**
 * A relocation that a loader applies. System V ABI, Generic, 4 (Relocation). Immutable and
 * thread-safe.
 *
 * @param offset of what is relocated, from the library's base, in bytes
 * @param type what is to be done, as a number that the supplement for the {@link Machine} explains
 * @param symbol what it refers to; one without a name if it refers to none
 * @param addend empty if it is what stands there before the relocation
 */
public record DynamicRelocation(
    long offset, long type, DynamicSymbol symbol, OptionalLong addend) {}
