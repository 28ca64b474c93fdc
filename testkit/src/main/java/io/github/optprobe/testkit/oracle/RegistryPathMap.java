package io.github.optprobe.testkit.oracle;

import io.github.optprobe.Kprobes;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Tier;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The path map of a registry. A breakpoint that is executed is seen in the trace; a jump is not.
 */
final class RegistryPathMap implements PathMap {
  private final Kprobes kprobes;
  private final Set<Long> jumps;

  RegistryPathMap(Kprobes kprobes) {
    this.kprobes = kprobes;
    jumps =
        kprobes.probes().stream()
            .filter(RegistryPathMap::isOptimized)
            .map(handle -> handle.address().value())
            .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isOptimized(ProbeHandle handle) {
    return handle.tier().filter(tier -> tier == Tier.OPTIMIZED).isPresent();
  }

  @Override
  public OptionalLong original(long pc) {
    return kprobes.relocatedInstructionAt(pc);
  }

  /** A jump stands there, or an island that one leads through. */
  @Override
  public boolean isPatched(long address) {
    return jumps.contains(address) || kprobes.originalAddress(address).isPresent();
  }
}
