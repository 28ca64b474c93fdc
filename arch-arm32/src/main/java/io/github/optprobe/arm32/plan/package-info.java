/**
 * Decides how instructions are moved and which of them a jump overwrites, or refuses: rules, forms
 * of jumps, and what is read from the text for that. Writes no code.
 */
@NullMarked
package io.github.optprobe.arm32.plan;

import org.jspecify.annotations.NullMarked;
