/**
 * The machine code that runs in this process beside the probes' own: the handlers of signals, the
 * stubs that call Java, and the tables that they read. Each is a few dozen instructions, written
 * out byte by byte with the assembler text beside it. Knows no registry.
 *
 * <p>Nothing here is ever called by Java while it is in a signal handler.
 */
@NullMarked
package io.github.optprobe.live.machine;

import org.jspecify.annotations.NullMarked;
