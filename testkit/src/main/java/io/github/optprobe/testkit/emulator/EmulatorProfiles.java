package io.github.optprobe.testkit.emulator;

import java.util.List;

/**
 * Brings the emulated target profiles of instruction sets that it does not know. Implementations
 * are found by {@link java.util.ServiceLoader}, with the context class loader: they have a public
 * constructor without parameters and are named in their module's {@code provides} and in {@code
 * META-INF/services}. A profile of the name of a built-in one is not used.
 */
public interface EmulatorProfiles {

  /** The profiles. */
  List<EmulatorProfile> profiles();
}
