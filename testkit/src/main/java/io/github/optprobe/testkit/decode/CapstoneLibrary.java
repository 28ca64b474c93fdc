package io.github.optprobe.testkit.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Capstone 4.0 or 5.0, bound. The system's comes first: the ones inside jars know ARM only.
 *
 * @param mnemonicAt where in {@code cs_insn} the mnemonic is
 * @param operandsAt where the text of the operands is
 * @param instructionBytes size of {@code cs_insn}
 */
record CapstoneLibrary(int mnemonicAt, int operandsAt, int instructionBytes) {
  /** A system property with the path of the library, tried instead of everything else. */
  static final String PROPERTY = "optprobe.capstone.library";

  static CapstoneLibrary get() {
    return Holder.LIBRARY;
  }

  /** Whether this build of the library knows an architecture ({@code cs_arch}). */
  boolean knows(int architecture) {
    return CapstoneCalls.cs_support(architecture) != 0;
  }

  private static CapstoneLibrary load() {
    List<String> names = List.of("libcapstone.so.4", "libcapstone.so.5");
    NativeLibrary library =
        NativeLibraries.find(PROPERTY, names, "capstone", CapstoneLibrary::objection);
    Native.register(CapstoneCalls.class, library);
    // The field for the bytes has grown from 16 to 24 with version 5.
    return version(library) == 0x400
        ? new CapstoneLibrary(34, 66, 240)
        : new CapstoneLibrary(42, 74, 248);
  }

  private static @Nullable String objection(NativeLibrary library) {
    int version = version(library);
    boolean known = version == 0x400 || version == 0x500;
    return known ? null : "version 0x%x, wanted 4.0 or 5.0".formatted(version);
  }

  /** Major in bits 15:8, minor in bits 7:0. */
  private static int version(NativeLibrary library) {
    return library.getFunction("cs_version").invokeInt(new Object[] {0L, 0L});
  }

  /** Loads on first use, under the lock of class initialisation. */
  private static final class Holder {
    static final CapstoneLibrary LIBRARY = load();
  }
}
