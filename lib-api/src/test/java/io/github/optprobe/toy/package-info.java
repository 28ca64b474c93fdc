/**
 * An instruction set made up for the tests of the core, and a machine that runs it: one
 * accumulator, instructions of one to four bytes, everything that a probe can get wrong (relative
 * branches, a load relative to the program counter, calls, a stack). With it every path of the core
 * is executed without any native library.
 */
@NullMarked
package io.github.optprobe.toy;

import org.jspecify.annotations.NullMarked;
