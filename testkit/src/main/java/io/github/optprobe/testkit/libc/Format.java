package io.github.optprobe.testkit.libc;

import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The integer and string conversions of {@code printf}, with width and zero padding. */
final class Format {
  private static final Pattern CONVERSION = Pattern.compile("%(0?\\d*)(hh|h|ll|l|z)?([a-zA-Z%])");

  private final GuestMemory memory;
  private final boolean wide;

  Format(GuestMemory memory) {
    this.memory = memory;
    wide = memory.wordBytes() == Long.BYTES;
  }

  String apply(String format, LongSupplier arguments) {
    Matcher matcher = CONVERSION.matcher(format);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      boolean isLong = isLong(matcher.group(2));
      LongSupplier own = isLong && !wide ? () -> twoWords(arguments) : arguments;
      String text = convert(matcher.group(3).charAt(0), isLong, own);
      matcher.appendReplacement(result, Matcher.quoteReplacement(pad(text, matcher.group(1))));
    }
    return matcher.appendTail(result).toString();
  }

  /** Whether a length modifier is that of 64 bits: where words have 32, only that of long long. */
  private boolean isLong(@Nullable String modifier) {
    return modifier != null && (wide ? !modifier.startsWith("h") : modifier.equals("ll"));
  }

  private static long twoWords(LongSupplier arguments) {
    long low = arguments.getAsLong();
    return low | arguments.getAsLong() << Integer.SIZE;
  }

  private String convert(char conversion, boolean isLong, LongSupplier arguments) {
    return switch (conversion) {
      case '%' -> "%";
      case 's' -> memory.string(arguments.getAsLong());
      case 'c' -> String.valueOf((char) (arguments.getAsLong() & 0xff));
      case 'd', 'i' -> Long.toString(signed(arguments.getAsLong(), isLong));
      case 'u' -> Long.toUnsignedString(unsigned(arguments.getAsLong(), isLong));
      case 'x' -> Long.toHexString(unsigned(arguments.getAsLong(), isLong));
      case 'p' -> "0x" + Long.toHexString(arguments.getAsLong());
      default -> throw new GuestAbortException("conversion not supported: %" + conversion);
    };
  }

  private static long signed(long value, boolean isLong) {
    return isLong ? value : (int) value;
  }

  private static long unsigned(long value, boolean isLong) {
    return isLong ? value : Integer.toUnsignedLong((int) value);
  }

  private static String pad(String text, String width) {
    if (width.isEmpty()) {
      return text;
    }
    String fill = width.startsWith("0") ? "0" : " ";
    return fill.repeat(Math.max(0, Integer.parseInt(width) - text.length())) + text;
  }
}
