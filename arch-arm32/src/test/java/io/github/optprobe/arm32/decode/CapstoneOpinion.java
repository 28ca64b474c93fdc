package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where Capstone and the table differ about an encoding outside IT blocks. */
final class CapstoneOpinion {
  private static final Pattern TARGET = Pattern.compile("#0x([0-9a-f]+)$|#([0-9])$");
  private static final int PC = 1 << 15;
  private static final int OTHERS = PC - 1;

  private CapstoneOpinion() {}

  /** Whether Capstone knows the instruction; its details are in the frame then. */
  static boolean knows(Subject subject) {
    CapstoneFrame frame = CapstoneFrame.ofThisThread(subject.set());
    boolean known =
        subject.set() == ArmSet.A32
            ? frame.decodeA32(subject.encoding(), subject.address())
            : frame.decodeT32(
                subject.encoding(), subject.length(), subject.address(), ItState.OUTSIDE);
    if (isIt(subject)) {
      frame.leaveItBlock();
    }
    return known;
  }

  private static boolean isIt(Subject subject) {
    return subject.length() == 2 && subject.encoding() >>> 8 == 0xBF;
  }

  static Set<Disagreement> disagreements(Subject subject) {
    boolean known = knows(subject);
    EnumSet<Disagreement> found = EnumSet.noneOf(Disagreement.class);
    if (subject.verdict().isRefused()) {
      add(found, Disagreement.CAPSTONE_KNOWS, known && subject.isCalledUndefined());
    } else if (!known) {
      found.add(Disagreement.CAPSTONE_LACKS);
    } else if (!isIt(subject)) {
      compare(subject, CapstoneFrame.ofThisThread(subject.set()), found);
    }
    return found;
  }

  private static void compare(Subject subject, CapstoneFrame frame, Set<Disagreement> found) {
    boolean registers = frame.findRegisters();
    boolean reads = registers && (frame.registersRead() & PC) != 0;
    boolean writes = registers && (frame.registersWritten() & PC) != 0;
    boolean branch = subject.verdict().writesPc();
    add(found, Disagreement.CAPSTONE_BRANCH, frame.isBranch() && !branch);
    add(found, Disagreement.CAPSTONE_PC_READ, reads != subject.verdict().readsPc());
    add(found, Disagreement.CAPSTONE_PC_WRITTEN, writes != branch);
    int read = frame.registersRead() ^ subject.verdict().registersRead();
    int written = frame.registersWritten() ^ subject.verdict().registersWritten();
    add(found, Disagreement.CAPSTONE_REGISTERS_READ, (read & OTHERS) != 0);
    add(found, Disagreement.CAPSTONE_REGISTERS_WRITTEN, (written & OTHERS) != 0);
    Instruction instruction = subject.instruction();
    if (instruction.hasBranchTarget()) {
      boolean same = target(frame.text()) == instruction.branchTarget();
      add(found, Disagreement.CAPSTONE_TARGET, !same);
    }
  }

  /** What Capstone says, for people. */
  static String text(Subject subject) {
    CapstoneFrame frame = CapstoneFrame.ofThisThread(subject.set());
    if (!knows(subject) || !frame.findRegisters()) {
      return "unknown";
    }
    return "%s reads %x writes %x, table %x %x"
        .formatted(
            frame.text(),
            frame.registersRead(),
            frame.registersWritten(),
            subject.verdict().registersRead(),
            subject.verdict().registersWritten());
  }

  private static void add(Set<Disagreement> found, Disagreement disagreement, boolean differs) {
    if (differs) {
      found.add(disagreement);
    }
  }

  private static long target(String text) {
    Matcher matcher = TARGET.matcher(text);
    if (!matcher.find()) {
      return -1;
    }
    String digits = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return Long.parseLong(digits, 16) & 0xFFFF_FFFFL;
  }
}
