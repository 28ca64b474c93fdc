package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.execute.Protection;
import io.github.optprobe.text.AddressRange;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** Targets for tests, which are skipped where there is no emulator. */
public final class Targets {
  /** Where tests put code. */
  public static final long CODE = 0x1000_0000L;

  private Targets() {}

  /** A target with nothing in it. */
  public static EmulatedTarget empty() {
    return orSkip(() -> EmulatedTarget.of(NamesOnlyArchitecture.x86()));
  }

  /** A target that gives up on a run early. */
  public static EmulatedTarget impatient() {
    return orSkip(
        () ->
            EmulatedTarget.builder(NamesOnlyArchitecture.x86())
                .timeLimit(Duration.ofMillis(200))
                .build());
  }

  /** A target for x86-32 with code at {@link #CODE}. */
  public static EmulatedTarget with32BitCode(String hex) {
    EmulatedTarget target = orSkip(() -> EmulatedTarget.of(NamesOnlyArchitecture.x86of32Bits()));
    target.map(CODE, bytes(hex), Protection.READ_EXECUTE);
    return target;
  }

  /** A target for 32-bit ARM with code at {@link #CODE}, of either set. */
  public static EmulatedTarget withArmCode(String hex) {
    EmulatedTarget target = orSkip(() -> EmulatedTarget.of(NamesOnlyArchitecture.a32()));
    target.map(CODE, bytes(hex), Protection.READ_EXECUTE);
    return target;
  }

  /** The same, of a target that gives up on a run early. */
  public static EmulatedTarget impatientArm(String hex) {
    EmulatedTarget target =
        orSkip(
            () ->
                EmulatedTarget.builder(NamesOnlyArchitecture.a32())
                    .timeLimit(Duration.ofMillis(200))
                    .build());
    target.map(CODE, bytes(hex), Protection.READ_EXECUTE);
    return target;
  }

  /** A target with code at {@link #CODE}. */
  public static EmulatedTarget withCode(String hex) {
    EmulatedTarget target = empty();
    target.map(CODE, bytes(hex), Protection.READ_EXECUTE);
    return target;
  }

  /** Bytes written as hex pairs, blanks between ignored. */
  public static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /** 16 MiB to each side of the code. */
  public static AddressRange nearCode() {
    return AddressRange.around(CODE, 1 << 24, 1 << 24);
  }

  private static EmulatedTarget orSkip(Supplier<EmulatedTarget> create) {
    try {
      return create.get();
    } catch (EmulatorUnavailableException notHere) {
      return Assumptions.abort(notHere.getMessage());
    }
  }
}
