/**
 * The conformance kit: abstract test classes that authors of a text memory or of an architecture
 * extend, and what they report. A rule is a public test method whose name carries its grade, its
 * number and its sentence; its reason stands in {@code testkit/RULES.md} under that number.
 *
 * <p>Needs JUnit Jupiter's API, which the testkit asks for as an optional dependency. Nothing here
 * knows an instruction set, an emulator or a particular text memory.
 */
@NullMarked
package io.github.optprobe.testkit.conformance;

import org.jspecify.annotations.NullMarked;
