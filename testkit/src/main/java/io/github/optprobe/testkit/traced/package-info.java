/**
 * A target that runs on the host's own CPU: a traced child process, in which a fault is a signal
 * and not a dead JVM. {@link io.github.optprobe.testkit.traced.TracedMachine} is the child with its
 * memory and registers; {@link io.github.optprobe.testkit.traced.TracedTarget} is a target for
 * probes on top of it.
 *
 * <p>For x86-64 Linux hosts; elsewhere creating one throws {@link
 * io.github.optprobe.testkit.traced.TracedUnavailableException}. Nothing here knows an architecture
 * module or a file format, nor calls native code itself.
 */
@NullMarked
package io.github.optprobe.testkit.traced;

import org.jspecify.annotations.NullMarked;
