package io.github.optprobe.arm32.emit;

/**
 * The floating-point and SIMD registers of a processor, and the code that saves them. Source: Arm
 * Architecture Reference Manual, A2.6.1.
 */
public enum FloatingPoint {
  /** d0 to d15: VFPv3-D16 and older. */
  D16(16),
  /** d0 to d31: Advanced SIMD, VFPv3. Saving them is undefined on a processor without. */
  D32(32);

  private static final int SP = 13;
  private static final int DOUBLE_BYTES = 8;

  /** FPSCR, and what keeps the stack aligned. */
  private static final int STATUS_BYTES = 8;

  private static final int STORE_LOW = 0xECA0_0B20;
  private static final int STORE_HIGH = 0xECE0_0B20;
  private static final int LOAD_LOW = 0xECB0_0B20;
  private static final int LOAD_HIGH = 0xECF0_0B20;
  private static final int READ_STATUS = 0xEEF1_0A10;
  private static final int WRITE_STATUS = 0xEEE1_0A10;

  private final int doubles;

  FloatingPoint(int doubles) {
    this.doubles = doubles;
  }

  /** How many double registers there are. */
  public int doubles() {
    return doubles;
  }

  /** Lowers the stack by what is saved, and saves it: first FPSCR, 8 bytes behind it d0 and on. */
  void save(Assembler out, int frame, int scratch) {
    out.lowerStack(doubles * DOUBLE_BYTES);
    out.lowerStack(STATUS_BYTES);
    out.move(frame, SP);
    out.floatingPoint(READ_STATUS | scratch << 12);
    out.store(scratch, frame, 0);
    transfer(out, STORE_LOW, STORE_HIGH, frame, scratch);
  }

  /** Restores what {@link #save} has saved; the stack pointer stays. */
  void restore(Assembler out, int frame, int scratch) {
    out.load(scratch, frame, 0);
    out.floatingPoint(WRITE_STATUS | scratch << 12);
    transfer(out, LOAD_LOW, LOAD_HIGH, frame, scratch);
  }

  private void transfer(Assembler out, int low, int high, int frame, int scratch) {
    out.add(scratch, frame, STATUS_BYTES);
    out.floatingPoint(low | scratch << 16);
    if (this == D32) {
      out.floatingPoint(high | scratch << 16);
    }
  }
}
