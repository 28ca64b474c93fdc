package io.github.optprobe.internal;

import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.PreparedTrampoline;

/** Where the tracked calls of one architecture return to. Immutable. */
record Trampoline(Architecture architecture, CallConvention calls, PreparedTrampoline prepared) {

  long address() {
    return prepared.address().value();
  }

  /** The address in the form in which it stands in a link register or on a stack. */
  long asReturnAddress() {
    return calls.asReturnAddress(prepared.address());
  }
}
