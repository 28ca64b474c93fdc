package io.github.optprobe.toy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A random program that ends, because branches lead forwards only. Knows by itself, without
 * decoding, which windows may be overwritten.
 */
public final class RandomProgram implements Program {
  private static final ToyOp[] PLAIN = {
    ToyOp.NOP, ToyOp.NOP, ToyOp.ADD, ToyOp.INX, ToyOp.LD, ToyOp.ST, ToyOp.ADDW, ToyOp.XPC, ToyOp.LDP
  };

  private final ToyAsm asm;
  private final Random random;
  private final Set<Integer> blanked;
  private final TreeMap<Long, ToyOp> ops = new TreeMap<>();
  private final List<Branch> branches = new ArrayList<>();
  private final long end;

  /** Makes a program at {@code base}. */
  public RandomProgram(long base, Random random) {
    this(base, random, Set.of());
  }

  /**
   * The same program with some of its instructions, by number, replaced by as many bytes of nothing
   * to do; every other one stays where it is.
   */
  public RandomProgram(long base, Random random, Set<Integer> blanked) {
    this.asm = new ToyAsm(base);
    this.random = random;
    this.blanked = blanked;
    int count = 6 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      asm.label("i" + i);
      add(i, count);
    }
    asm.label("i" + count);
    put(ToyOp.HLT);
    asm.label("sub");
    put(ToyOp.INX);
    put(ToyOp.RET);
    asm.label("pool").raw(1, 1);
    ops.put(asm.at("pool"), ToyOp.NOP);
    ops.put(asm.at("pool") + 1, ToyOp.NOP);
    end = asm.here();
  }

  private void add(int index, int count) {
    switch (random.nextInt(10)) {
      case 0 -> branch(index, ToyOp.BNZ, "i" + (index + 1 + random.nextInt(count - index)));
      case 1 -> branch(index, ToyOp.JR, "i" + (index + 1 + random.nextInt(count - index)));
      case 2 -> branch(index, ToyOp.CALL, "sub");
      case 3 -> branch(index, ToyOp.JMP, "i" + (index + 1 + random.nextInt(count - index)));
      default -> plain(index, PLAIN[random.nextInt(PLAIN.length)]);
    }
  }

  private void plain(int index, ToyOp op) {
    int operand = operand(op);
    if (blank(index, op)) {
      return;
    }
    ops.put(asm.here(), op);
    switch (op) {
      case LDP -> asm.to(op, "pool");
      case ADD -> asm.op(op, operand);
      case LD, ST, XPC -> asm.op16(op, operand);
      case ADDW -> asm.op(op, operand, 0, 1);
      default -> asm.op(op);
    }
  }

  private int operand(ToyOp op) {
    return switch (op) {
      case ADD -> random.nextInt(4);
      case LD, ST -> 0x20 + 2 * random.nextInt(3);
      case ADDW -> random.nextInt(5);
      case XPC -> random.nextInt(0x100);
      default -> 0;
    };
  }

  private boolean blank(int index, ToyOp op) {
    boolean isBlank = blanked.contains(index);
    for (int i = 0; isBlank && i < op.length(); i++) {
      put(ToyOp.NOP);
    }
    return isBlank;
  }

  private void put(ToyOp op) {
    ops.put(asm.here(), op);
    asm.op(op);
  }

  private void branch(int index, ToyOp op, String label) {
    if (!blank(index, op)) {
      ops.put(asm.here(), op);
      branches.add(new Branch(asm.here(), label));
      asm.to(op, label);
    }
  }

  @Override
  public ToyAsm asm() {
    return asm;
  }

  /** Where instructions that may be probed start, ascending. */
  @Override
  public List<Long> addresses() {
    return asm.addresses();
  }

  @Override
  public int windowBytes(long address) {
    long at = address;
    while (at < address + 3) {
      ToyOp op = ops.get(at);
      if (op == null || !op.isMovable()) {
        return 0;
      }
      at += op.length();
      if (op.mustBeLast() && at < address + 3) {
        return 0;
      }
    }
    return at > end || isEntered(address, at) ? 0 : (int) (at - address);
  }

  private boolean isEntered(long first, long behind) {
    return branches.stream()
        .anyMatch(
            branch -> {
              long to = asm.at(branch.label);
              boolean fromOutside = branch.from < first || branch.from >= behind;
              return to > first && to < behind && fromOutside;
            });
  }

  private record Branch(long from, String label) {}
}
