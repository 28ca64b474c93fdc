package io.github.optprobe.x86.decode;

import io.github.optprobe.x86.DecoderUnavailableException;
import java.util.Objects;

/**
 * Decodes x86 instructions, by the native library Zydis.
 *
 * <p>Any thread may use any decoder at any time; each thread keeps about two kilobytes of native
 * memory from its first decode to its end.
 */
public final class X86Decoder {
  private final MachineMode mode;
  private final ZydisEngine engine;

  X86Decoder(MachineMode mode, ZydisEngine engine) {
    this.mode = mode;
    this.engine = engine;
  }

  /**
   * A decoder for 64-bit code.
   *
   * @throws DecoderUnavailableException when the native library isn't usable on this machine
   */
  public static X86Decoder for64Bit() {
    return new X86Decoder(MachineMode.BITS_64, ZydisEngine.get());
  }

  /**
   * A decoder for 32-bit code in protected mode.
   *
   * @throws DecoderUnavailableException when the native library isn't usable on this machine
   */
  public static X86Decoder for32Bit() {
    return new X86Decoder(MachineMode.BITS_32, ZydisEngine.get());
  }

  /**
   * The native library in use and where it came from, for diagnostics, such as {@code Zydis 4.0.0
   * (system library libZydis.so.4.0)}.
   *
   * @throws DecoderUnavailableException when the native library isn't usable on this machine
   */
  public static String nativeLibrary() {
    ZydisLibrary library = ZydisEngine.get().library();
    return "Zydis " + library.version() + " (" + library.place() + ")";
  }

  /** The mode that this decoder decodes for. */
  public MachineMode mode() {
    return mode;
  }

  /**
   * Decodes the one instruction at the start of a range of bytes.
   *
   * @param code holds the bytes; not kept
   * @param offset where in {@code code} the instruction starts
   * @param length how many bytes there are, the instruction and what may follow; 0 is allowed
   * @param address runtime address of the first byte; in 32-bit mode below 2³²
   * @return an {@link Instruction}, or {@link Undecodable} with the reason
   * @throws IndexOutOfBoundsException when the range isn't inside {@code code}
   * @throws IllegalArgumentException when the address isn't one of the mode
   */
  public Decoded decode(byte[] code, int offset, int length, long address) {
    Objects.checkFromIndexSize(offset, length, code.length);
    checkAddress(address);
    if (length == 0) {
      return new Undecodable(DecodeFailure.TRUNCATED, address, 0);
    }
    ZydisFrame frame = ZydisFrame.ofThisThread();
    int usable = Math.min(length, Instruction.MAX_LENGTH);
    int status = engine.decode(mode, frame, code, offset, usable);
    return status < 0
        ? new Undecodable(DecodeFailure.ofStatus(status), address, length)
        : new Instruction(mode, address, frame, engine.names());
  }

  /** Decodes the one instruction at the start of an array; else as the method above. */
  public Decoded decode(byte[] code, long address) {
    return decode(code, 0, code.length, address);
  }

  private void checkAddress(long address) {
    if ((address & ~mode.addressMask()) != 0) {
      throw new IllegalArgumentException(
          "0x%x is not an address of %d-bit mode".formatted(address, mode.bits()));
    }
  }

  /**
   * The instruction in Intel syntax, such as {@code jz 0x0000000000401012}; addresses are absolute.
   * (At the address 2⁶⁴-1 they are relative: the formatter takes that address for "none".)
   *
   * @param instruction decoded by any decoder of this process, of any mode
   */
  public String format(Instruction instruction) {
    ZydisFrame frame = ZydisFrame.ofThisThread();
    engine.decodeFull(instruction, frame);
    return engine.format(frame, instruction.address());
  }
}
