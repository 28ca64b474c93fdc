package io.github.optprobe.x86.decode;

import java.util.Set;
import java.util.TreeSet;

/** All mnemonics that the decoder has a name for, whether or not it decodes anything to them. */
public final class KnownMnemonics {
  private KnownMnemonics() {}

  /** In alphabetical order. */
  public static Set<String> all() {
    Set<String> names = new TreeSet<>();
    // The first stands for "none".
    for (int i = 1; i < ZydisEngine.get().names().mnemonicCount(); i++) {
      names.add(ZydisEngine.get().names().mnemonic(i));
    }
    return names;
  }
}
