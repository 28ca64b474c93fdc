/** The sweep over the machine's own libraries: real code, relocated and executed on its CPU. */
@NullMarked
package io.github.optprobe.x86.sweep;

import org.jspecify.annotations.NullMarked;
