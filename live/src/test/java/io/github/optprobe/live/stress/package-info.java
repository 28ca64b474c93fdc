/** Tests that patch functions again and again while many threads run them. */
@NullMarked
package io.github.optprobe.live.stress;

import org.jspecify.annotations.NullMarked;
