/**
 * Which instructions, which relocation each, or a refusal. Reads text, writes nothing, takes no
 * slots; knows no native decoder.
 */
@NullMarked
package io.github.optprobe.x86.plan;

import org.jspecify.annotations.NullMarked;
