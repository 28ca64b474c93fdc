package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Known instructions with known fields: whether the loaded library really has the layout and the
 * numbering that {@link CapstoneLayout} assumes.
 */
final class SelfCheck {
  /** One instruction at 0x1000 and what {@link #found} must say of it. */
  record Known(ArmSet set, int encoding, int length, ItState it, String summary) {
    static Known a32(int word, String summary) {
      return new Known(ArmSet.A32, word, 4, ItState.OUTSIDE, summary);
    }

    static Known t32(int encoding, int length, String summary) {
      return new Known(ArmSet.T32, encoding, length, ItState.OUTSIDE, summary);
    }
  }

  static final List<Known> KNOWN =
      List.of(
          Known.a32(0xE59F_0008, "ldr r0, [pc, #8] reads 8000 writes 1"),
          Known.a32(0xE1A0_F003, "mov pc, r3 reads 8 writes 8000"),
          Known.a32(0xE8BD_8010, "pop {r4, pc} reads 2000 writes a010"),
          Known.a32(0x0A00_0010, "beq #0x1048 reads 8000 writes 8000 branch"),
          Known.a32(0xFFFF_FFFF, "unknown"),
          Known.t32(0x4802, 2, "ldr r0, [pc, #8] reads 8000 writes 1"),
          Known.t32(0xF7FF_FFFE, 4, "bl #0x1000 reads 8000 writes c000 branch"),
          Known.t32(0xBF18, 2, "it ne reads 0 writes 0"),
          new Known(ArmSet.T32, 0x1C40, 2, new ItState(0x18), "addne r0, r0, #1 reads 1 writes 1"),
          Known.t32(0x1C40, 2, "adds r0, r0, #1 reads 1 writes 1"));

  private static final long ADDRESS = 0x1000;

  private SelfCheck() {}

  /** What differs, one line each; empty when all is well. */
  static List<String> differences(Function<Known, String> decode) {
    List<String> differences = new ArrayList<>();
    for (Known known : KNOWN) {
      String found = decode.apply(known);
      if (!found.equals(known.summary())) {
        differences.add(
            "%s 0x%x: expected %s, found %s"
                .formatted(known.set(), known.encoding(), known.summary(), found));
      }
    }
    return differences;
  }

  /** What the library of this process says. */
  static String found(Known known) {
    CapstoneFrame frame = CapstoneFrame.ofThisThread(known.set());
    if (known.set() == ArmSet.A32) {
      return summary(frame, frame.decodeA32(known.encoding(), ADDRESS));
    }
    boolean decoded = frame.decodeT32(known.encoding(), known.length(), ADDRESS, known.it());
    String summary = summary(frame, decoded);
    frame.leaveItBlock();
    return summary;
  }

  private static String summary(CapstoneFrame frame, boolean decoded) {
    if (!decoded || !frame.findRegisters()) {
      return "unknown";
    }
    return "%s reads %x writes %x%s"
        .formatted(
            frame.text(),
            frame.registersRead(),
            frame.registersWritten(),
            frame.isBranch() ? " branch" : "");
  }
}
