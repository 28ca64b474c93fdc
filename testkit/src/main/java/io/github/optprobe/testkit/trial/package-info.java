/**
 * Relocation as an oracle: code executed without a probe and under a probe in every tier and with
 * every form of jump that an architecture offers, from the same start states, on any executor. It
 * uses an architecture as the registry does, but without one: nothing is decided here about what
 * may be overwritten but what the architecture itself decides.
 */
@NullMarked
package io.github.optprobe.testkit.trial;

import org.jspecify.annotations.NullMarked;
