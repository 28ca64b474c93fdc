package io.github.optprobe.arm32.forms;

import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.DecodeTable;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.arm32.table.Verdict;
import java.util.List;
import java.util.stream.IntStream;

/** One encoding that the tables accept, of a certain treatment outside an IT block. */
public record Form(ArmSet set, int length, int encoding, Treatment treatment) {
  private static final List<ItState> IN_BLOCK =
      IntStream.range(1, 0xF0)
          .filter(bits -> (bits & 0xF) != 0)
          .mapToObj(ItState::new)
          .filter(Form::canOccur)
          .toList();

  /** With "always" there is no "else". */
  private static boolean canOccur(ItState it) {
    return it.bits() < 0xE0 || Integer.bitCount(it.bits() & 0xF) == 1;
  }

  public Instruction decoded(long address, ItState it) {
    return ArmDecoder.of(set).decode(encoding, length, address, it);
  }

  /** The places in an IT block at which it may stand; none for A32. */
  public List<ItState> placesInBlock() {
    DecodeTable table = DecodeTable.of(set, length);
    return set == ArmSet.A32
        ? List.of()
        : IN_BLOCK.stream().filter(it -> accepts(table.judge(encoding, it))).toList();
  }

  private boolean accepts(Verdict verdict) {
    return verdict.treatment() == treatment;
  }

  /** Whether it can change memory. */
  public boolean stores() {
    return switch (treatment) {
      case STORE_PC, STORE_MULTIPLE_PC, PC_BASED_ACCESS -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return (length == 2 ? "%s %04x %s" : "%s %08x %s").formatted(set, encoding, treatment);
  }
}
