package io.github.optprobe.x86.decode;

import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the numbers of the loaded library mean. Zydis renumbers its enums with every release, so
 * they are resolved by name, once, when the library is loaded. Immutable.
 */
final class ZydisNames {
  /** Far above the largest enum of any version; guards against a library that never ends. */
  private static final int MAX_ENTRIES = 1 << 14;

  private final String[] mnemonics;
  private final @Nullable Flow[] flows;
  private final String[] categories;
  private final boolean[] transferCategories;
  private final byte[] generalRegisters;
  private final int rip;
  private final int eip;

  private ZydisNames(String[] mnemonics, String[] categories, List<String> registers) {
    this.mnemonics = mnemonics;
    this.flows = flows(mnemonics);
    this.categories = categories;
    this.transferCategories = transferCategories(categories);
    this.generalRegisters = generalRegisters(registers);
    this.rip = registers.indexOf("rip");
    this.eip = registers.indexOf("eip");
  }

  /** Reads the tables of the bound library. */
  static ZydisNames read() {
    return new ZydisNames(
        table(ZydisNative::ZydisMnemonicGetString).toArray(String[]::new),
        table(ZydisNative::ZydisCategoryGetString).toArray(String[]::new),
        table(ZydisNative::ZydisRegisterGetString));
  }

  private static List<String> table(IntToLongFunction lookup) {
    List<String> names = new ArrayList<>();
    for (int number = 0; number < MAX_ENTRIES; number++) {
      long address = lookup.applyAsLong(number);
      if (address == 0) {
        break;
      }
      names.add(new Pointer(address).getString(0, "US-ASCII").intern());
    }
    return names;
  }

  private static @Nullable Flow[] flows(String[] mnemonics) {
    @Nullable Flow[] flows = new Flow[mnemonics.length];
    for (int i = 0; i < flows.length; i++) {
      flows[i] = FlowTable.ofMnemonic(mnemonics[i]);
    }
    return flows;
  }

  private static boolean[] transferCategories(String[] categories) {
    boolean[] transfers = new boolean[categories.length];
    for (int i = 0; i < transfers.length; i++) {
      transfers[i] = FlowTable.isTransferCategory(categories[i]);
    }
    return transfers;
  }

  private static byte[] generalRegisters(List<String> registers) {
    byte[] numbers = new byte[registers.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (byte) GeneralRegisters.number(registers.get(i));
    }
    return numbers;
  }

  String mnemonic(int number) {
    return mnemonics[number];
  }

  String category(int number) {
    return categories[number];
  }

  Flow flow(int mnemonic, int category, BranchType branch, boolean relative) {
    return FlowTable.resolve(flows[mnemonic], transferCategories[category], branch, relative);
  }

  /** The bit of the general-purpose register that contains this one; 0 when there is none. */
  int generalRegisterBit(int register) {
    int number = generalRegisters[register];
    return number < 0 ? 0 : 1 << number;
  }

  boolean isRip(int register) {
    return register == rip;
  }

  boolean isEip(int register) {
    return register == eip;
  }

  int mnemonicCount() {
    return mnemonics.length;
  }
}
