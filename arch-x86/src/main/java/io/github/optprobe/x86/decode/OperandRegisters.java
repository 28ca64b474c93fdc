package io.github.optprobe.x86.decode;

/**
 * The registers of an instruction's operands, hidden ones too. Found by decoding once more.
 *
 * @param read general-purpose registers read, addresses included; bit = hardware number
 * @param written general-purpose registers written
 * @param ipBaseWidth 64 when a memory operand's base is RIP, 32 when it is EIP, else 0
 */
record OperandRegisters(int read, int written, int ipBaseWidth) {

  /** The registers of an instruction that some decoder of this process has decoded. */
  static OperandRegisters of(Instruction instruction) {
    ZydisEngine engine = ZydisEngine.get();
    ZydisFrame frame = ZydisFrame.ofThisThread();
    engine.decodeFull(instruction, frame);
    OperandRegisters all = new OperandRegisters(0, 0, 0);
    for (int i = 0; i < frame.u8(ZydisLayout.OPERAND_COUNT); i++) {
      all = all.and(operand(frame, i, engine.names()));
    }
    return all;
  }

  private OperandRegisters and(OperandRegisters other) {
    return new OperandRegisters(
        read | other.read, written | other.written, Math.max(ipBaseWidth, other.ipBaseWidth));
  }

  private static OperandRegisters operand(ZydisFrame frame, int index, ZydisNames names) {
    return switch (frame.operand(index, ZydisLayout.TYPE)) {
      case ZydisLayout.TYPE_REGISTER -> register(frame, index, names);
      case ZydisLayout.TYPE_MEMORY -> memory(frame, index, names);
      default -> new OperandRegisters(0, 0, 0);
    };
  }

  private static OperandRegisters register(ZydisFrame frame, int index, ZydisNames names) {
    int bit = names.generalRegisterBit(frame.operand(index, ZydisLayout.REGISTER));
    int actions = frame.operandActions(index);
    boolean reads = (actions & ZydisLayout.ACTION_ANY_READ) != 0;
    boolean writes = (actions & ZydisLayout.ACTION_ANY_WRITE) != 0;
    return new OperandRegisters(reads ? bit : 0, writes ? bit : 0, 0);
  }

  private static OperandRegisters memory(ZydisFrame frame, int operand, ZydisNames names) {
    int base = frame.operand(operand, ZydisLayout.MEMORY_BASE);
    int index = frame.operand(operand, ZydisLayout.MEMORY_INDEX);
    int read = names.generalRegisterBit(base) | names.generalRegisterBit(index);
    return new OperandRegisters(read, 0, names.isRip(base) ? 64 : names.isEip(base) ? 32 : 0);
  }
}
