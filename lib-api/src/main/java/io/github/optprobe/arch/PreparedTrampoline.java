package io.github.optprobe.arch;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.text.Slot;

/**
 * Code that hooked calls return to, made by {@link Architecture#prepareTrampoline}. Immutable.
 *
 * @param address its entry, at the start of the slot
 * @param slot where it lies
 * @param bytes what is written there; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Written once, never compared.
public record PreparedTrampoline(CodeAddress address, Slot slot, byte[] bytes) {}
