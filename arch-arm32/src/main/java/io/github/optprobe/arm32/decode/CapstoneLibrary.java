package io.github.optprobe.arm32.decode;

import com.sun.jna.NativeLibrary;
import io.github.optprobe.arm32.DecoderUnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A loaded decoder library of a supported version. It is looked up in this order:
 *
 * <ol>
 *   <li>the file that the system property {@code optprobe.capstone.library} names by an absolute
 *       path; when the property is set nothing else is tried;
 *   <li>the resource {@code <JNA prefix>/<library name>}, such as {@code
 *       linux-x86-64/libcapstone.so}, which the capstone dependency's jar has;
 *   <li>the system's: {@code libcapstone.so.4}, {@code libcapstone.so.5}, then whatever {@code
 *       capstone} means to JNA.
 * </ol>
 *
 * The first that loads, has the functions and has version 4.0 or 5.0 is taken.
 *
 * @param library the library
 * @param version its version
 * @param layout the layout of its structs
 * @param place where it was found, in words
 */
record CapstoneLibrary(
    NativeLibrary library, CapstoneVersion version, CapstoneLayout layout, String place) {
  static final String TEMP_DIRECTORY_HINT =
      " (libraries are extracted to the temporary directory; if that is mounted noexec, name"
          + " another one by -Djna.tmpdir=DIR)";

  private static final String VERSION_FUNCTION = "cs_version";

  /**
   * Opens the first usable candidate.
   *
   * @throws DecoderUnavailableException when there is none, or the host's data model is not ours
   */
  static CapstoneLibrary open(HostModel host, List<CapstoneCandidate> candidates) {
    if (!host.isSupported()) {
      throw new DecoderUnavailableException(unsupportedHost(host));
    }
    List<String> failures = new ArrayList<>();
    for (CapstoneCandidate candidate : candidates) {
      try {
        return check(candidate.opener().open(), candidate.place());
      } catch (IOException | UnsatisfiedLinkError e) {
        failures.add(candidate.place() + ": " + reason(e));
      }
    }
    throw new DecoderUnavailableException(report(failures));
  }

  private static CapstoneLibrary check(NativeLibrary library, String place) throws IOException {
    requireSymbol(library, VERSION_FUNCTION);
    int packed = library.getFunction(VERSION_FUNCTION).invokeInt(new Object[] {0L, 0L});
    CapstoneVersion version = CapstoneVersion.ofPacked(packed);
    CapstoneLayout layout = CapstoneLayout.of(version);
    if (layout == null) {
      throw new IOException("is version " + version + ", not " + CapstoneVersion.SUPPORTED);
    }
    for (String symbol : CapstoneNative.symbols()) {
      requireSymbol(library, symbol);
    }
    return new CapstoneLibrary(library, version, layout, place);
  }

  private static void requireSymbol(NativeLibrary library, String symbol) throws IOException {
    try {
      library.getFunction(symbol);
    } catch (UnsatisfiedLinkError e) {
      throw new IOException("is not a Capstone library: it lacks the symbol " + symbol, e);
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
    return "The ARM instruction decoder runs on 64-bit little-endian hosts only; this one has "
        + host;
  }

  private static String report(List<String> failures) {
    return """
    No usable ARM instruction decoder (Capstone, version %s). Tried, in this order:
      - %s
    What helps: have the dependency com.github.zhkl0228:capstone on the class path or module \
    path; or install the package libcapstone4 (Debian, Ubuntu); or name the library file by \
    -D%s=/absolute/path (then nothing else is tried).\
    """
        .formatted(
            CapstoneVersion.SUPPORTED, String.join("\n  - ", failures), CapstoneCandidate.PROPERTY);
  }
}
