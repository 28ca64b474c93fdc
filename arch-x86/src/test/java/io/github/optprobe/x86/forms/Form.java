package io.github.optprobe.x86.forms;

import io.github.optprobe.x86.decode.Instruction;
import java.util.HexFormat;

/**
 * One way of encoding one operation, with operands that were chosen for it.
 *
 * @param key what makes it a form of its own
 * @param instruction as it stands at {@link FormBench#CODE}
 */
record Form(String key, Instruction instruction) {
  byte[] bytes() {
    return instruction.bytes();
  }

  @Override
  public String toString() {
    return "%s [%s]".formatted(key, HexFormat.of().formatHex(bytes()));
  }
}
