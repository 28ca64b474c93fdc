package io.github.optprobe.live;

import static io.github.optprobe.live.handler.Assembler.RCX;
import static io.github.optprobe.live.handler.Assembler.RSP;

import io.github.optprobe.live.handler.Assembler;
import io.github.optprobe.live.handler.Frame;
import io.github.optprobe.live.handler.Label;
import java.util.ArrayList;
import java.util.List;

/**
 * Filters one behind the other, with a Java handler behind the last. Their conditions are decided
 * before anything is counted: if another chain at the place lets the hit pass, Java counts for all.
 */
final class JavaChain {
  private final List<Filtered> filters;
  private final int word;

  /**
   * @param word the word of the frame that keeps which filter rejected
   */
  JavaChain(Filtered first, int word) {
    filters = filters(first);
    this.word = word;
  }

  private static List<Filtered> filters(Filtered first) {
    List<Filtered> filters = new ArrayList<>();
    filters.add(first);
    for (Filtered last = first; last.delegate() instanceof Filtered next; last = next) {
      filters.add(next);
    }
    return List.copyOf(filters);
  }

  /** Writes code that jumps if all filters let the hit pass, else goes on. */
  void emitDecision(Frame frame, Label passes) {
    List<Label> rejections = filters.stream().map(filter -> new Label()).toList();
    for (int i = 0; i < filters.size(); i++) {
      filters.get(i).condition().emit(frame, rejections.get(i));
    }
    frame.code().jump(passes);
    Label end = new Label();
    for (int i = 0; i < filters.size(); i++) {
      frame.code().bind(rejections.get(i));
      emitRemember(frame, i, end);
    }
    frame.code().bind(end);
  }

  /** A filter that is alone needs no memory of which it was. */
  private void emitRemember(Frame frame, int filter, Label end) {
    if (filters.size() == 1) {
      return;
    }
    frame.code().storeConstant(RSP, frame.word(word), filter);
    frame.code().jump(end);
  }

  /** Writes code that counts what {@link #emitDecision} found, where it did not jump. */
  void emitCounts(Frame frame) {
    if (filters.size() == 1) {
      filters.get(0).emitRejected(frame);
    } else {
      Label end = new Label();
      for (int i = 0; i < filters.size(); i++) {
        emitCountsIf(frame, i, end);
      }
      frame.code().bind(end);
    }
  }

  private void emitCountsIf(Frame frame, int rejecting, Label end) {
    Assembler code = frame.code();
    Label other = new Label();
    code.load(RCX, RSP, frame.word(word));
    code.compareConstant(RCX, rejecting);
    code.jumpIf(0x5, other); // jne
    filters.subList(0, rejecting).forEach(filter -> filter.emitPassed(frame));
    filters.get(rejecting).emitRejected(frame);
    code.jump(end);
    code.bind(other);
  }
}
