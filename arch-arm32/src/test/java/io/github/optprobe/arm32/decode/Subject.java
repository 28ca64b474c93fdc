package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.DecodeTable;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.arm32.table.Verdict;

/** One encoding at an address, and what the table alone says of it. */
record Subject(ArmSet set, int length, int encoding, long address, Verdict verdict) {
  static Subject of(ArmSet set, int length, int encoding, long address) {
    Verdict verdict = DecodeTable.of(set, length).judge(encoding);
    return new Subject(set, length, encoding, address, verdict);
  }

  boolean isCalledUndefined() {
    return verdict.objection() == Objection.UNDEFINED
        || verdict.objection() == Objection.NOT_IN_TABLE;
  }

  Instruction instruction() {
    return new Instruction(set, address, length, encoding, ItState.OUTSIDE, verdict);
  }

  /** "A32", "T16" or "T32". */
  String space() {
    return length == 2 ? "T16" : set.name();
  }

  @Override
  public String toString() {
    return "%s 0x%s %s [%s]"
        .formatted(
            space(),
            Integer.toHexString(encoding),
            verdict.isRefused() ? verdict.objection() : verdict.treatment(),
            verdict.row());
  }
}
