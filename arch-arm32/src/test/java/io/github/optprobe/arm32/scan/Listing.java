package io.github.optprobe.arm32.scan;

import io.github.optprobe.text.AddressRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What objdump makes of a file that has mapping symbols: they tell it code from data. */
final class Listing {
  private static final Pattern LINE =
      Pattern.compile("^ *([0-9a-f]+):\\t([0-9a-f]{2,8}(?: [0-9a-f]{4})?) *\\t(.*)$");
  private static final Pattern DATA = Pattern.compile("^\\.(word|short|byte)\\b.*");
  private static final Pattern NOP =
      Pattern.compile("^nop(\\.w)?\\b.*|^mov\\tr8, r8.*|^movs\\tr0, r0$|^\\.inst.*");

  private final SortedMap<Long, String> code = new TreeMap<>();
  private final SortedMap<Long, String> data = new TreeMap<>();

  private Listing() {}

  static Listing of(Path file) throws IOException, InterruptedException {
    Listing listing = new Listing();
    for (String line : CrossTools.run("objdump", "-d", "-z", file.toString())) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        long address = Long.parseLong(matcher.group(1), 16);
        String text = matcher.group(3);
        (DATA.matcher(text).matches() ? listing.data : listing.code).put(address, text);
      }
    }
    return listing;
  }

  /** Where instructions start, and their text. */
  Map<Long, String> codeIn(AddressRange range) {
    return code.subMap(range.first(), range.last() + 1);
  }

  /** Where data starts, and its text. */
  Map<Long, String> dataIn(AddressRange range) {
    return data.subMap(range.first(), range.last() + 1);
  }

  boolean isCode(long address) {
    return code.containsKey(address);
  }

  static boolean isNop(String text) {
    return NOP.matcher(text).matches();
  }
}
