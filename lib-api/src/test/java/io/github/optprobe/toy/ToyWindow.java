package io.github.optprobe.toy;

import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import java.util.List;

/** The instructions that a jump overwrites. */
record ToyWindow(List<ToyInstruction> all, int jumpBytes) implements WindowPlan {

  @Override
  public AddressRange window() {
    ToyInstruction last = all.get(all.size() - 1);
    return new AddressRange(all.get(0).address(), last.range().last());
  }

  @Override
  public int instructions() {
    return all.size();
  }
}
