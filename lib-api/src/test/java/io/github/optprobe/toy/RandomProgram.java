package io.github.optprobe.toy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * A random program that ends, because branches lead forwards only. Knows by itself, without
 * decoding, which windows may be overwritten.
 */
public final class RandomProgram {
  private static final ToyOp[] PLAIN = {
    ToyOp.NOP, ToyOp.NOP, ToyOp.ADD, ToyOp.INX, ToyOp.LD, ToyOp.ST, ToyOp.ADDW, ToyOp.XPC, ToyOp.LDP
  };

  private final ToyAsm asm;
  private final Random random;
  private final TreeMap<Long, ToyOp> ops = new TreeMap<>();
  private final List<long[]> branches = new ArrayList<>();
  private final List<Object[]> pending = new ArrayList<>();
  private final long end;

  /** Makes a program at {@code base}. */
  public RandomProgram(long base, Random random) {
    this.asm = new ToyAsm(base);
    this.random = random;
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
    pending.forEach(each -> branches.add(new long[] {(long) each[0], asm.at((String) each[1])}));
  }

  private void add(int index, int count) {
    switch (random.nextInt(10)) {
      case 0 -> branch(ToyOp.BNZ, "i" + (index + 1 + random.nextInt(count - index)));
      case 1 -> branch(ToyOp.JR, "i" + (index + 1 + random.nextInt(count - index)));
      case 2 -> branch(ToyOp.CALL, "sub");
      case 3 -> branch(ToyOp.JMP, "i" + (index + 1 + random.nextInt(count - index)));
      default -> plain(PLAIN[random.nextInt(PLAIN.length)]);
    }
  }

  private void plain(ToyOp op) {
    ops.put(asm.here(), op);
    switch (op) {
      case LDP -> asm.to(op, "pool");
      case ADD -> asm.op(op, random.nextInt(4));
      case LD, ST -> asm.op16(op, 0x20 + 2 * random.nextInt(3));
      case ADDW -> asm.op(op, random.nextInt(5), 0, 1);
      case XPC -> asm.op16(op, random.nextInt(0x100));
      default -> asm.op(op);
    }
  }

  private void put(ToyOp op) {
    ops.put(asm.here(), op);
    asm.op(op);
  }

  private void branch(ToyOp op, String label) {
    ops.put(asm.here(), op);
    pending.add(new Object[] {asm.here(), label});
    asm.to(op, label);
  }

  ToyAsm asm() {
    return asm;
  }

  /** Where instructions that may be probed start, ascending. */
  public List<Long> addresses() {
    return asm.addresses();
  }

  /** How many bytes a jump there covers; 0 if none may stand there. */
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
            branch ->
                branch[1] > first
                    && branch[1] < behind
                    && (branch[0] < first || branch[0] >= behind));
  }
}
