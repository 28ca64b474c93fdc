package io.github.optprobe.testkit.unicorn;

/**
 * The register that holds the flags, and what its bits are for. Immutable and thread-safe.
 *
 * @param id Unicorn's number
 * @param writable the bits that a handler may change
 * @param arithmetic the bits that arithmetic sets
 * @param compared the bits that mean something to a program
 * @param comparedAfterFault those of them that the emulator knows after a fault
 */
public record StatusRegister(
    int id, long writable, long arithmetic, long compared, long comparedAfterFault) {}
