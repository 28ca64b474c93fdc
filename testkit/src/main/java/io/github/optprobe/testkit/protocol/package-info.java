/**
 * The patch-protocol checker: runs a patcher, enumerates where a CPU may stand meanwhile and which
 * stale bytes it may fetch there, and says what would execute neither the old code, a trap that
 * somebody answers, nor the new jump. {@link io.github.optprobe.testkit.protocol.ProtocolCheck} is
 * the way in.
 *
 * <p>Nothing here knows an instruction set, executes code, or needs a native library: code is read
 * through the architecture under test.
 */
@NullMarked
package io.github.optprobe.testkit.protocol;

import org.jspecify.annotations.NullMarked;
