package io.github.optprobe.x86;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.conformance.ArchitectureConformance;
import org.junit.jupiter.api.Tag;

/** The testkit's rules for architectures, on ours. */
@Tag("corpus")
class X86_64ConformanceTest extends ArchitectureConformance {
  @Override
  protected Architecture architecture() {
    return new X86_64();
  }
}
