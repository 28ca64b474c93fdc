package io.github.optprobe.testkit.traced;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** Machines for tests, which are skipped where there can be none. */
final class TracedMachines {
  static final long CODE = 0x1000_0000L;
  static final long DATA = 0x2000_0000L;
  static final long STACK = DATA + 0x800;

  private TracedMachines() {}

  static TracedMachine empty() {
    return orSkip(TracedMachine::start);
  }

  /** A machine with code at {@link #CODE}, about to execute it, and a page at {@link #DATA}. */
  static TracedMachine withCode(String hex) {
    return withCode(hex, TracedMachine.DEFAULT_LIMIT);
  }

  static TracedMachine withCode(String hex, Duration limit) {
    TracedMachine machine = orSkip(() -> TracedMachine.start(limit));
    machine.map(page(CODE), Protection.READ_EXECUTE);
    machine.map(page(DATA), Protection.READ_WRITE);
    machine.write(CODE, bytes(hex));
    machine.setRegister(GeneralRegister.RIP, CODE);
    machine.setRegister(GeneralRegister.RSP, STACK);
    return machine;
  }

  static AddressRange page(long address) {
    return AddressRange.ofLength(address, 4096);
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  static <T> T orSkip(Supplier<T> create) {
    try {
      return create.get();
    } catch (TracedUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }
}
