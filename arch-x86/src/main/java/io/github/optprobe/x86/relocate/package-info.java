/**
 * One class per kind of relocation: rewriting one copied instruction so that it means at its new
 * address what it meant at the old. Refuses nothing: what can not be relocated does not get here.
 */
@NullMarked
package io.github.optprobe.x86.relocate;

import org.jspecify.annotations.NullMarked;
