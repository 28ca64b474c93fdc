package io.github.optprobe.live;

import io.github.optprobe.Kprobe;
import io.github.optprobe.PreHandler;
import io.github.optprobe.Probe;
import io.github.optprobe.live.handler.HandlerCompiler;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What can be done with the handlers of probes without Java. */
final class Handlers {
  private static final HandlerCompiler COMPILER = new MachineCompiler();

  private Handlers() {}

  /** The handler of a probe, if it can be compiled and is all that the probe has; null if not. */
  static @Nullable PreHandler compilable(Probe probe) {
    if (!(probe instanceof Kprobe kprobe) || kprobe.postHandler().isPresent()) {
      return null;
    }
    return kprobe.preHandler().filter(COMPILER::isCompilable).orElse(null);
  }

  /** Whether a handler that can be compiled leads to Java all the same. */
  static boolean needsJava(PreHandler handler) {
    return COMPILER.needsJava(handler);
  }

  /** How often a probe's handler ran as machine code. */
  static long machineHits(Probe probe) {
    return compilable(probe) instanceof MachineHandler handler ? handler.machineHits() : 0;
  }

  /** Appends the code of handlers; see {@link HandlerCompiler#emit}. */
  static void emit(
      CodeBuffer out, long address, List<PreHandler> handlers, Consumer<CodeBuffer> java) {
    COMPILER.emit(out, address, handlers, java);
  }
}
