package io.github.optprobe.x86.hazard;

import io.github.optprobe.x86.hazard.SecondDecoder.Line;
import io.github.optprobe.x86.hazard.SecondDecoder.Piece;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a relocated instruction says what its original says, by objdump's words for both. One
 * rule for each kind of instruction, from the manual's description of it.
 */
final class SameMeaning {
  private static final Pattern WORDS =
      Pattern.compile(
          "^(?:(?:bnd|notrack|addr\\d+|ds|cs|data16|rex\\S*|repz|repnz) +)*(\\S+?)(?:,p[nt])?(?: +(.*))?$");

  /** Here the prefix says which register counts. */
  private static final Pattern COUNTER =
      Pattern.compile("^((?:addr\\d+ )?(?:loop\\w*|j[re]?cxz))(?:,p[nt])? ");

  private static final Pattern ACCUMULATOR =
      Pattern.compile("\\w+ PTR (\\w\\w:)?\\[@([0-9a-f]+)\\]");
  private static final Map<String, String> OPPOSITE =
      Map.of(
          "jo", "jno", "jb", "jae", "je", "jne", "jbe", "ja", "js", "jns", "jp", "jnp", "jl", "jge",
          "jle", "jg");

  private final int wordBytes;
  private final Line original;
  private final Piece moved;
  private final LongUnaryOperator targets;
  private final String mnemonic;
  private final String operands;

  /** The kinds of instructions. */
  enum Kind {
    PLAIN,
    RELATIVE_OPERAND,
    JUMP,
    JUMP_BY_OPERAND,
    CONDITIONAL,
    COUNTER,
    CALL,
    CALL_BY_OPERAND
  }

  /**
   * Compares two.
   *
   * @param targets where a branch of the original to an address has to go
   */
  SameMeaning(int bits, Line original, Piece moved, LongUnaryOperator targets) {
    this.wordBytes = bits / Byte.SIZE;
    this.original = original;
    this.moved = moved;
    this.targets = targets;
    Matcher words = WORDS.matcher(original.text());
    if (!words.matches()) {
      throw new AssertionError("no instruction: " + original);
    }
    Matcher counter = COUNTER.matcher(original.text());
    mnemonic = counter.find() ? counter.group(1) : words.group(1);
    operands = words.group(2) == null ? "" : words.group(2);
  }

  Kind kind() {
    boolean address = operands.startsWith("@");
    if (mnemonic.equals("jmp")) {
      return address ? Kind.JUMP : Kind.JUMP_BY_OPERAND;
    }
    if (mnemonic.equals("call")) {
      return address ? Kind.CALL : Kind.CALL_BY_OPERAND;
    }
    if (COUNTER.matcher(original.text()).find()) {
      return Kind.COUNTER;
    }
    if (mnemonic.startsWith("j")) {
      return Kind.CONDITIONAL;
    }
    return operands.contains("[@") ? Kind.RELATIVE_OPERAND : Kind.PLAIN;
  }

  boolean holds() {
    return switch (kind()) {
      case PLAIN -> isCopy();
      case RELATIVE_OPERAND -> isCopy() || isFarLea() || isFarMove() || isFarOperand();
      case JUMP -> jumpsFrom(0, target());
      case JUMP_BY_OPERAND -> isCopy() || isFarJumpByOperand();
      case CONDITIONAL -> isConditional();
      case COUNTER -> isCounter();
      case CALL -> isCall();
      case CALL_BY_OPERAND -> (isCallByOperand() || isFarCallByOperand()) && isTrackedAlike();
    };
  }

  private long target() {
    return targets.applyAsLong(Long.parseUnsignedLong(operands.substring(1), 16));
  }

  /** One instruction, all of the piece, in the same words. */
  private boolean isCopy() {
    return moved.lines.size() == 1
        && moved.lines.get(0).next() == moved.end()
        && text(0).equals(original.text());
  }

  private String text(int index) {
    return index < moved.lines.size() ? moved.lines.get(index).text() : "";
  }

  private static String to(long address) {
    return "@" + Long.toHexString(address);
  }

  /** Whether a piece is a jump to an address and nothing else. */
  static boolean isJump(Piece piece, long to) {
    return jumps(piece, 0, to);
  }

  private boolean jumpsFrom(int index, long to) {
    return jumps(moved, index, to);
  }

  /** The line goes to an address, by itself or through the word behind it, and the piece ends. */
  private static boolean jumps(Piece moved, int index, long to) {
    if (index >= moved.lines.size()) {
      return false;
    }
    Line line = moved.lines.get(index);
    if (line.text().equals("jmp " + to(to))) {
      return line.next() == moved.end();
    }
    OptionalLong kept = moved.addressAt(line.next());
    return line.text().equals("jmp QWORD PTR [" + to(line.next()) + "]")
        && kept.isPresent()
        && kept.getAsLong() == to
        && line.next() + Long.BYTES == moved.end();
  }

  private boolean isConditional() {
    boolean near = text(0).equals(mnemonic + " " + to(target()));
    return near
        ? moved.lines.size() == 1 && moved.lines.get(0).next() == moved.end()
        : text(0).equals(opposite() + " " + to(moved.end())) && jumpsFrom(1, target());
  }

  private String opposite() {
    return OPPOSITE.entrySet().stream()
        .filter(pair -> pair.getKey().equals(mnemonic) || pair.getValue().equals(mnemonic))
        .map(pair -> pair.getKey().equals(mnemonic) ? pair.getValue() : pair.getKey())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no condition: " + original));
  }

  /** Itself to the third line, the second behind the piece, the third to the target. */
  private boolean isCounter() {
    return moved.lines.size() >= 3
        && text(0).equals(mnemonic + " " + to(moved.lines.get(2).address()))
        && text(1).equals("jmp " + to(moved.end()))
        && jumpsFrom(2, target());
  }

  private boolean isCall() {
    int last = wordBytes == Long.BYTES ? 2 : 1;
    return jumpsFrom(last, target())
        && new PushedCall(wordBytes).follow(moved.lines).hasPushed(original.next());
  }

  /** Where landing marks are enforced, a branch needs one as the original does, or none. */
  private boolean isTrackedAlike() {
    String last = text(moved.lines.size() - 1);
    boolean jump = last.contains("jmp ");
    return !jump || last.startsWith("notrack ") == original.text().startsWith("notrack ");
  }

  private boolean isCallByOperand() {
    if (text(0).startsWith("mov")) {
      return false;
    }
    PushedCall call = new PushedCall(wordBytes).follow(moved.lines);
    return call.hasPushed(original.next()) && call.goesTo().equals(operands);
  }

  /** {@code lea reg,[T]}: the number itself, as wide as the register. */
  private boolean isFarLea() {
    int comma = operands.indexOf(',');
    if (!mnemonic.equals("lea") || moved.lines.size() != 1) {
      return false;
    }
    String register = operands.substring(0, comma);
    long target = relativeTarget();
    boolean wide = register.startsWith("r") && !register.matches("r\\d+[dw]");
    boolean narrow =
        (register.length() == 2 && !register.startsWith("r")) || register.endsWith("w");
    long shown = wide ? target : target & (narrow ? 0xFFFFL : 0xFFFF_FFFFL);
    String number = register + ",0x" + Long.toHexString(shown);
    return text(0).equals((wide ? "movabs " : "mov ") + number);
  }

  private long relativeTarget() {
    int from = operands.indexOf("[@") + 2;
    return Long.parseUnsignedLong(operands.substring(from, operands.indexOf(']', from)), 16);
  }

  /** {@code mov} of the accumulator has a form with a whole address. */
  private boolean isFarMove() {
    String far =
        ACCUMULATOR
            .matcher(operands)
            .replaceFirst(
                found -> (found.group(1) == null ? "ds:" : found.group(1)) + "0x" + found.group(2));
    return mnemonic.equals("mov") && moved.lines.size() == 1 && text(0).equals("movabs " + far);
  }

  /** The address in a register that the instruction does not name, saved below the red zone. */
  private boolean isFarOperand() {
    if (moved.lines.size() != 6 || !text(1).startsWith("push ")) {
      return false;
    }
    String register = text(1).substring("push ".length());
    String address = "[" + to(relativeTarget()) + "]";
    List<String> expected =
        List.of(
            "lea rsp,[rsp-0x80]",
            "push " + register,
            "movabs " + register + ",0x" + Long.toHexString(relativeTarget()),
            original.text().replace(address, "[" + register + "]"),
            "pop " + register,
            "lea rsp,[rsp+0x80]");
    String letters = register.substring(1).toLowerCase(Locale.ROOT);
    boolean named = Pattern.compile("\\b[re]?" + letters + "\\b").matcher(operands).find();
    return !named && moved.lines.stream().map(line -> line.text()).toList().equals(expected);
  }

  /** The target ends up below the red zone, and a return takes it from there. */
  private boolean isFarJumpByOperand() {
    return texts(
        "lea rsp,[rsp-0x80]",
        "push rax",
        "push rax",
        "movabs rax," + farAddress(),
        "mov QWORD PTR [rsp+0x8],rax",
        "pop rax",
        "ret 0x80");
  }

  private boolean isFarCallByOperand() {
    long signExtended = (int) original.next();
    String low = Long.toHexString(signExtended);
    String high = Long.toHexString(original.next() >>> Integer.SIZE);
    return low.length() <= 8
        && texts(
            "mov QWORD PTR [rsp-0x10],rax",
            "movabs rax," + farAddress(),
            "mov QWORD PTR [rsp-0x18],rax",
            "mov rax,QWORD PTR [rsp-0x10]",
            "push 0x" + low,
            "mov DWORD PTR [rsp+0x4],0x" + high,
            (original.text().startsWith("notrack ") ? "notrack " : "")
                + "jmp QWORD PTR [rsp-0x10]");
  }

  private String farAddress() {
    return operands.contains("[@") ? "ds:0x" + Long.toHexString(relativeTarget()) : "no address";
  }

  private boolean texts(String... expected) {
    return moved.lines.stream().map(line -> line.text()).toList().equals(List.of(expected));
  }
}
