package io.github.optprobe.live;

import io.github.optprobe.PreHandler;
import io.github.optprobe.live.handler.Assembler;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.HandlerCompiler;
import io.github.optprobe.live.handler.Label;
import io.github.optprobe.live.handler.Needs;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Compiles the handlers of this package. */
final class MachineCompiler implements HandlerCompiler {

  @Override
  public boolean isCompilable(PreHandler handler) {
    return handler instanceof MachineHandler;
  }

  @Override
  public boolean needsJava(PreHandler handler) {
    return handler instanceof Filtered filtered
        && (!isCompilable(filtered.delegate()) || needsJava(filtered.delegate()));
  }

  @Override
  public void emit(
      CodeBuffer out,
      long probedAddress,
      List<? extends PreHandler> handlers,
      Consumer<CodeBuffer> java) {
    if (!handlers.isEmpty()) {
      new Place(probedAddress, handlers).emit(out, java);
    }
  }

  /** The handlers at one place. */
  private final class Place {
    private final List<JavaChain> chains = new ArrayList<>();
    private final List<MachineHandler> machine = new ArrayList<>();
    private final Frame frame;

    Place(long probedAddress, List<? extends PreHandler> handlers) {
      handlers.forEach(this::add);
      Needs needs =
          handlers.stream()
              .map(handler -> ((MachineHandler) handler).needs())
              .reduce(Needs.LEAST, Needs::and);
      frame = new Frame(needs, chains.size(), probedAddress);
    }

    private void add(PreHandler handler) {
      if (!(handler instanceof MachineHandler compilable)) {
        throw new IllegalArgumentException("no machine code for " + handler);
      }
      if (compilable instanceof Filtered filtered && needsJava(filtered)) {
        chains.add(new JavaChain(filtered, chains.size()));
      } else {
        machine.add(compilable);
      }
    }

    void emit(CodeBuffer out, Consumer<CodeBuffer> java) {
      Label toJava = new Label();
      frame.enter();
      chains.forEach(chain -> chain.emitDecision(frame, toJava));
      chains.forEach(chain -> chain.emitCounts(frame));
      machine.forEach(handler -> handler.emit(frame));
      frame.leave();
      if (!chains.isEmpty()) {
        emitJava(out.address(), toJava, java);
      }
      out.code(frame.code().toBytes());
    }

    private void emitJava(long start, Label toJava, Consumer<CodeBuffer> java) {
      Assembler code = frame.code();
      Label end = new Label();
      code.jump(end);
      code.bind(toJava);
      frame.leave();
      CodeBuffer behind = new CodeBuffer(start + code.size());
      java.accept(behind);
      code.code(behind.toBytes());
      code.bind(end);
    }
  }
}
