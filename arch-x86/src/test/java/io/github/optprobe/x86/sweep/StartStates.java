package io.github.optprobe.x86.sweep;

import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.VectorState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Start states: what code may write is one of few random contents, general registers are made for
 * the code, so that it finds memory more often than not. The flags of the first four states are
 * such that each condition is true in one and false in another.
 */
final class StartStates {
  /** A multiple of it: each kind of state as often. */
  static final int KINDS = 4;

  private static final int ARITHMETIC = 0x8d5;
  private static final int SIGN = 0x80;
  private static final int OVERFLOW = 0x800;
  private static final int ALWAYS_SET = 0x202;
  private static final int CONTENTS = 16;
  private static final int RCX = 1;
  private static final int RSP = 4;

  private final long[] general;
  private final List<byte[]> data = new ArrayList<>();
  private final List<byte[]> stacks = new ArrayList<>();
  private final List<VectorState> vectors = new ArrayList<>();

  /** A start state; what it holds is not to be changed. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by content.
  record StartState(long[] general, VectorState vectors, byte[] data, byte[] stack) {}

  StartStates(Sandbox sandbox, long seed) {
    general = sandbox.target().machine().registers();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < CONTENTS; i++) {
      data.add(words(random, Sandbox.DATA_BYTES, i % KINDS));
      stacks.add(words(random, Sandbox.STACK_BYTES, i % 2));
      vectors.add(vectors(random, sandbox.vectors().copy(), i));
    }
  }

  /** The states for some code. */
  List<StartState> of(long address, AddressHints hints, int count) {
    SplittableRandom random = new SplittableRandom(address);
    List<StartState> states = new ArrayList<>();
    int flags = random.nextInt();
    for (int i = 0; i < count; i++) {
      int kind = i % KINDS;
      int content = random.nextInt(CONTENTS / KINDS) * KINDS + kind;
      states.add(
          new StartState(
              general(random, hints, kind, flags(kind, flags)),
              vectors.get(random.nextInt(CONTENTS)),
              data.get(content),
              stacks.get(content)));
    }
    return states;
  }

  private static int flags(int kind, int random) {
    int third = (random | SIGN) & ~OVERFLOW;
    int flags =
        switch (kind) {
          case 0 -> 0;
          case 1 -> ARITHMETIC;
          case 2 -> third;
          default -> ~third;
        };
    return (flags & ARITHMETIC) | ALWAYS_SET;
  }

  private long[] general(SplittableRandom random, AddressHints hints, int kind, int flags) {
    long[] values = general.clone();
    for (int i = 0; i < 16; i++) {
      values[GeneralRegister.ofNumber(i).index()] = value(random, hints, kind, i);
    }
    values[GeneralRegister.RFLAGS.index()] = flags;
    values[GeneralRegister.FS_BASE.index()] = Sandbox.THREAD;
    values[GeneralRegister.GS_BASE.index()] = Sandbox.THREAD;
    return values;
  }

  private static long value(SplittableRandom random, AddressHints hints, int kind, int register) {
    if (register == RSP) {
      return Sandbox.STACK_POINTER;
    }
    boolean helpful = kind != KINDS - 1 || random.nextBoolean();
    if (helpful && hints.isBase(register)) {
      return hints.pointer(register) + 64L * random.nextInt(4);
    }
    if (helpful && hints.isIndex(register)) {
      return 16L * random.nextInt(4);
    }
    if (register == RCX) {
      return random.nextInt(6);
    }
    return other(random, kind);
  }

  private static long other(SplittableRandom random, int kind) {
    int choice = kind == 0 ? 0 : kind == 1 ? 1 : random.nextInt(4);
    return switch (choice) {
      case 0 -> Sandbox.MIDDLE + 64L * random.nextInt(8);
      case 1 -> random.nextInt(300) - 20;
      case 2 -> landing(random);
      default -> random.nextLong();
    };
  }

  /** No bit of it is one that single-steps or checks alignment, should it become the flags. */
  private static long landing(SplittableRandom random) {
    return Sandbox.LANDING + (random.nextInt(0x1000) & ~0x100);
  }

  private static byte[] words(SplittableRandom random, int bytes, int kind) {
    byte[] words = new byte[bytes];
    for (int at = 0; at < bytes; at += Long.BYTES) {
      long word =
          switch (kind) {
            case 0 -> landing(random);
            case 1 -> Sandbox.MIDDLE + 64L * random.nextInt(8);
            case 2 -> random.nextInt(40);
            default -> random.nextLong();
          };
      for (int i = 0; i < Long.BYTES; i++) {
        words[at + i] = (byte) (word >>> (Byte.SIZE * i));
      }
    }
    return words;
  }

  private static VectorState vectors(SplittableRandom random, VectorState state, int kind) {
    byte[] value = new byte[state.vectorBytes()];
    for (int i = 0; i < state.vectors(); i++) {
      random.nextBytes(value);
      narrow(value, kind % 3);
      state.setVector(i, value);
    }
    for (int i = 0; state.hasMasks() && i < VectorState.MASKS; i++) {
      state.setMask(i, random.nextLong());
    }
    state.setMxcsr(0x1f80 | (random.nextInt(4) << 13));
    return state;
  }

  /** Leaves anything, or makes small whole numbers of it, or floating-point numbers near one. */
  private static void narrow(byte[] value, int kind) {
    for (int i = 0; kind == 1 && i < value.length; i++) {
      value[i] = (byte) (i % 8 == 0 ? value[i] & 0x7f : 0);
    }
    for (int i = 3; kind == 2 && i < value.length; i += 4) {
      value[i] = (byte) ((value[i] & 0x80) | 0x3f);
    }
  }
}
