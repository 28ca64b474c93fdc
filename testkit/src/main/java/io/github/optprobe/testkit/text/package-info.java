/**
 * Text memories that decorate others: {@link io.github.optprobe.testkit.text.FaultInjectingText}
 * fails on demand, {@link io.github.optprobe.testkit.text.RecordingText} remembers what was done
 * and lets a test look between any two steps of a patch protocol.
 *
 * <p>Nothing here knows an instruction set or an emulator.
 */
@NullMarked
package io.github.optprobe.testkit.text;

import org.jspecify.annotations.NullMarked;
