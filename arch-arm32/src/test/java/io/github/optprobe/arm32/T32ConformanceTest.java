package io.github.optprobe.arm32;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.testkit.conformance.ArchitectureConformance;
import org.junit.jupiter.api.Tag;

/** The testkit's rules for architectures, on ours. */
@Tag("corpus")
class T32ConformanceTest extends ArchitectureConformance {
  @Override
  protected Architecture architecture() {
    return new T32();
  }
}
