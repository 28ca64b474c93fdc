package io.github.optprobe.testkit.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The library, bound, and what its numbers mean: they change with every release, so they are looked
 * up by name. One for the process, immutable.
 */
final class ZydisTables {
  /** A system property with the path of the library, tried instead of everything else. */
  static final String PROPERTY = "optprobe.zydis.library";

  /** Far above the largest enum of any version. */
  private static final int MOST_NUMBERS = 1 << 14;

  private final String[] mnemonics;
  private final FlowClass[] direct;
  private final FlowClass[] indirect;
  private final long[] registerBits;

  private ZydisTables(String[] mnemonics, String[] registers) {
    this.mnemonics = mnemonics;
    this.direct = flows(mnemonics, true);
    this.indirect = flows(mnemonics, false);
    this.registerBits = bits(registers);
  }

  String mnemonic(int number) {
    return mnemonics[number];
  }

  /** The flow of a mnemonic, by whether it has a constant target. */
  FlowClass flow(int mnemonic, boolean constant) {
    return (constant ? direct : indirect)[mnemonic];
  }

  /** The bit of the general register that has this one as a part, or 0. */
  long registerBit(int register) {
    return registerBits[register];
  }

  static ZydisTables get() {
    return Holder.TABLES;
  }

  private static ZydisTables load() {
    List<String> names = List.of("libZydis.so.4.1", "libZydis.so.4.0", "Zydis");
    NativeLibrary library = NativeLibraries.find(PROPERTY, names, "Zydis", ZydisTables::objection);
    Native.register(ZydisCalls.class, library);
    return new ZydisTables(
        table(ZydisCalls::ZydisMnemonicGetString), table(ZydisCalls::ZydisRegisterGetString));
  }

  private static @Nullable String objection(NativeLibrary library) {
    long version = library.getFunction("ZydisGetVersion").invokeLong(new Object[0]);
    boolean known = version >>> 48 == 4 && (version >>> 32 & 0xFFFF) <= 1;
    return known ? null : "version 0x%x, wanted 4.0 or 4.1".formatted(version);
  }

  private static String[] table(IntToLongFunction lookup) {
    List<String> names = new ArrayList<>();
    for (int number = 0; number < MOST_NUMBERS; number++) {
      long address = lookup.applyAsLong(number);
      if (address == 0) {
        break;
      }
      names.add(new Pointer(address).getString(0, "US-ASCII"));
    }
    return names.toArray(String[]::new);
  }

  private static FlowClass[] flows(String[] mnemonics, boolean constant) {
    FlowClass[] flows = new FlowClass[mnemonics.length];
    for (int i = 0; i < flows.length; i++) {
      flows[i] = X86Flow.of(mnemonics[i], constant);
    }
    return flows;
  }

  private static long[] bits(String[] registers) {
    long[] bits = new long[registers.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = X86Registers.bit(registers[i]);
    }
    return bits;
  }

  /** Loads on first use, under the lock of class initialisation. */
  private static final class Holder {
    static final ZydisTables TABLES = load();
  }
}
