package io.github.optprobe.examples.riscv;

/** RV64I, with M, A, Zicsr and Zifencei. Immutable and thread-safe. */
public final class Rv64I extends RiscV {

  /** Creates it. */
  public Rv64I() {
    super(Xlen.RV64);
  }
}
