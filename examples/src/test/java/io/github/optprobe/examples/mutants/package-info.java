/**
 * Architectures that are broken on purpose, each in one way, and the proof that the testkit's rules
 * for architectures catch every one of them for the reason intended. All are made from the module
 * of the tutorial, RV64I, which keeps the rules.
 *
 * <p>No expectation about an instruction set may live here: a mutant says which rules it breaks,
 * and nothing else.
 */
@NullMarked
package io.github.optprobe.examples.mutants;

import org.jspecify.annotations.NullMarked;
