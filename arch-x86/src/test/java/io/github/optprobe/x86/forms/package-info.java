/** The sweep over all forms of instructions, on the host's own CPU. */
@NullMarked
package io.github.optprobe.x86.forms;

import org.jspecify.annotations.NullMarked;
