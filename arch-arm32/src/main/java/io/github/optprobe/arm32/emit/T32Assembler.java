package io.github.optprobe.arm32.emit;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;

/** Writes T32. Source of the encodings: Arm Architecture Reference Manual, A8.8. */
public final class T32Assembler extends Assembler {
  private static final int FIRST_BYTES = 4096;
  private static final int BELOW_BYTES = 256;

  T32Assembler(long start) {
    super(ArmSet.T32, start);
  }

  @Override
  public boolean holds(int value) {
    return ModifiedConstant.ofT32(value).isPresent();
  }

  @Override
  public void add(int d, int n, int value) {
    wide(0xF100_0000 | n << 16 | d << 8 | constantField(value));
  }

  @Override
  public void subtract(int d, int n, int value) {
    wide(0xF1A0_0000 | n << 16 | d << 8 | constantField(value));
  }

  @Override
  public void clear(int d, int n, int value) {
    wide(0xF020_0000 | n << 16 | d << 8 | constantField(value));
  }

  @Override
  public void move(int d, int m) {
    narrow(0x4600 | (d & 8) << 4 | m << 3 | (d & 7));
  }

  @Override
  public void moveAndSetFlags(int d, int m) {
    wide(0xEA5F_0000 | d << 8 | m);
  }

  @Override
  public void load(int t, int n, int offset) {
    wide(offset < 0 ? below(0xF850_0C00, t, n, offset) : 0xF8D0_0000 | n << 16 | t << 12 | offset);
  }

  @Override
  public void store(int t, int n, int offset) {
    wide(offset < 0 ? below(0xF840_0C00, t, n, offset) : 0xF8C0_0000 | n << 16 | t << 12 | offset);
  }

  private static int below(int opcode, int t, int n, int offset) {
    return opcode | n << 16 | t << 12 | -offset;
  }

  @Override
  public boolean reachesOffset(int offset) {
    return offset > -BELOW_BYTES && offset < FIRST_BYTES;
  }

  @Override
  public void loadPcAndRaiseStack(int count) {
    wide(0xF85D_FB00 | count);
  }

  @Override
  public void push(int list) {
    wide(0xE92D_0000 | list);
  }

  @Override
  public void pop(int list) {
    wide(0xE8BD_0000 | list);
  }

  @Override
  public void readFlags(int d) {
    wide(0xF3EF_8000 | d << 8);
  }

  @Override
  public void writeFlags(int n) {
    wide(0xF380_8C00 | n << 16);
  }

  @Override
  public void exchangeTo(int m) {
    narrow(0x4700 | m << 3);
  }

  @Override
  public void call(int m) {
    narrow(0x4780 | m << 3);
  }

  @Override
  public void trap() {
    narrow(0xDEFF);
  }

  /** {@code it condition}: the next instruction is executed only if it holds. */
  public void ifThen(Condition condition) {
    narrow(0xBF08 | condition.number() << 4);
  }

  /**
   * {@code cbz n, over} or {@code cbnz n, over}, where {@code over} is behind the next instruction,
   * which has 4 bytes.
   *
   * @param ifZero which of the two
   * @param n 0 to 7
   */
  public void skipNext(boolean ifZero, int n) {
    int fourBytes = 1 << 3;
    narrow((ifZero ? 0xB100 : 0xB900) | fourBytes | n);
  }

  @Override
  boolean reaches(long from, long to) {
    return T32Branch.isWithinReach(from, to);
  }

  @Override
  int branchTo(Condition condition, long from, long to) {
    return condition == Condition.AL
        ? T32Branch.encode(from, to)
        : T32Branch.encode(condition, from, to);
  }

  @Override
  int loadLiteral(int t, int offset) {
    return (offset < 0 ? 0xF85F_0000 : 0xF8DF_0000) | t << 12 | Math.abs(offset);
  }

  private static int constantField(int value) {
    int field = required(ModifiedConstant.ofT32(value), value);
    return (field & 0x800) << 15 | (field & 0x700) << 4 | (field & 0xFF);
  }

  private void narrow(int encoding) {
    instruction(encoding, Short.BYTES);
  }

  private void wide(int encoding) {
    instruction(encoding, Integer.BYTES);
  }
}
