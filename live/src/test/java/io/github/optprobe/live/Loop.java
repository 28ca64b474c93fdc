package io.github.optprobe.live;

import io.github.optprobe.live.handler.HandlerCompiler;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;

/**
 * A function in machine code that runs code of handlers again and again, with the number of runs
 * that remain in rbx, its second argument in rsi, and the sum of both in rdx. Its bytes are by GNU
 * as. May be called by many threads at once.
 */
final class Loop {
  private static final int MOST = 4096;

  private final NativeCode code = new NativeCode(MOST);
  private final HandlerCompiler compiler = new MachineCompiler();

  Loop(MachineHandler... handlers) {
    CodeBuffer buffer = new CodeBuffer(code.address());
    buffer.code(0x53, 0x48, 0x89, 0xfb); // push rbx; mov rbx, rdi
    long again = buffer.address();
    buffer.code(0x48, 0x8d, 0x14, 0x33); // lea rdx, [rbx+rsi]
    compiler.emit(buffer, again, List.of(handlers), java -> {});
    buffer.code(0x48, 0xff, 0xcb, 0x0f, 0x85).displacement32(again, 0); // dec rbx; jnz
    buffer.code(0x5b, 0xc3); // pop rbx; ret
    code.write(buffer.toBytes());
  }

  void run(long times, long argument) {
    code.call(times, argument);
  }
}
