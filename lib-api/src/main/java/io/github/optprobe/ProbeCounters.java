package io.github.optprobe;

/**
 * How many probes of a registry are in which state, and what its optimizer has done so far.
 *
 * @param probes registered probes, gone ones included
 * @param addresses addresses at which a probe stands, or still has text to be restored
 * @param armed addresses with a breakpoint or a jump
 * @param optimized addresses with a jump
 * @param optimizing addresses that wait to become jumps
 * @param unoptimizing addresses that wait for their original text
 * @param freeing slots of removed probes that wait for quiescence
 * @param gone registered probes whose text was removed
 * @param optimizedTotal jumps written since the registry was built
 * @param unoptimizedTotal jumps taken out since then
 * @param failedTotal jumps that could not be written since then
 */
public record ProbeCounters(
    int probes,
    int addresses,
    int armed,
    int optimized,
    int optimizing,
    int unoptimizing,
    int freeing,
    int gone,
    long optimizedTotal,
    long unoptimizedTotal,
    long failedTotal) {}
