package io.github.optprobe.arm32.decode;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where objdump and the table differ about an encoding outside IT blocks. */
final class ObjdumpOpinion {
  private static final Pattern UNKNOWN = Pattern.compile("(?i)undefined|\\?\\?|\\.word|\\.short");
  private static final Pattern TARGET =
      Pattern.compile(
          "^(?:b|bl|blx|cbz|cbnz|b[a-z]{2}|bl[a-z]{2})(?:\\.[nw])?\\t(?:.*, )?0x([0-9a-f]+)");

  private ObjdumpOpinion() {}

  /** Whether objdump knows the instruction of a line. */
  static boolean knows(Objdump.Line line) {
    return !UNKNOWN.matcher(line.text()).find();
  }

  static Set<Disagreement> disagreements(Subject subject, Objdump.Line line) {
    EnumSet<Disagreement> found = EnumSet.noneOf(Disagreement.class);
    boolean known = knows(line);
    if (line.length() != subject.length()) {
      found.add(Disagreement.OBJDUMP_LENGTH);
    } else if (subject.verdict().isRefused()) {
      if (known && subject.isCalledUndefined()) {
        found.add(Disagreement.OBJDUMP_KNOWS);
      }
    } else if (!known) {
      found.add(Disagreement.OBJDUMP_LACKS);
    } else {
      compare(subject, line.text(), found);
    }
    return found;
  }

  private static void compare(Subject subject, String text, Set<Disagreement> found) {
    if (text.contains("UNPREDICTABLE")) {
      found.add(Disagreement.OBJDUMP_UNPREDICTABLE);
    }
    Matcher matcher = TARGET.matcher(text);
    boolean branch = matcher.find();
    Instruction instruction = subject.instruction();
    if (branch != instruction.hasBranchTarget()) {
      found.add(Disagreement.OBJDUMP_BRANCH);
    } else if (branch
        && (Long.parseUnsignedLong(matcher.group(1), 16) & 0xFFFF_FFFFL)
            != instruction.branchTarget()) {
      found.add(Disagreement.OBJDUMP_TARGET);
    }
  }
}
