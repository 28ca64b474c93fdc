package io.github.optprobe.arm32.scan;

import io.github.optprobe.arm32.decode.ArmDecoder;
import io.github.optprobe.arm32.decode.Decoded;
import io.github.optprobe.arm32.table.ArmSet;
import io.github.optprobe.arm32.table.ItState;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.OptionalLong;

/** The bytes of one function, read once, and the text around it. */
final class FunctionText {
  private final ArmDecoder decoder;
  private final TextReader original;
  private final AddressRange body;
  private final byte[] code;
  private final int mapped;

  FunctionText(ArmDecoder decoder, TextReader original, AddressRange body) {
    this.decoder = decoder;
    this.original = original;
    this.body = body;
    code = new byte[(int) body.length()];
    mapped = original.read(body.first(), code, 0, code.length);
  }

  ArmSet set() {
    return decoder.set();
  }

  AddressRange body() {
    return body;
  }

  boolean contains(long address) {
    return body.contains(address);
  }

  /** Whether an instruction may start at an address. */
  boolean isAligned(long address) {
    return decoder.set().instructionSet().isAligned(address);
  }

  /** Decodes at an aligned address of the function. */
  Decoded decode(long address, ItState it) {
    int offset = (int) (address - body.first());
    return decoder.decode(code, offset, Math.max(mapped - offset, 0), address, it);
  }

  /** The word at an address, 0 to 2³²-1, if all of it is in the function. */
  OptionalLong word(long address) {
    long offset = address - body.first();
    if (!contains(address) || offset + Integer.BYTES > mapped) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(number(code, (int) offset, Integer.BYTES));
  }

  /** Reads any text, as much of it as is mapped; the number of bytes. */
  int read(long address, byte[] into) {
    return original.read(address & Values.MASK, into, 0, into.length);
  }

  boolean isMapped(long address) {
    return read(address, new byte[1]) == 1;
  }

  /** An unsigned little-endian number. */
  static long number(byte[] bytes, int offset, int length) {
    long number = 0;
    for (int i = length - 1; i >= 0; i--) {
      number = number << Byte.SIZE | (bytes[offset + i] & 0xFF);
    }
    return number;
  }
}
