package io.github.optprobe.live;

import io.github.optprobe.arch.Gate;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.Slot;
import io.github.optprobe.text.SlotPool;
import io.github.optprobe.text.TextException;
import io.github.optprobe.text.TextException.Operation;
import io.github.optprobe.text.TextMemory;
import io.github.optprobe.x86.emit.Branches;
import io.github.optprobe.x86.emit.CodeBuffer;
import io.github.optprobe.x86.emit.DetourTemplate;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * Writes programs, each near where it goes on, and knows which there are. Used under the router's
 * lock; {@link #goesOn} by any thread.
 */
final class ProgramWriter {
  private static final long NEAR = 1L << 30;
  private static final int SLOT_ALIGNMENT = 16;
  private static final int NOP = 0x90;

  private final TextMemory text;
  private final SlotPool pool;
  private final ConcurrentSkipListMap<Long, Program> all = new ConcurrentSkipListMap<>();

  ProgramWriter(TextMemory text) {
    this.text = text;
    pool = new SlotPool(text);
  }

  /**
   * Writes a program; all CPUs see it.
   *
   * @param body appends the code that runs handlers
   * @param goesOn where it leads
   * @throws TextException if there is no memory
   */
  Program write(long goesOn, Consumer<CodeBuffer> body) {
    CodeBuffer measured = new CodeBuffer(goesOn);
    body.accept(measured);
    // At its place it may need one more, for the gate's call.
    int bytes = measured.size() + 1 + Branches.FAR_JMP_BYTES;
    AddressRange near = AddressRange.around(goesOn, NEAR, NEAR);
    Slot slot =
        pool.allocate(bytes, near)
            .or(() -> pool.allocate(bytes, AddressRange.ALL))
            .orElseThrow(() -> new TextException(Operation.ALLOCATE, goesOn, bytes, "no memory"));
    CodeBuffer out = new CodeBuffer(slot.address());
    body.accept(out);
    if (near.contains(slot.range())) {
      Branches.jmp(out, goesOn);
    } else {
      Branches.farJmp(out, goesOn);
    }
    text.write(slot.address(), out.toBytes());
    text.synchronizeCpus();
    Program program = new Program(slot, goesOn);
    all.put(slot.address(), program);
    return program;
  }

  /** Appends code that saves the registers, calls a gate, and restores them. */
  static void callGate(CodeBuffer out, long address, Gate gate) {
    CodeBuffer measured = new CodeBuffer(0);
    DetourTemplate.saveAndCall(measured, address, gate);
    if ((out.address() + measured.size()) % SLOT_ALIGNMENT == 0) {
      // What is such a multiple on a stack is taken for the start of a slot, not for a return.
      out.code(NOP);
    }
    DetourTemplate.emit(out, address, gate);
  }

  /** No thread is in it, nor will be. */
  void free(Program program) {
    all.remove(program.start());
    pool.free(program.slot());
  }

  /** Where the program that an address is in goes on; 0 if it is in none. */
  long goesOn(long address) {
    var below = all.floorEntry(address);
    return below != null && below.getValue().range().contains(address)
        ? below.getValue().goesOn()
        : 0;
  }
}
