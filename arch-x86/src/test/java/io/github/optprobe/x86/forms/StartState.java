package io.github.optprobe.x86.forms;

import io.github.optprobe.testkit.traced.GeneralRegister;
import io.github.optprobe.testkit.traced.VectorState;
import java.util.SplittableRandom;

/**
 * What the CPU and its memory hold before an instruction. Mostly such that the instruction can do
 * its work: bases (see {@link Encoder}) point into the middle of the data, indices and rcx are
 * small. Of the other registers some states make pointers, some small numbers, some anything.
 */
final class StartState {
  private static final int ARITHMETIC_AND_DIRECTION = 0xcd5;
  private static final int ALWAYS_SET = 0x202;
  private static final int KINDS = 8;

  private final SplittableRandom random;
  private final int kind;

  /** The registers. */
  final long[] general;

  /** The vector registers. */
  final VectorState vectors;

  /** The data around {@link FormBench#MIDDLE}. */
  final byte[] data = new byte[FormBench.DATA_BYTES];

  /** The stack from the red zone on. */
  final byte[] stack = new byte[FormBench.STACK_BYTES];

  StartState(int number, long[] general, VectorState vectors) {
    random = new SplittableRandom(number);
    kind = number % KINDS;
    this.general = general.clone();
    this.vectors = vectors.copy();
    fillMemory();
    fillGeneral();
    fillVectors();
  }

  private void fillMemory() {
    // What is loaded into control registers must not set the bits that they reserve.
    if (kind != 4) {
      random.nextBytes(data);
    }
    random.nextBytes(stack);
    if (kind == 1 || kind == 5) {
      fillWithLandings(data);
    }
    fillWithLandings(stack);
  }

  /** So that indirect branches and returns lead somewhere. */
  private void fillWithLandings(byte[] bytes) {
    for (int i = 0; i < bytes.length; i += Long.BYTES) {
      long target = FormBench.LANDING + random.nextInt(1024);
      for (int k = 0; k < Long.BYTES; k++) {
        bytes[i + k] = (byte) (target >>> (8 * k));
      }
    }
  }

  private void fillGeneral() {
    for (int i = 0; i < 16; i++) {
      general[GeneralRegister.ofNumber(i).index()] = value(i);
    }
    int flags = random.nextInt() & ARITHMETIC_AND_DIRECTION;
    general[GeneralRegister.RFLAGS.index()] = flags | ALWAYS_SET;
    general[GeneralRegister.FS_BASE.index()] = 0x40;
    general[GeneralRegister.GS_BASE.index()] = 0x80;
  }

  private long value(int register) {
    return switch (register) {
      case 1 -> random.nextInt(6);
      case 4 -> FormBench.STACK_POINTER;
      case 3, 5, 6, 7, 8, 11, 15 -> kind == 7 ? random.nextLong() : pointer();
      case 9, 14 -> 64L * random.nextInt(3);
      default -> other();
    };
  }

  private long other() {
    return switch (kind) {
      case 0, 4 -> pointer();
      case 1 -> FormBench.LANDING + random.nextInt(1024);
      case 2, 3 -> random.nextInt(300);
      default -> random.nextLong();
    };
  }

  /** Aligned for every vector, but in one kind of state. */
  private long pointer() {
    return FormBench.MIDDLE + (kind == 6 ? random.nextInt(512) : 64L * random.nextInt(8));
  }

  private void fillVectors() {
    byte[] value = new byte[vectors.vectorBytes()];
    for (int i = 0; i < vectors.vectors(); i++) {
      fillVector(value);
      vectors.setVector(i, value);
    }
    for (int i = 0; vectors.hasMasks() && i < VectorState.MASKS; i++) {
      vectors.setMask(i, random.nextLong());
    }
    vectors.setMxcsr(0x1f80 | (random.nextInt(4) << 13));
  }

  /** Anything, or small indices, or floating-point numbers near one. */
  private void fillVector(byte[] value) {
    random.nextBytes(value);
    switch (kind % 3) {
      case 0 -> {
        for (int i = 0; i < value.length; i++) {
          value[i] = (byte) (i % 8 == 0 ? value[i] & 0x7f : 0);
        }
      }
      case 1 -> {
        for (int i = 3; i < value.length; i += 4) {
          value[i] = (byte) ((value[i] & 0x80) | 0x3f);
        }
      }
      default -> {}
    }
  }
}
