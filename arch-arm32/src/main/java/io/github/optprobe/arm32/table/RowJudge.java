package io.github.optprobe.arm32.table;

import io.github.optprobe.arm32.table.Operand.Access;
import org.jspecify.annotations.Nullable;

/** Judges one encoding by the row that it matches. */
final class RowJudge {
  private static final int PC = 15;
  private static final int SP = 13;
  private static final int LR = 14;
  private static final int ROTATE = 3;

  private final TableRow row;
  private final RowFacts facts;
  private final int word;
  private final ItState it;

  private int read;
  private int written;
  private @Nullable Treatment pcRead;
  private @Nullable Treatment pcWritten;

  private RowJudge(TableRow row, int word, ItState it) {
    this.row = row;
    this.facts = row.facts();
    this.word = word;
    this.it = it;
    this.read = facts.implicitRead();
    this.written = facts.implicitWritten();
  }

  /**
   * Judges an encoding.
   *
   * @param it where it stands; outside an IT block for A32
   */
  static Verdict judge(TableRow row, int word, ItState it) {
    RowJudge judge = new RowJudge(row, word, it);
    Objection objection = judge.objection();
    return objection == null
        ? judge.accepted()
        : Verdict.refused(row, objection, judge.condition());
  }

  private @Nullable Objection objection() {
    if (row.objection() != null) {
      return row.objection();
    }
    if ((word & row.shouldBeZero()) != 0 || (~word & row.shouldBeOne()) != 0) {
      return Objection.SHOULD_BE_ZERO;
    }
    Objection objection = operands();
    return objection != null ? objection : combination();
  }

  private @Nullable Objection operands() {
    for (Operand operand : facts.operands()) {
      Objection objection = operand(operand);
      if (objection != null) {
        return objection;
      }
    }
    return null;
  }

  private @Nullable Objection operand(Operand operand) {
    Access access = operand.access();
    int registers = operand.registers(word);
    if (access.isPair() && !isPair(operand.field().of(word))) {
      return Objection.UNPREDICTABLE;
    }
    if (isSet(registers, SP) && !operand.allowsSp()) {
      return Objection.UNPREDICTABLE;
    }
    if (isSet(registers, PC)) {
      Objection objection = pcOperand(operand);
      if (objection != null) {
        return objection;
      }
    }
    read |= access.reads() ? registers : 0;
    written |= access.writes() ? registers : 0;
    return access.isBase() ? base(operand, registers) : null;
  }

  private static boolean isPair(int first) {
    return (first & 1) == 0 && first != LR;
  }

  private @Nullable Objection pcOperand(Operand operand) {
    Treatment treatment = operand.pcTreatment();
    if (treatment == null) {
      return Objection.UNPREDICTABLE;
    }
    if (operand.access().writes()) {
      pcWritten = treatment;
      return null;
    }
    if (pcRead != null && pcRead != treatment) {
      return Objection.PC_TWICE;
    }
    pcRead = treatment;
    return null;
  }

  private @Nullable Objection base(Operand operand, int base) {
    if (operand.access() == Access.VECTOR_BASE) {
      int index = row.number('m', word);
      read |= index < SP || index == LR ? 1 << index : 0;
    }
    if (!writesBack(operand)) {
      return null;
    }
    written |= base;
    boolean clash = (transferred() & base) != 0;
    return isSet(base, PC) || clash ? Objection.UNPREDICTABLE : null;
  }

  /**
   * The registers loaded or stored one by one (fields t and u), which a written base must not be.
   */
  private int transferred() {
    int registers = 0;
    for (Operand operand : facts.operands()) {
      char letter = operand.field().letter();
      registers |= letter == 't' || letter == 'u' ? operand.registers(word) : 0;
    }
    return registers;
  }

  private boolean writesBack(Operand base) {
    return switch (base.access()) {
      case BASE_WRITTEN -> true;
      case VECTOR_BASE -> row.number('m', word) != PC;
      case BASE_OF_LIST -> (Restriction.list(row, word) >> base.field().of(word) & 1) == 0;
      default -> writesBackByFields();
    };
  }

  private boolean writesBackByFields() {
    // In block transfers P tells before from after, and only W tells of write-back.
    boolean postIndexed = row.field('l').isEmpty() && row.numberOr('P', word, 1) == 0;
    return postIndexed || row.numberOr('W', word, 0) == 1;
  }

  /** Whether an encoding writes its base register back. */
  static boolean writesBack(TableRow row, int word) {
    RowJudge judge = new RowJudge(row, word, ItState.OUTSIDE);
    return row.operands().stream().anyMatch(o -> o.access().isBase() && judge.writesBack(o));
  }

  private @Nullable Objection combination() {
    for (Restriction restriction : facts.restrictions()) {
      if (!restriction.isFulfilled(row, word)) {
        return Objection.UNPREDICTABLE;
      }
    }
    if (pcWritten != null && row.numberOr('S', word, 0) == 1) {
      return Objection.PRIVILEGED; // an exception return
    }
    return facts.place().allows(it, isSet(written, PC)) ? null : Objection.UNPREDICTABLE_IN_IT;
  }

  private Verdict accepted() {
    int flagsWritten = flagsWritten();
    return new Verdict(
        row,
        treatment(),
        null,
        condition(),
        read,
        written,
        flagsRead(flagsWritten),
        flagsWritten,
        depth(facts.storeDepth()),
        depth(facts.loadDepth()));
  }

  private Treatment treatment() {
    if (pcWritten != null) {
      return pcWritten;
    }
    return pcRead != null ? pcRead : row.treatment();
  }

  private Condition condition() {
    int number = row.numberOr('c', word, Condition.AL.number());
    return it.inBlock() ? it.condition() : Condition.ofNumber(number);
  }

  private int flagsWritten() {
    boolean kept = facts.keepsFlagsInIt() && it.inBlock();
    // Q is sticky and no concern of S.
    int always = facts.flagsWritten() & Flags.Q;
    return kept || row.numberOr('S', word, 1) == 0 ? always : facts.flagsWritten();
  }

  private int flagsRead(int flagsWritten) {
    int flags = facts.flagsRead() | condition().flagsRead();
    // The carry out of a shift by nothing is the carry in.
    boolean shifts = (flagsWritten & (Flags.C | Flags.V)) == Flags.C;
    return shifts || isRotationThroughCarry() ? flags | Flags.C : flags;
  }

  private boolean isRotationThroughCarry() {
    return row.field('k').isPresent()
        && row.number('k', word) == ROTATE
        && row.numberOr('i', word, 1) == 0;
  }

  private int depth(@Nullable Depth depth) {
    return depth == null || !isStackAccess(depth) ? 0 : depth.bytes(row, word);
  }

  private boolean isStackAccess(Depth depth) {
    if (isSet(facts.implicitRead(), SP)) {
      return true;
    }
    boolean index = depth == Depth.REGISTER && row.number('m', word) == SP;
    return index || row.number('n', word) == SP;
  }

  private static boolean isSet(int registers, int number) {
    return (registers >> number & 1) != 0;
  }
}
