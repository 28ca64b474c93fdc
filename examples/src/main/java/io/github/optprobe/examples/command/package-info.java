/**
 * The commands that answer questions about code in files, {@code explain} and {@code sweep}; those
 * that fuzz, {@code fuzz} and {@code replay}; those that hand a request to the agent in another
 * JVM, {@code live list} and {@code live trace}; and what all commands say things with: exit codes,
 * progress, JSON lines, HTML. Nothing here runs code, patches a file or knows an instruction: that
 * is the library's, the testkit's and the agent's.
 */
@NullMarked
package io.github.optprobe.examples.command;

import org.jspecify.annotations.NullMarked;
