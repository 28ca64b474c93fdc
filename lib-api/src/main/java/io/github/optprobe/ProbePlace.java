package io.github.optprobe;

/**
 * Where a probe is wanted: at an address, or at a symbol and an offset that the registry's {@link
 * SymbolResolver} turns into an address when the probe is registered. Immutable and thread-safe.
 */
public sealed interface ProbePlace permits CodeAddress, SymbolOffset {}
