package io.github.optprobe.x86.hazard;

import io.github.optprobe.Refusal;
import io.github.optprobe.WindowRefusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether what a refusal says is so, by objdump and readelf alone. */
final class RefusalRules {
  private static final int JUMP = 5;
  private static final int MOST_ENTRIES = 2000;
  private static final int EIGHT = 8;
  private static final Pattern LEA = Pattern.compile("^lea .*# ([0-9a-f]+)\\b");
  private static final Pattern STRIDE = Pattern.compile("^lea +\\(%r\\w+,%r\\w+,8\\),");
  private static final Pattern INDIRECT = Pattern.compile("\\bl?jmpq? +\\*");
  private static final Pattern TRANSFER = Pattern.compile("^(?:\\w+ )?(?:jmpq?|retq?|ret) ?");
  private static final Pattern CALL = Pattern.compile("\\bcallq?\\b");
  private static final Pattern INTERRUPT =
      Pattern.compile("^(syscall|sysenter|int1|int |int3|into)");
  private static final Pattern TRAP = Pattern.compile("^(ud0|ud1|ud2|hlt)");
  private static final Pattern FAR = Pattern.compile("^(rex\\.W )?(lret|ljmp|lcall|iret|sysret)");
  private static final Pattern PRIVILEGED =
      Pattern.compile("^(cli|sti|popf|mov .*%[cd]r\\d|.*lwp)");
  private static final Pattern SEGMENT =
      Pattern.compile("^(l[defgs]s |pop .*%[defgs]s|mov .*,%[defg]s)");

  /** State that depends on where it was saved, other rings' affairs, and what is rare. */
  private static final Pattern RARE =
      Pattern.compile(
          "^(x?save|xrstor|fxsave|fxrstor|fn?stenv|fldenv|fn?save|frstor|rdpkru|wrpkru|x(end|test"
              + "|abort)|incssp|rdssp|rstorssp|saveprevssp|setssbsy|in |out |ins|outs|wr[fg]sbase"
              + "|sgdt|lgdt|ltr|str|lar|lsl|ver[rw]|umwait|umonitor|tpause|monitor|mwait|bnd|ldmxcsr"
              + "|stmxcsr|xsave|rdpmc|clzero|movdir|enqcmd|ptwrite|cldemote|emms|fn?clex|fn?init|"
              + "fwait|rdpru|invlpg|serialize|xsusldtrk|xresldtrk|swapgs|clac|stac|data16 .*)");

  private static final Set<String> UNREADABLE =
      Set.of("UNDECODABLE", "FUNCTION_UNDECODABLE", "X86_BRANCH_INTO_INSTRUCTION");

  private final Disassembly code;
  private final Frames frames;
  private final Lines lines;
  private final ByteBuffer file;

  RefusalRules(Path path) throws IOException {
    code = new Disassembly(path);
    frames = new Frames(path);
    lines = new Lines(path);
    file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Whether objdump, which reads from one symbol to the next, sees instructions start there too. In
   * data between code it may not; what neither knows can not be compared.
   */
  boolean isInStep(long at, Refusal refusal) {
    long culprit = refusal.culprit().address().value() - Survey.BASE;
    boolean both = !lines.at(at).isEmpty() && !lines.at(culprit).isEmpty();
    return both || UNREADABLE.contains(refusal.code());
  }

  /**
   * Whether it is so.
   *
   * @param at where the jump would stand
   */
  boolean isRight(long at, Refusal refusal) {
    long end = code.starts.atOrAbove(at + JUMP);
    long culprit = refusal.culprit().address().value() - Survey.BASE;
    String text = lines.at(culprit);
    boolean inWindow = culprit >= at && culprit < end;
    if (refusal instanceof Refusal.BranchIntoWindow branch) {
      long target = branch.target() - Survey.BASE;
      return target > at && target < end && leads(culprit, target);
    }
    if (refusal instanceof WindowRefusal.LandingInWindow) {
      return inWindow && culprit > at && isLanding(culprit);
    }
    return switch (refusal.code()) {
      case "WINDOW_LEAVES_FUNCTION" -> leaves(at, end);
      case "INDIRECT_JUMP" -> INDIRECT.matcher(text).find() || leavesByJump(culprit);
      case "FUNCTION_UNDECODABLE", "UNDECODABLE" ->
          text.isEmpty() || text.contains("(bad)") || text.startsWith("int3");
      case "FOREIGN_BREAKPOINT" -> inWindow && text.startsWith("int3");
      default -> inWindow && isOfClass(refusal.code(), at, culprit, text);
    };
  }

  private boolean isOfClass(String code, long at, long culprit, String text) {
    return switch (code) {
      case "X86_RETURN_INTO_WINDOW" ->
          CALL.matcher(text).find() && this.code.starts.atOrAbove(culprit + 1) < at + JUMP;
      case "X86_LANDING_MARK" -> culprit > at && text.startsWith("endbr");
      case "X86_BRANCH_INTO_INSTRUCTION" -> leadsIntoInstruction(at, culprit);
      case "X86_BEHIND_TRANSFER" -> isBehindTransfer(at, culprit);
      case "X86_INTERRUPT" -> INTERRUPT.matcher(text).find();
      case "X86_TRAPS" -> TRAP.matcher(text).find();
      case "X86_FAR_TRANSFER" -> FAR.matcher(text).find();
      case "X86_PRIVILEGED" -> PRIVILEGED.matcher(text).find();
      case "X86_SEGMENT_REGISTER" -> SEGMENT.matcher(text).find();
      case "X86_TRANSACTION" -> text.startsWith("xbegin");
      case "X86_BRANCH_OPERAND_SIZE" -> text.contains("data16") || text.matches("^\\w+w .*");
      case "X86_NOT_KNOWN_MOVABLE" -> RARE.matcher(text).find();
      default -> false;
    };
  }

  /** By itself, by having taken the address, or through a table. */
  private boolean leads(long from, long target) {
    String text = lines.at(from);
    boolean takes =
        text.startsWith("lea") && text.matches(".*# " + Long.toHexString(target) + "\\b.*");
    return takes
        || code.sources.getOrDefault(target, List.of()).contains(from)
        || (INDIRECT.matcher(text).find() && tableLeads(from, target));
  }

  /**
   * Through a table whose address the function takes, with distances from there or from another
   * address that it takes; or to a multiple of eight bytes behind one.
   */
  private boolean tableLeads(long jump, long target) {
    boolean stride = false;
    List<Long> taken = new ArrayList<>();
    long end = frames.ends.atOrAbove(jump + 1);
    long at = frames.starts.atOrBelow(jump);
    while (at < end) {
      Matcher lea = LEA.matcher(lines.at(at));
      if (lea.find()) {
        taken.add(Long.parseUnsignedLong(lea.group(1), 16));
      }
      stride |= STRIDE.matcher(lines.at(at)).find();
      at = code.starts.atOrAbove(at + 1);
    }
    boolean computed =
        stride && taken.stream().anyMatch(base -> target >= base && (target - base) % EIGHT == 0);
    return computed
        || taken.stream()
            .anyMatch(base -> taken.stream().anyMatch(table -> hasEntry(table, target - base)));
  }

  private boolean hasEntry(long table, long distance) {
    for (int i = 0; i < MOST_ENTRIES; i++) {
      long at = table + 4L * i;
      if (at < 0 || at + Integer.BYTES > file.capacity()) {
        return false;
      }
      if (file.getInt((int) at) == distance) {
        return true;
      }
    }
    return false;
  }

  private boolean sameFrame(long one, long other) {
    return frames.starts.atOrBelow(one) == frames.starts.atOrBelow(other)
        && frames.ends.atOrAbove(one + 1) == frames.ends.atOrAbove(other + 1);
  }

  private boolean isLanding(long place) {
    return frames.landingPads.atOrAbove(place) == place
        || frames.starts.atOrAbove(place) == place
        || lines.isSymbol(place)
        || code.sources.getOrDefault(place, List.of()).stream()
            .anyMatch(from -> !sameFrame(from, place) || INDIRECT.matcher(lines.at(from)).find())
        || code.tables.stream()
            .anyMatch(
                table ->
                    !sameFrame(table.jump(), place) && hasEntry(table.at(), place - table.at()));
  }

  private boolean leaves(long at, long end) {
    long frameEnd = frames.ends.atOrAbove(at + 1);
    return frameEnd < end || lines.endsBetween(at, end) || end == Long.MAX_VALUE;
  }

  /** A direct jump to code that jumps through a register. */
  private boolean leavesByJump(long from) {
    return code.sources.entrySet().stream()
        .filter(entry -> entry.getValue().contains(from))
        .anyMatch(entry -> INDIRECT.matcher(lines.at(entry.getKey())).find());
  }

  private boolean leadsIntoInstruction(long at, long from) {
    return code.sources.entrySet().stream()
        .filter(entry -> entry.getValue().contains(from))
        .anyMatch(entry -> entry.getKey() > at && lines.at(entry.getKey()).isEmpty());
  }

  /** A jump or return is in front of it in the window, and no branch of the window leads to it. */
  private boolean isBehindTransfer(long at, long culprit) {
    long before = code.starts.atOrBelow(culprit - 1);
    boolean reached =
        code.sources.getOrDefault(culprit, List.of()).stream()
            .anyMatch(from -> from >= at && from < culprit);
    return before >= at && TRANSFER.matcher(lines.at(before)).find() && !reached;
  }

  String describe(long at, Refusal refusal) {
    long culprit = refusal.culprit().address().value() - Survey.BASE;
    return "%x: %s; objdump: %s".formatted(at, refusal.message(), lines.at(culprit));
  }
}
