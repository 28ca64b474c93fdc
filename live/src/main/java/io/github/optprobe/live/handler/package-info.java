/**
 * What code that runs in a hit without Java is made of: its instructions, the frame that keeps the
 * probed program's registers, the words it counts in. Knows no handler that a user touches; where
 * code lies, and when it runs, is decided elsewhere.
 */
@NullMarked
package io.github.optprobe.live.handler;

import org.jspecify.annotations.NullMarked;
