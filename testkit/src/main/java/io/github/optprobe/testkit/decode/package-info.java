/**
 * Decoders as plug-ins: what a {@link io.github.optprobe.testkit.decode.Decoder} is given and
 * answers, and the ones that the testkit brings: Zydis, Capstone, GNU objdump, and any architecture
 * of the library.
 *
 * <p>The bindings to native libraries are the testkit's own on purpose: they share nothing with
 * those of an architecture module, so that a wrong offset in one shows as a disagreement. What the
 * answers are compared for is not known here.
 */
@NullMarked
package io.github.optprobe.testkit.decode;

import org.jspecify.annotations.NullMarked;
