package io.github.optprobe.testkit.decode;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the text of an instruction of A32 or T32 says about the flow of control. Decoders' own marks
 * of branches miss those that write PC like any register.
 */
final class ArmFlow {
  private static final String CONDITIONS = "eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le";
  private static final Pattern CONDITIONAL = Pattern.compile("b(?:" + CONDITIONS + ")");
  private static final Pattern CALL = Pattern.compile("blx?(?:ns|al|" + CONDITIONS + ")?");
  private static final Pattern EXCHANGE =
      Pattern.compile("(?:bxj?|tb[bh])(?:ns|al|" + CONDITIONS + ")?");
  private static final Pattern SYSTEM = Pattern.compile("(?:svc|hvc|smc)(?:" + CONDITIONS + ")?");
  private static final Pattern FIRST_IS_NO_RESULT =
      Pattern.compile("(?:st|ldm|ldc|cmp|cmn|tst|teq|pld|pli|v|msr|mcr|rfe|srs|push|clrex).*");
  private static final Pattern NUMBER =
      Pattern.compile("(?:^|[\\s,])#?(-?)(?:0x([0-9a-f]+)|([0-9]+))$");

  private ArmFlow() {}

  /**
   * The flow of an instruction.
   *
   * @param mnemonic in lower case, perhaps with {@code .n} or {@code .w}
   * @param operands as the decoder writes them
   */
  static FlowClass of(String mnemonic, String operands) {
    String word = mnemonic.replaceFirst("\\.[nw]$", "");
    boolean constant = target(operands).isPresent();
    return switch (word) {
      case "b", "bal" -> FlowClass.JUMP;
      case "cbz", "cbnz" -> FlowClass.JUMP_CONDITIONAL;
      case "bkpt", "udf", "trap", "hlt" -> FlowClass.TRAP;
      case "eret" -> FlowClass.FAR;
      default -> ofPattern(word, operands, constant);
    };
  }

  private static FlowClass ofPattern(String word, String operands, boolean constant) {
    if (CONDITIONAL.matcher(word).matches()) {
      return FlowClass.JUMP_CONDITIONAL;
    } else if (CALL.matcher(word).matches()) {
      return constant ? FlowClass.CALL : FlowClass.CALL_INDIRECT;
    } else if (EXCHANGE.matcher(word).matches()) {
      return FlowClass.JUMP_INDIRECT;
    } else if (SYSTEM.matcher(word).matches()) {
      return FlowClass.SYSTEM;
    } else if (word.startsWith("rfe")) {
      return FlowClass.FAR;
    }
    return writesPc(word, operands) ? FlowClass.JUMP_INDIRECT : FlowClass.NEXT;
  }

  private static boolean writesPc(String word, String operands) {
    if (word.startsWith("ldm") || word.startsWith("pop")) {
      return operands.contains("pc}");
    }
    return operands.startsWith("pc,") && !FIRST_IS_NO_RESULT.matcher(word).matches();
  }

  /** Whether a flow has a constant target in its text. */
  static boolean hasTarget(FlowClass flow) {
    return switch (flow) {
      case JUMP, JUMP_CONDITIONAL, CALL -> true;
      default -> false;
    };
  }

  /** The number that the operands end with, as an address. */
  static OptionalLong target(String operands) {
    Matcher matcher = NUMBER.matcher(operands);
    if (!matcher.find()) {
      return OptionalLong.empty();
    }
    String hexadecimal = matcher.group(2);
    long number =
        hexadecimal != null
            ? Long.parseUnsignedLong(hexadecimal, 16)
            : Long.parseLong(matcher.group(3));
    boolean negative = !matcher.group(1).isEmpty();
    return OptionalLong.of((negative ? -number : number) & 0xFFFF_FFFFL);
  }
}
