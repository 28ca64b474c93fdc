package io.github.optprobe.testkit.protocol;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.ForwardingText;
import io.github.optprobe.text.TextMemory;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Tells of every step of a patcher, and has somebody stand in its way. */
final class WatchedText extends ForwardingText {
  private final FetchModel model;
  private final Stander stander;
  private final Consumer<Step> watcher;

  WatchedText(TextMemory text, FetchModel model, Stander stander, Consumer<Step> watcher) {
    super(text);
    this.model = model;
    this.stander = stander;
    this.watcher = watcher;
  }

  @Override
  public void write(long address, byte[] bytes) {
    byte[] before = super.readFully(address, bytes.length);
    super.write(address, bytes);
    if (bytes.length > 0) {
      watcher.accept(Step.Store.of(address, before, bytes));
    }
  }

  @Override
  public int atomicStoreBytes() {
    return model.atomicStoreBytes();
  }

  @Override
  public void synchronizeCpus() {
    super.synchronizeCpus();
    watcher.accept(new Step.Synchronize());
  }

  @Override
  public boolean isQuiescent(AddressRange range) {
    return answer(range, stander.look());
  }

  @Override
  public Predicate<AddressRange> quiescence() {
    Predicate<AddressRange> look = stander.look();
    return range -> answer(range, look);
  }

  private boolean answer(AddressRange range, Predicate<AddressRange> look) {
    boolean quiet = look.test(range) && super.isQuiescent(range);
    watcher.accept(new Step.Question(range, quiet));
    return quiet;
  }
}
