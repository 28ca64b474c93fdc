package io.github.optprobe.x86.hazard;

import io.github.optprobe.x86.hazard.SecondDecoder.Line;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a few instructions do that stand for a call, followed through by hand: what lies on the
 * stack, and where they go. Words of four bytes; a value that is not known has its operand's name.
 */
final class PushedCall {
  private static final Pattern SHIFT = Pattern.compile("lea [re]sp,\\[[re]sp([+-]0x[0-9a-f]+)\\]");
  private static final Pattern STORE =
      Pattern.compile("mov DWORD PTR \\[[re]sp(\\+0x[0-9a-f]+)?\\],0x([0-9a-f]+)");
  private static final Pattern FROM_STACK =
      Pattern.compile("([DQ]WORD) PTR \\[[re]sp([+-]0x[0-9a-f]+)?\\]");
  private static final Pattern NUMBER = Pattern.compile("0x([0-9a-f]+)");

  private final int wordBytes;
  private final Map<Integer, String> stack = new HashMap<>();
  private int pointer;
  private String goesTo = "";

  PushedCall(int wordBytes) {
    this.wordBytes = wordBytes;
  }

  /** Follows the lines up to the first that goes elsewhere. */
  PushedCall follow(List<Line> lines) {
    for (Line line : lines) {
      if (goesTo.isEmpty()) {
        step(line.text().replaceFirst("^(notrack|ds) ", ""));
      }
    }
    return this;
  }

  /** Where it goes: an address behind {@code @}, or an operand. */
  String goesTo() {
    return goesTo;
  }

  /** Whether the stack has grown by one word, and that is this one. */
  boolean hasPushed(long address) {
    String low = Long.toHexString(address & 0xFFFF_FFFFL);
    String high = Long.toHexString(address >>> Integer.SIZE);
    boolean grown = pointer == -wordBytes && low.equals(stack.get(pointer));
    return grown && (wordBytes == Integer.BYTES || high.equals(stack.get(pointer + Integer.BYTES)));
  }

  private void step(String text) {
    Matcher shift = SHIFT.matcher(text);
    Matcher store = STORE.matcher(text);
    if (text.startsWith("push ")) {
      push(text.substring("push ".length()));
    } else if (shift.matches()) {
      pointer += Integer.decode(shift.group(1));
    } else if (store.matches()) {
      int at = store.group(1) == null ? 0 : Integer.decode(store.group(1));
      stack.put(pointer + at, store.group(2));
    } else if (text.startsWith("jmp ")) {
      goesTo = value(text.substring("jmp ".length()));
    } else if (text.equals("ret")) {
      goesTo = stack.getOrDefault(pointer, "nothing");
      pointer += wordBytes;
    } else {
      goesTo = "unknown: " + text;
    }
  }

  private void push(String operand) {
    String value = value(operand);
    pointer -= wordBytes;
    Matcher number = NUMBER.matcher(value);
    boolean known = number.matches();
    long pushed = known ? Long.parseUnsignedLong(number.group(1), 16) : 0;
    stack.put(pointer, known ? Long.toHexString(pushed & 0xFFFF_FFFFL) : value);
    if (wordBytes == Long.BYTES) {
      stack.put(pointer + Integer.BYTES, known ? Long.toHexString(pushed >>> Integer.SIZE) : value);
    }
  }

  /** What this code has put there, if it has. */
  private String value(String operand) {
    Matcher matcher = FROM_STACK.matcher(operand);
    if (!matcher.matches()) {
      return operand;
    }
    int at = pointer + (matcher.group(2) == null ? 0 : Integer.decode(matcher.group(2)));
    return stack.getOrDefault(at, operand);
  }
}
