package io.github.optprobe.examples.mutants;

import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.RelocatedCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * The relocated form of one instruction as words, to be changed. Formats are those of the manual of
 * RISC-V, 2.2 and 2.3. Not thread-safe.
 */
final class Site {
  static final int NOP = 0x0000_0013;
  private static final int BYTES = 4;
  private static final int AUIPC = 0x17;
  private static final int JAL = 0x6f;
  private static final int JALR = 0x67;
  private static final int BRANCH = 0x63;

  final int original;
  final long address;
  final RelocatedCode code;

  /** All words of the slot. */
  final int[] words;

  /** The index of the first word that stands for the instruction. */
  final int from;

  /** The index of the word behind the last one that stands for it. */
  final int to;

  private Site(byte[] original, long address, RelocatedCode code) {
    this.original = word(original, 0);
    this.address = address;
    this.code = code;
    byte[] bytes = code.bytes();
    words = new int[bytes.length / BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i] = word(bytes, i * BYTES);
    }
    from = (int) (code.entry() - code.start()) / BYTES;
    to = (int) (code.end() - code.start()) / BYTES;
  }

  /** What a probe has in its slot, changed. */
  static PreparedProbe inCopy(PreparedProbe probe, Consumer<Site> change) {
    Site site = new Site(probe.original(), probe.address().value(), probe.copy());
    change.accept(site);
    return MutantProbe.withCopy(probe, site.changed());
  }

  /** What a detour has in its slot, changed. */
  static PreparedDetour inBuffer(PreparedDetour detour, Consumer<Site> change) {
    Site site = new Site(detour.replaced(), detour.address().value(), detour.buffer());
    change.accept(site);
    return MutantDetour.withBuffer(detour, site.changed());
  }

  private RelocatedCode changed() {
    return new RelocatedCode(
        code.slot(),
        bytes(words),
        new int[] {from * BYTES},
        new long[] {address},
        to * BYTES,
        (offset, registers, memory) -> code.repairFault(code.start() + offset, registers, memory));
  }

  static int word(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }

  static byte[] bytes(int... words) {
    ByteBuffer bytes = ByteBuffer.allocate(words.length * BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      bytes.putInt(word);
    }
    return bytes.array();
  }

  boolean isAuipc() {
    return isAuipc(original);
  }

  boolean isJal() {
    return isJal(original);
  }

  boolean isJalr() {
    return (original & 0x7f) == JALR;
  }

  boolean isBranch() {
    return isBranch(original);
  }

  /** Whether what it refers to lies in front of it: the sign of an immediate is its top bit. */
  boolean isBackward() {
    return original < 0;
  }

  /** Whether its result register is not x0. */
  boolean hasResult() {
    return (original >>> 7 & 31) != 0;
  }

  /** How far the slot lies from the instruction, in bytes. */
  long distance() {
    return Math.abs(code.start() - address);
  }

  boolean isInFront() {
    return code.start() < address;
  }

  /** The relocated form of a branch is three words: it itself, a jump to the next, one beyond. */
  int takenJump() {
    return from + 2;
  }

  /** Makes a jump lead so many bytes further. */
  void lengthenJump(int index, int bytes) {
    words[index] = jump(jumpDistance(words[index]) + bytes) | (words[index] & 0xf80);
  }

  /** Makes an {@code addi} add so much more. */
  void add(int index, int more) {
    words[index] = (words[index] & 0x000f_ffff) | (((words[index] >> 20) + more) << 20);
  }

  static boolean isAuipc(int word) {
    return (word & 0x7f) == AUIPC;
  }

  static boolean isJal(int word) {
    return (word & 0x7f) == JAL;
  }

  static boolean isBranch(int word) {
    return (word & 0x7f) == BRANCH;
  }

  /** A jump that keeps no return address. */
  static int jump(int distance) {
    return JAL
        | (distance & 0xf_f000)
        | (distance >>> 11 & 1) << 20
        | (distance >>> 1 & 0x3ff) << 21
        | (distance >>> 20 & 1) << 31;
  }

  private static int jumpDistance(int word) {
    return (word >> 31 << 20)
        | (word & 0xf_f000)
        | ((word >>> 20 & 1) << 11)
        | ((word >>> 21 & 0x3ff) << 1);
  }
}
