package io.github.optprobe.toy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Assembles a toy program. Every instruction's address is kept. */
public final class ToyAsm {
  private final long base;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Long> addresses = new ArrayList<>();
  private final Map<String, Long> labels = new HashMap<>();
  private final Map<Integer, String> fixups = new HashMap<>();
  private final Map<Integer, Boolean> relative = new HashMap<>();

  /** Begins a program at {@code base}. */
  public ToyAsm(long base) {
    this.base = base;
  }

  /** The address of what comes next. */
  public long here() {
    return base + out.size();
  }

  /** Names the address of what comes next. */
  public ToyAsm label(String name) {
    labels.put(name, here());
    return this;
  }

  /** An instruction with its operand bytes, if it has any. */
  public ToyAsm op(ToyOp op, int... operands) {
    addresses.add(here());
    out.write(op.code());
    for (int operand : operands) {
      out.write(operand);
    }
    if (operands.length != op.length() - 1) {
      throw new IllegalArgumentException(op + " has " + (op.length() - 1) + " operand bytes");
    }
    return this;
  }

  /** An instruction with a 16-bit operand. */
  public ToyAsm op16(ToyOp op, int operand) {
    return op(op, operand & 0xFF, operand >> 8 & 0xFF);
  }

  /** An instruction that refers to a label. */
  public ToyAsm to(ToyOp op, String label) {
    fixups.put(out.size() + 1, label);
    relative.put(out.size() + 1, op.isRelative());
    return op.isRelative() ? op(op, 0) : op16(op, 0);
  }

  /** Bytes that are no instruction. */
  public ToyAsm raw(int... bytes) {
    for (int each : bytes) {
      out.write(each);
    }
    return this;
  }

  /** The address of a label. */
  public long at(String label) {
    Long address = labels.get(label);
    if (address == null) {
      throw new IllegalArgumentException("no label " + label);
    }
    return address;
  }

  /** The address of an instruction by its number. */
  public long at(int index) {
    return addresses.get(index);
  }

  /** The addresses of all instructions. */
  public List<Long> addresses() {
    return List.copyOf(addresses);
  }

  /** How many bytes the instruction that starts at {@code address} has. */
  public int lengthAt(long address) {
    return ToyOp.of(out.toByteArray()[(int) (address - base)]).orElseThrow().length();
  }

  /** The program's first address. */
  public long base() {
    return base;
  }

  /** The program's bytes. */
  public byte[] bytes() {
    byte[] code = out.toByteArray();
    fixups.forEach(
        (offset, label) -> {
          boolean isRelative = relative.getOrDefault(offset, false);
          long value = isRelative ? at(label) - (base + offset + 1) : at(label);
          code[offset] = (byte) value;
          if (!isRelative) {
            code[offset + 1] = (byte) (value >> 8);
          }
        });
    return code;
  }

  @Override
  public String toString() {
    return "0x%x: %s".formatted(base, HexFormat.ofDelimiter(" ").formatHex(bytes()));
  }
}
