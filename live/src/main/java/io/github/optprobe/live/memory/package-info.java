/**
 * Memory of this process and the system calls that concern it: what is mapped, reading and writing
 * text and data, allocating near a place. Knows no probe.
 */
@NullMarked
package io.github.optprobe.live.memory;

import org.jspecify.annotations.NullMarked;
