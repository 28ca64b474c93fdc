package io.github.optprobe.live;

import static io.github.optprobe.live.handler.Assembler.RAX;
import static io.github.optprobe.live.handler.Assembler.RCX;
import static io.github.optprobe.live.handler.Assembler.RDX;
import static io.github.optprobe.live.handler.Assembler.RSI;

import io.github.optprobe.live.handler.Assembler;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Label;
import io.github.optprobe.live.handler.Shards;
import java.util.List;

/** Writes the code of a {@link Recorder}. */
final class RecorderCode {
  private static final int NOT_EQUAL = 0x5;
  private static final int NOT_LESS = 0xd;

  private final Frame frame;
  private final Assembler code;
  private final RingLayout layout;
  private final List<Operand> operands;

  RecorderCode(Frame frame, RingLayout layout, List<Operand> operands) {
    this.frame = frame;
    this.code = frame.code();
    this.layout = layout;
    this.operands = operands;
  }

  /**
   * Writes it.
   *
   * @param rings where the first ring is
   */
  void emit(long rings) {
    Label full = new Label();
    Label end = new Label();
    operands.stream().filter(Operand::isMemory).forEach(operand -> operand.emitLoad(frame, RCX));
    emitRing(rings);
    emitReserve(full);
    emitEntry();
    emitStores();
    code.jump(end);
    code.bind(full);
    code.lockIncrement(RDX, RingLayout.DROPPED);
    code.bind(end);
  }

  /** The thread's ring, to rdx. */
  private void emitRing(long rings) {
    Shards.emitThreadHash(code, RingLayout.LOG_RINGS);
    code.multiply(RCX, layout.stride());
    code.address(RDX, rings);
    code.code(0x48, 0x01, 0xca); // add rdx, rcx
  }

  /**
   * A sample's number, to rax, and one more to rsi. The head may have passed a tail that was read
   * too early; that is no full ring, and the exchange fails.
   */
  private void emitReserve(Label full) {
    code.load(RAX, RDX, RingLayout.TAIL);
    int again = code.size();
    code.move(RSI, RAX);
    code.subtract(RSI, RDX, RingLayout.HEAD);
    code.compareConstant(RSI, layout.capacity());
    code.jumpIf(NOT_LESS, full);
    code.lea(RSI, RAX, 1);
    code.code(0xf0, 0x48, 0x0f, 0xb1, 0x32); // lock cmpxchg [rdx], rsi
    code.jumpBackIf(NOT_EQUAL, again);
  }

  /** The sample's entry, to rcx. */
  private void emitEntry() {
    code.code(0x25); // and eax
    code.int32(layout.capacity() - 1);
    code.multiply(RAX, layout.entryBytes());
    code.code(0x48, 0x8d, 0x8c, 0x02); // lea rcx, [rdx+rax+…]
    code.int32(RingLayout.ENTRIES);
  }

  private void emitStores() {
    code.code(0x64, 0x48, 0x8b, 0x04, 0x25); // mov rax, fs:[0]
    code.int32(0);
    code.store(RCX, RingLayout.THREAD, RAX);
    code.code(0x0f, 0x31); // rdtsc
    code.code(0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0); // shl rdx, 32; or rax, rdx
    code.store(RCX, RingLayout.TICKS, RAX);
    for (int i = 0; i < operands.size(); i++) {
      operands.get(i).emitLoad(frame, RAX);
      code.store(RCX, RingLayout.VALUES + i * Long.BYTES, RAX);
    }
    code.store(RCX, RingLayout.SEQUENCE, RSI);
  }
}
