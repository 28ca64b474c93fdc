/**
 * The machinery behind {@link io.github.optprobe.Kprobes}: aggregate probes, the probe table, the
 * one place that decides what text is wanted at an address, the one place that writes it, and the
 * optimizer. Not exported.
 */
@NullMarked
package io.github.optprobe.internal;

import org.jspecify.annotations.NullMarked;
