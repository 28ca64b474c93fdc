package io.github.optprobe.arm32.emulate;

/** What is loaded into a register or stored from it. */
enum Width {
  BYTE(1, false),
  SIGNED_BYTE(1, true),
  HALFWORD(2, false),
  SIGNED_HALFWORD(2, true),
  WORD(4, false);

  private final int bytes;
  private final boolean isSigned;

  Width(int bytes, boolean isSigned) {
    this.bytes = bytes;
    this.isSigned = isSigned;
  }

  int load(Cpu cpu, int address) {
    int value = cpu.load(address, bytes);
    int above = Integer.SIZE - bytes * Byte.SIZE;
    return isSigned ? value << above >> above : value;
  }

  void store(Cpu cpu, int address, int value) {
    cpu.store(address, bytes, value);
  }
}
