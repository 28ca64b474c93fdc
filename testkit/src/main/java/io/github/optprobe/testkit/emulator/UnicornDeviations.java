package io.github.optprobe.testkit.emulator;

import io.github.optprobe.Tier;
import io.github.optprobe.testkit.execute.Deviations;
import io.github.optprobe.testkit.execute.Deviations.Deviation;
import java.util.List;

/** What Unicorn 2.0.1 is known to do otherwise than the manuals say. */
final class UnicornDeviations {
  private static final String PREFIX = "(?:26|2e|36|3e|6[4-7]|f[023])";
  private static final String REX = "4[0-9a-f]";

  private static final Deviations X86 =
      new Deviations(
          List.of(
              Deviation.of("^x(begin|end|abort|test)\\b", "it knows no transactions: it moves"),
              Deviation.of("^rd(tscp?|pmc)\\b", "it is a clock: what is done with it differs too"),
              Deviation.of("^enter\\b", "one that nests two levels or more copies wrong words"),
              Deviation.ofFaults(
                  "^(fstp|fbstp|fbld|fld|fnsave|frstor|fldenv|fxsave|fxrstor)\\w*\\b",
                  "where it faults, the program counter is behind it"),
              Deviation.of(
                  "^(fnstenv|fnsave|fxsave)\\w*\\b",
                  "it stores the address of the last floating-point instruction: no deviation, but"
                      + " relocated code shows"),
              Deviation.of(
                  " ; (?:" + PREFIX + " |" + REX + " )*" + REX + " " + PREFIX + " ",
                  "a REX prefix counts although a legacy prefix follows it"),
              Deviation.ofFaults(
                  "^(?:bnd |notrack )*call\\b",
                  "a relocated call that faults has left its target below the stack pointer: no"
                      + " deviation, but it shows"),
              Deviation.in("^popf", "it runs at privilege level 0 and changes IF", Tier.EMULATED),
              Deviation.in(
                  "^(bnd )?ret 0x[89A-F]... ;",
                  "it takes the number of bytes to pop as signed",
                  Tier.EMULATED)));

  private static final Deviations ARM =
      new Deviations(
          List.of(
              Deviation.ofFaults(
                  "^it[te]* ", "where an instruction of a block faults, it may have gone on"),
              Deviation.in(
                  "\\bpc\\b|^bl?x",
                  "a branch to A32 code at an address with bit 1 set, which is unpredictable"
                      + " (ARM ARM A2.3.1, BXWritePC), goes there",
                  Tier.EMULATED)));

  private UnicornDeviations() {}

  /** Those of an instruction set. */
  static Deviations of(String instructionSet) {
    return switch (instructionSet) {
      case "x86-64", "x86-32" -> X86;
      case "a32", "t32" -> ARM;
      default -> Deviations.NONE;
    };
  }
}
