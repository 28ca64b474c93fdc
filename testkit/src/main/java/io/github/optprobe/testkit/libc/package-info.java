/**
 * The part of the C library that libraries under test call, in Java and deterministic: memory and
 * string functions, a heap, files in memory, simple formatting.
 *
 * <p>Nothing here touches the machine that the test runs on.
 */
@NullMarked
package io.github.optprobe.testkit.libc;

import org.jspecify.annotations.NullMarked;
