/** Tests of what must not happen to a process whose code is probed. */
@NullMarked
package io.github.optprobe.live.safety;

import org.jspecify.annotations.NullMarked;
