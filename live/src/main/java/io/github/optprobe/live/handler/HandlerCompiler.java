package io.github.optprobe.live.handler;

import io.github.optprobe.PreHandler;
import io.github.optprobe.x86.emit.CodeBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Makes code of the handlers at one place. Thread-safe; equal input gives equal code. */
public interface HandlerCompiler {

  /** Whether it is code that needs no Java, or a filter in front of Java. */
  boolean isCompilable(PreHandler handler);

  /** Whether it is a filter in front of Java, or several such in a row. */
  boolean needsJava(PreHandler handler);

  /**
   * Appends code that runs handlers. It is entered with all registers of the probed instruction
   * live, rsp its own and the red zone in use; it falls through at its end with all registers,
   * flags, the stack and the red zone as they were. Its length does not depend on where it lies.
   *
   * <p>Where filters stand in front of Java, they are decided first. If one lets the hit pass,
   * nothing is counted or recorded here: {@code java} is to run <em>all</em> handlers of the place
   * by {@link PreHandler#handle}, in their order, so that each counts once. If none does, what they
   * rejected is counted, the other handlers run, and {@code java} is jumped over.
   *
   * @param probedAddress what rip is
   * @param handlers those of the place, all {@link #isCompilable compilable}
   * @param java appends code that runs all the handlers in Java; everything is restored when it
   *     begins, and is to be what the probed program shall find when it falls through at its end.
   *     Called once if a handler needs Java, else never. The buffer it is given is not {@code out},
   *     but has the addresses that the code will have
   * @throws IllegalArgumentException if a handler is not compilable
   */
  void emit(
      CodeBuffer out,
      long probedAddress,
      List<? extends PreHandler> handlers,
      Consumer<CodeBuffer> java);
}
