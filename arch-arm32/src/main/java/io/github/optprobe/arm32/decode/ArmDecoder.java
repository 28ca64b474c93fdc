package io.github.optprobe.arm32.decode;

import io.github.optprobe.arm32.DecoderUnavailableException;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.DecodeTable;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.arm32.table.Objection;
import io.github.optprobe.arm32.table.Treatment;
import io.github.optprobe.arm32.table.Verdict;
import java.util.Objects;

/**
 * Decodes A32 or T32 by the decode tables, and has the native library Capstone object to what it
 * does not know, or sees PC in where the table does not.
 *
 * <p>Code is little-endian, as it is on all CPUs since ARMv7. Any thread may use any decoder at any
 * time; each thread keeps two handles of the native library from its first decode to its end.
 */
public final class ArmDecoder {
  private static final int PC = 1 << 15;

  private final ArmSet set;

  private ArmDecoder(ArmSet set) {
    this.set = set;
  }

  /**
   * A decoder for an instruction set.
   *
   * @throws DecoderUnavailableException when the native library isn't usable on this machine
   */
  public static ArmDecoder of(ArmSet set) {
    CapstoneEngine.get();
    return new ArmDecoder(set);
  }

  /**
   * The native library in use and where it came from, for diagnostics, such as {@code Capstone 4.0
   * (resource linux-x86-64/libcapstone.so)}.
   *
   * @throws DecoderUnavailableException when the native library isn't usable on this machine
   */
  public static String nativeLibrary() {
    CapstoneLibrary library = CapstoneEngine.get().library();
    return "Capstone " + library.version() + " (" + library.place() + ")";
  }

  /** The instruction set that this decoder decodes. */
  public ArmSet set() {
    return set;
  }

  /**
   * Decodes the one instruction at the start of a range of bytes, outside an IT block.
   *
   * @param code holds the bytes; not kept
   * @param offset where in {@code code} the instruction starts
   * @param length how many bytes there are, the instruction and what may follow; 0 is allowed
   * @param address address of the first byte, 0 to 2³²-1, a multiple of 4 (A32) or 2 (T32)
   * @return an {@link Instruction}, perhaps a refused one, or {@link Truncated}
   * @throws IndexOutOfBoundsException when the range isn't inside {@code code}
   * @throws IllegalArgumentException when no instruction can have that address
   */
  public Decoded decode(byte[] code, int offset, int length, long address) {
    return decode(code, offset, length, address, ItState.OUTSIDE);
  }

  /** Decodes the one instruction at the start of an array; else as the method above. */
  public Decoded decode(byte[] code, long address) {
    return decode(code, 0, code.length, address);
  }

  /**
   * Decodes an instruction at its place of an IT block; else as the methods above.
   *
   * @throws IllegalArgumentException as above, or when A32 is to be in an IT block
   */
  public Decoded decode(byte[] code, int offset, int length, long address, ItState it) {
    Objects.checkFromIndexSize(offset, length, code.length);
    int unit = set == ArmSet.A32 ? Integer.BYTES : Short.BYTES;
    if (length < unit) {
      return truncated(address, length);
    }
    int first = halfword(code, offset);
    if (set == ArmSet.T32 && !ArmSet.isWide(first)) {
      return decode(first, Short.BYTES, address, it);
    }
    if (length < Integer.BYTES) {
      return truncated(address, length);
    }
    int second = halfword(code, offset + Short.BYTES);
    int encoding = set == ArmSet.A32 ? second << 16 | first : first << 16 | second;
    return decode(encoding, Integer.BYTES, address, it);
  }

  private static int halfword(byte[] code, int offset) {
    return (code[offset] & 0xFF) | (code[offset + 1] & 0xFF) << 8;
  }

  private Truncated truncated(long address, int length) {
    checkAddress(address);
    return new Truncated(address, length);
  }

  /**
   * Decodes an encoding.
   *
   * @param encoding a word of A32; a halfword, zero-extended; or the two halfwords of a 32-bit
   *     instruction of T32, the first one uppermost
   * @param length 2 or 4 bytes, as the encoding has; 4 for A32
   * @param address as in the methods above
   * @param it as in the methods above
   * @throws IllegalArgumentException when length and encoding, or set, do not go together; else as
   *     in the methods above
   */
  public Instruction decode(int encoding, int length, long address, ItState it) {
    checkAddress(address);
    checkLength(encoding, length);
    if (set == ArmSet.A32 && it.inBlock()) {
      throw new IllegalArgumentException("A32 has no IT blocks");
    }
    Verdict table = DecodeTable.of(set, length).judge(encoding, it);
    Verdict verdict = table.isRefused() ? table : confirmed(table, encoding, length, address, it);
    return new Instruction(set, address, length, encoding, it, verdict);
  }

  private void checkAddress(long address) {
    if (!set.instructionSet().canAddress(address) || !set.instructionSet().isAligned(address)) {
      throw new IllegalArgumentException(
          "0x%x is not an address of an instruction of %s".formatted(address, set));
    }
  }

  private void checkLength(int encoding, int length) {
    boolean wide = set == ArmSet.A32 || ArmSet.isWide(encoding >>> Short.SIZE);
    boolean narrow = set == ArmSet.T32 && encoding >= 0 && encoding < 0xE800;
    if (length == Integer.BYTES ? !wide : length != Short.BYTES || !narrow) {
      throw new IllegalArgumentException(
          "0x%x is no %d-byte instruction of %s".formatted(encoding, length, set));
    }
  }

  private Verdict confirmed(Verdict table, int encoding, int length, long address, ItState it) {
    CapstoneFrame frame = CapstoneFrame.ofThisThread(set);
    Verdict verdict = table;
    if (!decodeNatively(frame, encoding, length, address, it)) {
      verdict = table.objectedTo(Objection.UNDECODED);
    } else if (table.treatment() == Treatment.COPY && seesPc(frame)) {
      verdict = table.objectedTo(Objection.DISPUTED);
    }
    leave(frame, table.treatment(), it);
    return verdict;
  }

  private boolean decodeNatively(
      CapstoneFrame frame, int encoding, int length, long address, ItState it) {
    return set == ArmSet.A32
        ? frame.decodeA32(encoding, address)
        : frame.decodeT32(encoding, length, address, it);
  }

  private static boolean seesPc(CapstoneFrame frame) {
    return frame.isBranch()
        || !frame.findRegisters()
        || ((frame.registersRead() | frame.registersWritten()) & PC) != 0;
  }

  private static void leave(CapstoneFrame frame, Treatment treatment, ItState it) {
    if (it.inBlock() || treatment == Treatment.IF_THEN) {
      frame.leaveItBlock();
    }
  }

  /**
   * The instruction in the native decoder's syntax, such as {@code beq #0x1048}; targets of
   * branches are absolute. What it does not know becomes a directive, such as {@code .inst.w
   * 0xf7f0a018}.
   *
   * @param instruction decoded by a decoder of this set
   * @throws IllegalArgumentException if it is of the other set
   */
  public String format(Instruction instruction) {
    if (instruction.set() != set) {
      throw new IllegalArgumentException(instruction + " is not of " + set);
    }
    CapstoneFrame frame = CapstoneFrame.ofThisThread(set);
    int length = instruction.length();
    int encoding = instruction.encoding();
    boolean known =
        decodeNatively(frame, encoding, length, instruction.address(), instruction.it());
    String text = known ? frame.text() : directive(instruction);
    if (set == ArmSet.T32) {
      frame.leaveItBlock();
    }
    return text;
  }

  private static String directive(Instruction instruction) {
    if (instruction.length() == Short.BYTES) {
      return ".inst.n 0x%04x".formatted(instruction.encoding());
    }
    String width = instruction.set() == ArmSet.T32 ? ".w" : "";
    return ".inst%s 0x%08x".formatted(width, instruction.encoding());
  }
}
