package io.github.optprobe.live;

import com.sun.jna.Pointer;
import io.github.optprobe.live.memory.DataBlock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Registers for a hit: some of them, and rip and rsp always, point to memory that is there. */
final class Situation {
  private static final int FAR = 0x12345678;
  private static final int RIP = 16;
  private static final int RSP = 4;
  private static final long[] EDGES = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xffff_ffffL,
    0x1_0000_0000L,
    0x7fff_ffffL,
    0x8000_0000L,
    -0x8000_0000L,
    Long.MIN_VALUE,
    Long.MAX_VALUE
  };

  private final Random random;
  private final DataBlock data;
  private final Values registers = Values.zeros();

  /** What to add to a register to come to memory. */
  private final Map<Integer, Integer> pointers = new HashMap<>();

  Situation(Random random, DataBlock data, long stackPointer) {
    this.random = random;
    this.data = data;
    byte[] content = new byte[data.bytes()];
    random.nextBytes(content);
    new Pointer(data.address()).write(0, content, 0, content.length);
    for (int register = 0; register <= RIP; register++) {
      if (register == RIP || random.nextInt(3) == 0) {
        point(register, register == RIP ? 0 : FAR * (random.nextInt(3) - 1));
      }
    }
    pointers.put(RSP, 0);
    registers.set(RSP, stackPointer);
    again();
  }

  private void point(int register, int away) {
    pointers.put(register, away);
    registers.set(register, data.address() + data.bytes() / 2 + random.nextInt(256) - away);
  }

  /** Other flags, and other values where no memory is pointed to. */
  void again() {
    for (int register = 0; register < RIP; register++) {
      if (!pointers.containsKey(register)) {
        registers.set(register, value(random));
      }
    }
    registers.set(Cpu.RFLAGS, Cpu.ALWAYS | (random.nextInt() & Cpu.FLAGS));
  }

  Values registers() {
    return registers;
  }

  /** Any operand; equal generators give equal ones. */
  Operand operand(Random choice) {
    return choice.nextInt(3) > 0
        ? Operand.register(Values.FILE.names().get(choice.nextInt(Values.FILE.size())))
        : memory(choice);
  }

  private Operand memory(Random choice) {
    List<Integer> bases = pointers.keySet().stream().sorted().toList();
    int base = bases.get(choice.nextInt(bases.size()));
    int displacement = pointers.get(base) + choice.nextInt(200) - 100;
    return Operand.memory(Values.FILE.names().get(base), displacement, 1 << choice.nextInt(4));
  }

  /** A constant that often is the operand's value, or beside it. */
  long constant(Random choice, Operand operand) {
    return choice.nextBoolean() ? value(choice) : operand.read(registers) + choice.nextInt(3) - 1;
  }

  private static long value(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> EDGES[random.nextInt(EDGES.length)];
      case 1 -> random.nextLong() >> random.nextInt(Long.SIZE);
      default -> random.nextLong();
    };
  }
}
