package io.github.optprobe.testkit.fuzz;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.optprobe.testkit.decode.CodeInput;
import io.github.optprobe.testkit.decode.Decoded;
import io.github.optprobe.testkit.decode.Detail;

/** Decoders that take the process with them; found as a stranger's are. */
final class PlantedDecoders {
  private static final int BAD = 0x21;

  private PlantedDecoders() {}

  /** Right, unless the first byte is a certain one. */
  abstract static class Planted extends TableDecoder {
    Planted(String name) {
      super(name);
    }

    @Override
    public final boolean supports(String instructionSet) {
      return instructionSet.equals(SET);
    }

    @Override
    public final void decode(CodeInput input, Detail detail, Decoded result) {
      if (input.available() > 0 && input.get(0) == BAD) {
        misbehave(input);
      }
      super.decode(input, detail, result);
    }

    abstract void misbehave(CodeInput input);
  }

  /** Misbehaves never. */
  public static final class Right extends Planted {
    /** For the service loader. */
    public Right() {
      super("planted-right");
    }

    @Override
    void misbehave(CodeInput input) {}
  }

  /** Reads where nothing is. */
  public static final class Crashing extends Planted {
    /** For the service loader. */
    public Crashing() {
      super("planted-crashing");
    }

    @Override
    void misbehave(CodeInput input) {
      new Pointer(8).getByte(0);
    }
  }

  /** Reads one byte behind its input. */
  public static final class Overreading extends Planted {
    /** For the service loader. */
    public Overreading() {
      super("planted-overreading");
    }

    @Override
    void misbehave(CodeInput input) {
      Pointer memory = Native.getDirectBufferPointer(input.memory());
      memory.getByte(input.offset() + input.available());
    }
  }

  /** Never comes back. */
  public static final class Hanging extends Planted {
    /** For the service loader. */
    public Hanging() {
      super("planted-hanging");
    }

    @Override
    void misbehave(CodeInput input) {
      while (true) {
        Thread.onSpinWait();
      }
    }
  }
}
