package io.github.optprobe.examples.agent;

import io.github.optprobe.SymbolOffset;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Functions that Java itself calls inside critical sections of JNI, where a handler in Java may
 * wait for a garbage collection that waits for the section to end: zlib's, when arrays are
 * compressed, decompressed or summed up (the JDK's Deflater.c, Inflater.c, CRC32.c, Adler32.c).
 */
final class CriticalSections {
  private static final Pattern LIBRARIES = Pattern.compile("(.*/)?lib(z|zip)\\.so.*");
  private static final List<String> SAFE_PREFIXES = List.of("Java_", "ZIP_");
  private static final Pattern SAFE = Pattern.compile("(in|de)flate(Init2?_|End|Reset2?)");

  private CriticalSections() {}

  static boolean contain(SymbolOffset place) {
    return LIBRARIES.matcher(place.module()).matches()
        && !SAFE.matcher(place.symbol()).matches()
        && SAFE_PREFIXES.stream().noneMatch(place.symbol()::startsWith);
  }

  static String reason(SymbolOffset place) {
    return "%s!%s is called by Java inside critical sections of JNI, where the handler in Java that"
            .formatted(place.module(), place.symbol())
        + " --ret needs could wait for ever; leave --ret out";
  }
}
