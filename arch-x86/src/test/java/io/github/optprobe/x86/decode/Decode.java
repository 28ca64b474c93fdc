package io.github.optprobe.x86.decode;

import java.util.HexFormat;

/** Short ways to decode hex in tests. */
final class Decode {
  static final long ADDRESS = 0x401000;

  private Decode() {}

  static byte[] bytes(String hex) {
    return HexFormat.ofDelimiter(" ").parseHex(hex.strip());
  }

  static Decoded any(MachineMode mode, String hex, long address) {
    X86Decoder decoder =
        mode == MachineMode.BITS_64 ? X86Decoder.for64Bit() : X86Decoder.for32Bit();
    return decoder.decode(bytes(hex), address);
  }

  static Instruction in64(String hex) {
    return in64(hex, ADDRESS);
  }

  static Instruction in64(String hex, long address) {
    return instruction(any(MachineMode.BITS_64, hex, address));
  }

  static Instruction in32(String hex) {
    return in32(hex, ADDRESS);
  }

  static Instruction in32(String hex, long address) {
    return instruction(any(MachineMode.BITS_32, hex, address));
  }

  private static Instruction instruction(Decoded decoded) {
    if (decoded instanceof Instruction instruction) {
      return instruction;
    }
    throw new AssertionError("not an instruction: " + decoded);
  }
}
