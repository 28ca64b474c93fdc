/**
 * The execution oracle's ground: machine code run from given registers and memory until something
 * stops it, on an emulator or on the host's CPU, and what differs between two such runs. No probe
 * is known here, and no instruction.
 */
@NullMarked
package io.github.optprobe.testkit.execute;

import org.jspecify.annotations.NullMarked;
