package io.github.optprobe.x86.plan;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.RefusedException;
import io.github.optprobe.text.TextReader;
import io.github.optprobe.x86.decode.DecodeFailure;
import io.github.optprobe.x86.decode.Decoded;
import io.github.optprobe.x86.decode.Instruction;
import io.github.optprobe.x86.decode.Undecodable;
import io.github.optprobe.x86.decode.X86Decoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Reads single instructions from text; what is none is refused. */
public final class InstructionReader {
  private static final byte[] UD2 = {0x0F, 0x0B};
  private static final List<byte[]> SIGNATURES =
      List.of("xen".getBytes(StandardCharsets.US_ASCII), "kvm".getBytes(StandardCharsets.US_ASCII));
  private static final int PREFIX_BYTES = 5;

  private final X86Decoder decoder;
  private final TextReader original;

  /** Creates a reader of the original text. */
  public InstructionReader(X86Decoder decoder, TextReader original) {
    this.decoder = decoder;
    this.original = original;
  }

  /**
   * Reads the instruction at an address.
   *
   * @throws RefusedException if there is none
   */
  Instruction read(CodeAddress address) {
    byte[] bytes = new byte[Instruction.MAX_LENGTH];
    int count = original.read(address.value(), bytes, 0, addressable(address, bytes.length));
    Decoded decoded = decoder.decode(bytes, 0, count, address.value());
    if (decoded instanceof Instruction instruction) {
      return instruction;
    }
    throw new RefusedException(
        refusal(address, (Undecodable) decoded, Arrays.copyOf(bytes, count)));
  }

  /** No instruction goes on behind the last address. */
  private static int addressable(CodeAddress address, int bytes) {
    long behind = address.instructionSet().addresses().last() - address.value();
    return Long.compareUnsigned(behind, bytes) < 0 ? (int) behind + 1 : bytes;
  }

  private static Refusal refusal(CodeAddress address, Undecodable undecodable, byte[] bytes) {
    if (bytes.length == 0) {
      return new Refusal.Unmapped(Culprit.of(address, bytes, "(not mapped)"));
    }
    if (undecodable.failure() == DecodeFailure.TRUNCATED) {
      return new Refusal.Truncated(Culprit.of(address, bytes, "(truncated)"));
    }
    return new Refusal.Undecodable(
        Culprit.of(address, bytes, "(bad)"), undecodable.failure().toString());
  }

  /** Describes the instruction at an address. */
  Culprit culprit(CodeAddress address) {
    Instruction instruction = read(address);
    return Culprit.of(address, instruction.bytes(), decoder.format(instruction));
  }

  /** Whether the address lies in a hypervisor's emulate prefix, or right behind one. */
  boolean touchesEmulatePrefix(CodeAddress address) {
    byte[] around = new byte[2 * PREFIX_BYTES];
    int before = PREFIX_BYTES + 1;
    int count = 0;
    // As much of what stands in front as there is.
    while (count == 0 && before > 0) {
      before--;
      count = readAround(address, before, around);
    }
    for (int start = 0; start <= before && start + PREFIX_BYTES <= count; start++) {
      if (isPrefix(around, start)) {
        return true;
      }
    }
    return false;
  }

  private int readAround(CodeAddress address, int before, byte[] into) {
    boolean wraps = Long.compareUnsigned(address.value(), before) < 0;
    return wraps ? 0 : original.read(address.value() - before, into, 0, before + PREFIX_BYTES);
  }

  private static boolean isPrefix(byte[] bytes, int start) {
    int signature = start + UD2.length;
    return Arrays.equals(bytes, start, signature, UD2, 0, UD2.length)
        && SIGNATURES.stream()
            .anyMatch(
                each ->
                    Arrays.equals(bytes, signature, start + PREFIX_BYTES, each, 0, each.length));
  }
}
