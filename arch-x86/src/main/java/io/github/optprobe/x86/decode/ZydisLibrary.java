package io.github.optprobe.x86.decode;

import com.sun.jna.NativeLibrary;
import io.github.optprobe.x86.DecoderUnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A loaded decoder library of a supported version. It is looked up in this order:
 *
 * <ol>
 *   <li>the file that the system property {@code optprobe.zydis.library} names by an absolute path;
 *       when the property is set nothing else is tried;
 *   <li>the library bundled in the jar as the resource {@code <JNA prefix>/<library name>}, such as
 *       {@code linux-x86-64/libZydis.so};
 *   <li>the system's: {@code libZydis.so.4.1}, {@code libZydis.so.4.0}, then whatever {@code Zydis}
 *       means to JNA.
 * </ol>
 *
 * The first that loads, has the functions and has version 4.0 or 4.1 is taken.
 *
 * @param library the library
 * @param version its version
 * @param place where it was found, in words
 */
record ZydisLibrary(NativeLibrary library, ZydisVersion version, String place) {
  static final String TEMP_DIRECTORY_HINT =
      " (libraries are extracted to the temporary directory; if that is mounted noexec, name"
          + " another one by -Djna.tmpdir=DIR)";

  private static final String VERSION_FUNCTION = "ZydisGetVersion";

  /**
   * Opens the first usable candidate.
   *
   * @throws DecoderUnavailableException when there is none, or the host's data model is not ours
   */
  static ZydisLibrary open(HostModel host, List<LibraryCandidate> candidates) {
    if (!host.isSupported()) {
      throw new DecoderUnavailableException(unsupportedHost(host));
    }
    List<String> failures = new ArrayList<>();
    for (LibraryCandidate candidate : candidates) {
      try {
        return check(candidate.opener().open(), candidate.place());
      } catch (IOException | UnsatisfiedLinkError e) {
        failures.add(candidate.place() + ": " + reason(e));
      }
    }
    throw new DecoderUnavailableException(report(failures));
  }

  private static ZydisLibrary check(NativeLibrary library, String place) throws IOException {
    // The version before the other symbols: a newer library that lacks one is "5.0", not "broken".
    requireSymbol(library, VERSION_FUNCTION);
    long packed = library.getFunction(VERSION_FUNCTION).invokeLong(new Object[0]);
    ZydisVersion version = ZydisVersion.ofPacked(packed);
    if (!version.isSupported()) {
      throw new IOException("is version " + version + ", not " + ZydisVersion.SUPPORTED);
    }
    for (String symbol : ZydisNative.symbols()) {
      requireSymbol(library, symbol);
    }
    return new ZydisLibrary(library, version, place);
  }

  private static void requireSymbol(NativeLibrary library, String symbol) throws IOException {
    try {
      library.getFunction(symbol);
    } catch (UnsatisfiedLinkError e) {
      throw new IOException("is not a Zydis library: it lacks the symbol " + symbol, e);
    }
  }

  /**
   * A failure in one line. Messages of JNA are a heading that ends with a colon and, one a line,
   * what each of its own attempts came to; the first of those is the system loader's word.
   */
  static String reason(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.lines().dropWhile(line -> line.endsWith(":")).findFirst().orElse(message);
  }

  private static String unsupportedHost(HostModel host) {
    return "The x86 instruction decoder runs on 64-bit little-endian hosts with 64-bit long only;"
        + " this one has "
        + host;
  }

  private static String report(List<String> failures) {
    return """
    No usable x86 instruction decoder (Zydis, version %s). Tried, in this order:
      - %s
    What helps: install the package libzydis4.0 or libzydis4.1 (Debian, Ubuntu); or use an \
    arch-x86 jar with the library bundled; or name the library file by -D%s=/absolute/path \
    (then nothing else is tried).\
    """
        .formatted(
            ZydisVersion.SUPPORTED, String.join("\n  - ", failures), LibraryCandidate.PROPERTY);
  }
}
