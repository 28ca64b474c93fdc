/**
 * What an architecture module implements: {@link io.github.optprobe.arch.Architecture} with its
 * <em>prepare, arm, disarm, resume</em> for plain kprobes and <em>prepare, optimize, unoptimize,
 * detour</em> for optimized ones, and the small values that travel between it and the registry.
 *
 * <p>Nothing here holds state of a registry; no instruction set is named here.
 */
@NullMarked
package io.github.optprobe.arch;

import org.jspecify.annotations.NullMarked;
