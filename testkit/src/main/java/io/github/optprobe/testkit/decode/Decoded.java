package io.github.optprobe.testkit.decode;

import java.util.OptionalLong;

/**
 * A decoder's answer. Mutable, to be used again for each input, so that decoders that agree cost no
 * memory; confined to one thread. The setters return the answer itself.
 */
public final class Decoded {
  private DecodeStatus status = DecodeStatus.INVALID;
  private int length;
  private FlowClass flow = FlowClass.UNKNOWN;
  private boolean hasTarget;
  private boolean tellsTarget;
  private long target;
  private boolean hasRegisters;
  private long registersRead;
  private long registersWritten;
  private String mnemonic = "";
  private String text = "";

  /** Creates an answer that says invalid. */
  public Decoded() {}

  /** Makes it what it was when created. */
  public void reset() {
    status = DecodeStatus.INVALID;
    length = 0;
    flow = FlowClass.UNKNOWN;
    hasTarget = false;
    tellsTarget = false;
    hasRegisters = false;
    mnemonic = "";
    text = "";
  }

  // For decoders.

  /** An instruction without a constant target. */
  public Decoded instruction(int bytes, FlowClass how) {
    status = DecodeStatus.DECODED;
    length = bytes;
    flow = how;
    tellsTarget = true;
    return this;
  }

  /** The instruction leads, perhaps, to a constant address. */
  public Decoded target(long absolute) {
    hasTarget = true;
    target = absolute;
    return this;
  }

  /** This decoder can not tell whether the instruction has a constant target. */
  public Decoded targetNotTold() {
    tellsTarget = false;
    return this;
  }

  /**
   * The general registers that are read and written: bit n for the register with the number n of
   * the hardware, whatever part of it is meant.
   */
  public Decoded registers(long read, long written) {
    hasRegisters = true;
    registersRead = read;
    registersWritten = written;
    return this;
  }

  /** The mnemonic, in lower case. */
  public Decoded mnemonic(String word) {
    mnemonic = word;
    return this;
  }

  /** Mnemonic and operands, targets resolved. */
  public Decoded text(String line) {
    text = line;
    return this;
  }

  /** No instruction. */
  public Decoded invalid() {
    return noInstruction(DecodeStatus.INVALID, "");
  }

  /** The bytes end before the instruction does. */
  public Decoded partial() {
    return noInstruction(DecodeStatus.PARTIAL, "");
  }

  /** The decoder does not know the instruction set. */
  public Decoded unsupported() {
    return noInstruction(DecodeStatus.UNSUPPORTED, "");
  }

  /** The decoder threw. */
  public Decoded crashed(String how) {
    return noInstruction(DecodeStatus.CRASHED, how);
  }

  private Decoded noInstruction(DecodeStatus what, String line) {
    reset();
    status = what;
    text = line;
    return this;
  }

  // For those who compare.

  /** Whether there is an instruction. */
  public DecodeStatus status() {
    return status;
  }

  /** Length in bytes; 0 unless decoded. */
  public int length() {
    return length;
  }

  /** Where execution goes. */
  public FlowClass flow() {
    return flow;
  }

  /** Whether {@link #target()} says something: also that there is none. */
  public boolean tellsTarget() {
    return tellsTarget;
  }

  /** The absolute address that it leads to; empty if there is no constant one. */
  public OptionalLong target() {
    return hasTarget ? OptionalLong.of(target) : OptionalLong.empty();
  }

  /** Whether two answers about a target are the same; true where one of them says nothing. */
  public boolean sameTarget(Decoded other) {
    if (!tellsTarget || !other.tellsTarget) {
      return true;
    }
    return hasTarget == other.hasTarget && (!hasTarget || target == other.target);
  }

  /** Whether the registers are told. */
  public boolean hasRegisters() {
    return hasRegisters;
  }

  /** The general registers read, bit n for number n; meaningless unless they are told. */
  public long registersRead() {
    return registersRead;
  }

  /** The general registers written, in the same way. */
  public long registersWritten() {
    return registersWritten;
  }

  /** The mnemonic, in lower case; empty if not told. */
  public String mnemonic() {
    return mnemonic;
  }

  /** Mnemonic and operands; after a crash how it was; empty if not told. */
  public String text() {
    return text;
  }

  /** All of it in one line, for people. */
  @Override
  public String toString() {
    if (!status.isDecoded()) {
      return text.isEmpty() ? status.name() : status + " " + text;
    }
    String line = "%d bytes %s".formatted(length, flow);
    if (hasTarget) {
      line += " to 0x%x".formatted(target);
    }
    if (hasRegisters) {
      line += " reads %x writes %x".formatted(registersRead, registersWritten);
    }
    return line + "  " + (text.isEmpty() ? mnemonic : text);
  }
}
