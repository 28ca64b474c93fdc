package io.github.optprobe.arm32.emit;

import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.Condition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Machine code of one instruction set being written for a known address: the few instructions that
 * relocated code and detour buffers are made of, and behind them, word-aligned, the constants that
 * they load. No instruction changes flags unless it says so. Little-endian. Not thread-safe.
 *
 * <p>Registers are numbers, 13 is sp, 14 lr, 15 pc.
 */
public abstract sealed class Assembler permits A32Assembler, T32Assembler {
  private static final int SP = 13;
  private static final int PC = 15;
  private static final long ADDRESS_MASK = 0xFFFF_FFFFL;

  private final ArmSet set;
  private final long start;
  private final List<Fixup> fixups = new ArrayList<>();
  private final List<Constant> constants = new ArrayList<>();
  private byte[] bytes = new byte[256];
  private int size;
  private int spared;

  Assembler(ArmSet set, long start) {
    if ((start & 3) != 0) {
      throw new IllegalArgumentException("code for 0x%x is not word-aligned".formatted(start));
    }
    this.set = set;
    this.start = start;
  }

  /**
   * Begins code.
   *
   * @param start the address that its first byte will have, a multiple of 4
   */
  public static Assembler of(ArmSet set, long start) {
    return set == ArmSet.A32 ? new A32Assembler(start) : new T32Assembler(start);
  }

  /** The instruction set of the code. */
  public final ArmSet set() {
    return set;
  }

  /** How many bytes there are, constants not counted. */
  public final int size() {
    return size;
  }

  /** The address that the next instruction will have. */
  public final long address() {
    return start + size;
  }

  // What both sets have in the same words.

  /**
   * Appends an encoding as it is.
   *
   * @param encoding a word of A32; a halfword; or two halfwords of T32, the first one uppermost
   * @param length 2 or 4 bytes
   */
  public final void instruction(int encoding, int length) {
    if (length == Short.BYTES) {
      halfword(encoding);
    } else if (set == ArmSet.A32) {
      halfword(encoding);
      halfword(encoding >>> 16);
    } else {
      halfword(encoding >>> 16);
      halfword(encoding);
    }
  }

  /** The next instruction stands at that place. */
  public final void bind(Label label) {
    label.bind(size);
  }

  /** {@code ldr register, =value}; into pc it is an exchanging branch. */
  public final void constant(int register, long value) {
    constants.add(new Constant(size, register, (int) value, null));
    instruction(0, Integer.BYTES);
  }

  /** {@code ldr register, =label}, with the mark of this instruction set. */
  public final void addressOf(int register, Label label) {
    constants.add(new Constant(size, register, 0, label));
    instruction(0, Integer.BYTES);
  }

  /** {@code b label}, if the condition holds. */
  public final void branch(Condition condition, Label label) {
    fixups.add(new Fixup(size, condition, label));
    instruction(0, Integer.BYTES);
  }

  /**
   * Goes on at an address of this instruction set, wherever it is, by one instruction of 4 bytes
   * and perhaps a constant.
   */
  public final void jump(long target) {
    if (reaches(address(), target)) {
      spared++;
      instruction(branchTo(Condition.AL, address(), target), Integer.BYTES);
    } else {
      jumpAnywhere(target);
    }
  }

  /** The same, always by a constant. */
  public final void jumpAnywhere(long target) {
    exchange(set == ArmSet.T32 ? target | 1 : target);
  }

  /** Goes on at a marked address, in the set that its bit 0 says. */
  public final void exchange(long marked) {
    constant(PC, marked & ADDRESS_MASK);
  }

  /** {@code sub sp, sp, #bytes}; the number must be one that an instruction holds. */
  public final void lowerStack(int count) {
    subtract(SP, SP, count);
  }

  /** {@code add sp, sp, #bytes}; the number must be one that an instruction holds. */
  public final void raiseStack(int count) {
    add(SP, SP, count);
  }

  /** Whether {@link #add} and {@link #subtract} can have that number. */
  public abstract boolean holds(int value);

  // What they have in different ones.

  /** {@code add d, n, #value}. */
  public abstract void add(int d, int n, int value);

  /** {@code sub d, n, #value}. */
  public abstract void subtract(int d, int n, int value);

  /** {@code bic d, n, #value}. Not of sp in T32. */
  public abstract void clear(int d, int n, int value);

  /** {@code mov d, m}. */
  public abstract void move(int d, int m);

  /** {@code movs d, m}: sets N and Z. */
  public abstract void moveAndSetFlags(int d, int m);

  /** {@code ldr t, [n, #offset]}. */
  public abstract void load(int t, int n, int offset);

  /** {@code str t, [n, #offset]}. */
  public abstract void store(int t, int n, int offset);

  /** Whether {@link #load} and {@link #store} can have that offset. */
  public abstract boolean reachesOffset(int offset);

  /** {@code ldr pc, [sp], #bytes}: an exchanging branch; at most 255 bytes. */
  public abstract void loadPcAndRaiseStack(int count);

  /** {@code push {list}}: bit n for register n, two at least. */
  public abstract void push(int list);

  /** {@code pop {list}}: bit n for register n, two at least. */
  public abstract void pop(int list);

  /** {@code mrs d, apsr}. */
  public abstract void readFlags(int d);

  /** {@code msr apsr_nzcvqg, n}: changes all flags. */
  public abstract void writeFlags(int n);

  /** {@code bx m}. */
  public abstract void exchangeTo(int m);

  /** {@code blx m}. */
  public abstract void call(int m);

  /** An instruction that traps. */
  public abstract void trap();

  /** Appends a floating-point instruction, which both sets encode alike, the condition apart. */
  public final void floatingPoint(int word) {
    instruction(word, Integer.BYTES);
  }

  /** Whether a branch reaches. */
  abstract boolean reaches(long from, long to);

  /** The encoding of a branch that is known to reach. */
  abstract int branchTo(Condition condition, long from, long to);

  /** The encoding of {@code ldr t, [pc, #offset]}. */
  abstract int loadLiteral(int t, int offset);

  /** How many bytes the same code has at most, wherever it is. */
  public final int mostBytes() {
    int constantBytes = (constants.size() + spared) * Integer.BYTES;
    return size + Short.BYTES + constantBytes;
  }

  /**
   * All of it, constants at the end.
   *
   * @throws IllegalStateException if a label was never bound, or a constant is too far away
   */
  public final byte[] finish() {
    for (Fixup fixup : fixups) {
      long to = start + fixup.label.offset();
      patch(fixup.offset, branchTo(fixup.condition, start + fixup.offset, to));
    }
    fixups.clear();
    writeConstants();
    return Arrays.copyOf(bytes, size);
  }

  private void writeConstants() {
    if (!constants.isEmpty() && (size & 3) != 0) {
      halfword(0);
    }
    List<Integer> written = new ArrayList<>();
    int pool = size;
    for (Constant constant : constants) {
      int value = valueOf(constant);
      int index = written.indexOf(value);
      if (index < 0) {
        index = written.size();
        written.add(value);
        halfword(value);
        halfword(value >>> 16);
      }
      int base = (constant.offset + set.pcOffset()) & -Integer.BYTES;
      patch(constant.offset, loadLiteral(constant.register, pool + index * Integer.BYTES - base));
    }
    constants.clear();
  }

  private int valueOf(Constant constant) {
    if (constant.label == null) {
      return constant.value;
    }
    int address = (int) (start + constant.label.offset());
    return set == ArmSet.T32 ? address | 1 : address;
  }

  private void patch(int offset, int encoding) {
    int end = size;
    size = offset;
    instruction(encoding, Integer.BYTES);
    size = end;
  }

  private void halfword(int value) {
    if (size + Short.BYTES > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    bytes[size++] = (byte) value;
    bytes[size++] = (byte) (value >>> 8);
  }

  static int required(OptionalInt constant, int value) {
    return constant.orElseThrow(
        () -> new IllegalArgumentException("no instruction holds the number " + value));
  }

  private record Fixup(int offset, Condition condition, Label label) {}

  private record Constant(int offset, int register, int value, @Nullable Label label) {}
}
