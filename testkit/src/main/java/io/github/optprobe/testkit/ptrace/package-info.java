/**
 * The few C functions with which one process holds and changes another: {@code ptrace}, {@code
 * waitpid}, {@code kill}. Numbers and layouts are those of x86-64 Linux. Knows nothing of probes,
 * memory maps or run loops.
 */
@NullMarked
package io.github.optprobe.testkit.ptrace;

import org.jspecify.annotations.NullMarked;
