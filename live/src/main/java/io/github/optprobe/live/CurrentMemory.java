package io.github.optprobe.live;

import io.github.optprobe.arch.DataMemory;
import io.github.optprobe.live.machine.Machinery;
import io.github.optprobe.live.memory.DataBlock;
import io.github.optprobe.live.memory.ProcessMemory;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.x86.emit.DetourTemplate;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory of this process as one thread's handlers see it. What the code in front of a probe has
 * saved on the stack, up to the return address of a function just entered, is read and written in
 * place; everything else with a check by the kernel, so that a wild address is an exception. Used
 * by its thread.
 */
final class CurrentMemory implements DataMemory {
  /** What is saved, the red zone, and the word above: a return address. */
  private static final int FRAME_BYTES = DetourTemplate.STACK_OFFSET + 2 * Long.BYTES;

  /** Frames are looked for in one buffer that covers this much on each side of the first. */
  private static final long REACH = 1L << 29;

  private final ProcessMemory memory;
  private final Machinery machinery;
  private @Nullable DataBlock around;
  private long frame;

  CurrentMemory(ProcessMemory memory, Machinery machinery) {
    this.memory = memory;
    this.machinery = machinery;
  }

  long frame() {
    return frame;
  }

  /** Says where registers are saved now; 0 if nowhere. */
  void setFrame(long newFrame) {
    frame = newFrame;
    DataBlock known = around;
    if (newFrame != 0 && (known == null || !covers(known, newFrame))) {
      // Makes no access: it is only a way to reach what is mapped.
      around = DataBlock.at((newFrame & -Long.BYTES) - REACH, (int) (2 * REACH - Long.BYTES));
    }
  }

  private static boolean covers(DataBlock block, long frame) {
    long offset = frame - block.address();
    return offset >= 0 && offset + FRAME_BYTES <= block.bytes();
  }

  /** The saved registers' memory, and where in it an address is. */
  private DataBlock around() {
    return Objects.requireNonNull(around);
  }

  private int offset(long address) {
    return (int) (address - around().address());
  }

  private boolean isInFrame(long address, int bytes) {
    long offset = address - frame;
    return bytes == Long.BYTES
        && frame != 0
        && offset >= 0
        && offset + bytes <= FRAME_BYTES
        && address % Long.BYTES == 0;
  }

  @Override
  public long load(long address, int bytes) {
    if (isInFrame(address, bytes)) {
      return around().load(offset(address));
    }
    byte[] value = new byte[Long.BYTES];
    byte[] part = new byte[bytes];
    if (memory.read(address, part, 0, bytes) != bytes) {
      throw new TextException(Operation.READ, address, bytes, "not mapped");
    }
    System.arraycopy(part, 0, value, 0, bytes);
    return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  @Override
  public void store(long address, int bytes, long value) {
    if (isInFrame(address, bytes)) {
      noteReturnAddress(address, value);
      around().store(offset(address), value);
      return;
    }
    byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    byte[] part = Arrays.copyOf(all, bytes);
    memory.write(address, part);
  }

  /** A call comes to be tracked: machine code and unwinders have to know where it returns to. */
  private void noteReturnAddress(long place, long value) {
    long trampoline = machinery.trampoline();
    if (trampoline != 0 && value == trampoline) {
      long returnsTo = around().load(offset(place));
      if (returnsTo != trampoline) {
        machinery.returns().put(place, returnsTo, trampoline);
      }
    }
  }
}
