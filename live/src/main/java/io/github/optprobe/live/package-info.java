/**
 * Probes on native code of the running process: what a user touches. {@link
 * io.github.optprobe.live.LiveProcess} is where to begin.
 */
@NullMarked
package io.github.optprobe.live;

import org.jspecify.annotations.NullMarked;
