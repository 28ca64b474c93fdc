package io.github.optprobe.arm32.forms;

import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Instruction;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Verdict;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An instruction at its place in the text of the bench: behind an IT if it is in a block, in front
 * of no-operations, and with words that trap all around.
 *
 * @param address where it stands
 * @param it the state that it finds
 */
record Subject(ArmSet set, int length, int encoding, long address, ItState it) implements Specimen {
  private static final int NOPS = 8;
  private static final int T32_NOP = 0xBF00;
  private static final int A32_NOP = 0xE320_F000;
  private static final int IT = 0xBF00;

  /**
   * {@code adds r6, #1}, which the rest of an IT block is made of: a register shows whether it was
   * executed, and the flags whether that was within the block.
   */
  private static final int T32_ADDITION = 0x3601;

  @Override
  public Instruction decoded() {
    return ArmDecoder.of(set).decode(encoding, length, address, it);
  }

  @Override
  public boolean mayReadDeadStack() {
    return decoded().verdict().loadedBelowSp() == Verdict.UNKNOWN_DEPTH;
  }

  @Override
  public long faultAddress(long programCounter) {
    return address;
  }

  @Override
  public TextReader original(Space space) {
    return space;
  }

  /** The text: no two words are alike, so that loads from it tell where they read. */
  @Override
  public void writeInto(Space space) {
    space.write(Space.TEXT, filler(Space.TEXT_BYTES));
    if (it.inBlock()) {
      space.write(address - Short.BYTES, halfwords(IT | it.bits(), Short.BYTES));
    }
    space.write(address, decoded().bytes());
    int unit = set == ArmSet.A32 ? Integer.BYTES : Short.BYTES;
    int inBlock = decoded().nextIt().instructionsLeft();
    for (int i = 0; i < NOPS; i++) {
      int behind = i < inBlock ? T32_ADDITION : nop();
      space.write(address + length + (long) i * unit, halfwords(behind, unit));
    }
  }

  private int nop() {
    return set == ArmSet.A32 ? A32_NOP : T32_NOP;
  }

  /** Words that are undefined in A32 and begin with a halfword that is undefined in T32. */
  static byte[] filler(int bytes) {
    ByteBuffer words = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; words.hasRemaining(); i++) {
      words.putInt(0xE7FF_DEF0 | (i & 0xF));
    }
    return words.array();
  }

  private static byte[] halfwords(int value, int bytes) {
    byte[] all = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      all[i] = (byte) (value >>> (i * Byte.SIZE));
    }
    return all;
  }

  /** The scan of the function that it would be in. */
  @Override
  public CodeScan function() {
    AddressRange body = AddressRange.ofLength(address - 4, 4L + length + NOPS * Integer.BYTES);
    CodeScan.Builder scan = CodeScan.of(body);
    if (it.inBlock()) {
      scan.instruction(address - Short.BYTES);
    }
    scan.instruction(address);
    int unit = set == ArmSet.A32 ? Integer.BYTES : Short.BYTES;
    for (int i = 0; i < NOPS; i++) {
      scan.instruction(address + length + (long) i * unit);
    }
    return scan.build();
  }

  /** Whether it branches to itself, for ever. */
  boolean isLoop() {
    Instruction instruction = decoded();
    return instruction.hasBranchTarget() && instruction.branchTarget() == address;
  }

  @Override
  public String toString() {
    Instruction instruction = decoded();
    return "%s at 0x%x%s: %s  (%s)"
        .formatted(
            set,
            address,
            it.inBlock() ? " in IT 0x%02x".formatted(it.bits()) : "",
            ArmDecoder.of(set).format(instruction),
            instruction);
  }
}
