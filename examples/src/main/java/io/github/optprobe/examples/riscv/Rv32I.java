package io.github.optprobe.examples.riscv;

/** RV32I, with M, A, Zicsr and Zifencei. Immutable and thread-safe. */
public final class Rv32I extends RiscV {

  /** Creates it. */
  public Rv32I() {
    super(Xlen.RV32);
  }
}
