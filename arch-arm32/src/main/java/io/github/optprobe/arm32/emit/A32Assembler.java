package io.github.optprobe.arm32.emit;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;

/** Writes A32. Source of the encodings: Arm Architecture Reference Manual, A8.8. */
final class A32Assembler extends Assembler {
  private static final int FIRST_BYTES = 4096;

  A32Assembler(long start) {
    super(ArmSet.A32, start);
  }

  @Override
  public boolean holds(int value) {
    return ModifiedConstant.ofA32(value).isPresent();
  }

  @Override
  public void add(int d, int n, int value) {
    word(0xE280_0000 | n << 16 | d << 12 | constantField(value));
  }

  @Override
  public void subtract(int d, int n, int value) {
    word(0xE240_0000 | n << 16 | d << 12 | constantField(value));
  }

  @Override
  public void clear(int d, int n, int value) {
    word(0xE3C0_0000 | n << 16 | d << 12 | constantField(value));
  }

  @Override
  public void move(int d, int m) {
    word(0xE1A0_0000 | d << 12 | m);
  }

  @Override
  public void moveAndSetFlags(int d, int m) {
    word(0xE1B0_0000 | d << 12 | m);
  }

  @Override
  public void load(int t, int n, int offset) {
    word((offset < 0 ? 0xE510_0000 : 0xE590_0000) | n << 16 | t << 12 | Math.abs(offset));
  }

  @Override
  public void store(int t, int n, int offset) {
    word((offset < 0 ? 0xE500_0000 : 0xE580_0000) | n << 16 | t << 12 | Math.abs(offset));
  }

  @Override
  public boolean reachesOffset(int offset) {
    return Math.abs(offset) < FIRST_BYTES;
  }

  @Override
  public void loadPcAndRaiseStack(int count) {
    word(0xE49D_F000 | count);
  }

  @Override
  public void push(int list) {
    word(0xE92D_0000 | list);
  }

  @Override
  public void pop(int list) {
    word(0xE8BD_0000 | list);
  }

  @Override
  public void readFlags(int d) {
    word(0xE10F_0000 | d << 12);
  }

  @Override
  public void writeFlags(int n) {
    word(0xE12C_F000 | n);
  }

  @Override
  public void exchangeTo(int m) {
    word(0xE12F_FF10 | m);
  }

  @Override
  public void call(int m) {
    word(0xE12F_FF30 | m);
  }

  @Override
  public void trap() {
    word(0xE7F0_00F0);
  }

  @Override
  boolean reaches(long from, long to) {
    return A32Branch.isWithinReach(from, to);
  }

  @Override
  int branchTo(Condition condition, long from, long to) {
    return A32Branch.encode(condition.number(), from, to);
  }

  @Override
  int loadLiteral(int t, int offset) {
    return (offset < 0 ? 0xE51F_0000 : 0xE59F_0000) | t << 12 | Math.abs(offset);
  }

  private static int constantField(int value) {
    return required(ModifiedConstant.ofA32(value), value);
  }

  private void word(int encoding) {
    instruction(encoding, Integer.BYTES);
  }
}
