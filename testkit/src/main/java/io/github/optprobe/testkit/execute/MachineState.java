package io.github.optprobe.testkit.execute;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.arch.Registers;
import java.util.Arrays;
import java.util.List;

/**
 * All registers of a CPU as plain values: those of the architecture's register file, and wide ones
 * (vectors and their status) by name, lowest byte first. Not thread-safe.
 */
public final class MachineState implements Registers {
  private final RegisterFile file;
  private final long addressMask;
  private final List<String> wideNames;
  private final long[] general;
  private final byte[][] wide;

  private MachineState(
      RegisterFile file, long addressMask, List<String> wideNames, long[] general, byte[][] wide) {
    this.file = file;
    this.addressMask = addressMask;
    this.wideNames = wideNames;
    this.general = general;
    this.wide = wide;
  }

  /**
   * A state with every register zero.
   *
   * @param file the architecture's registers
   * @param addressBits width of a register in bits
   * @param wideNames names of the wide registers
   * @param wideBytes width of each, in bytes
   */
  public static MachineState zero(
      RegisterFile file, int addressBits, List<String> wideNames, int[] wideBytes) {
    byte[][] wide = new byte[wideBytes.length][];
    Arrays.setAll(wide, i -> new byte[wideBytes[i]]);
    long mask = -1L >>> (Long.SIZE - addressBits);
    return new MachineState(file, mask, List.copyOf(wideNames), new long[file.size()], wide);
  }

  /** A copy that shares nothing. */
  public MachineState copy() {
    byte[][] copies = new byte[wide.length][];
    Arrays.setAll(copies, i -> wide[i].clone());
    return new MachineState(file, addressMask, wideNames, general.clone(), copies);
  }

  /** Makes this state equal to another one of the same executor. */
  public void set(MachineState other) {
    System.arraycopy(other.general, 0, general, 0, general.length);
    for (int i = 0; i < wide.length; i++) {
      System.arraycopy(other.wide[i], 0, wide[i], 0, wide[i].length);
    }
  }

  @Override
  public RegisterFile file() {
    return file;
  }

  @Override
  public long get(int index) {
    return general[index];
  }

  @Override
  public void set(int index, long value) {
    general[index] = value & addressMask;
  }

  /** The names of the wide registers. */
  public List<String> wideNames() {
    return wideNames;
  }

  /** A wide register, the array itself: who writes it changes the register. */
  public byte[] wide(int index) {
    return wide[index];
  }

  /** Whether the wide registers are the same. */
  public boolean sameWide(MachineState other) {
    for (int i = 0; i < wide.length; i++) {
      if (!Arrays.equals(wide[i], other.wide[i])) {
        return false;
      }
    }
    return true;
  }
}
