package io.github.optprobe.internal;

import io.github.optprobe.Kretprobe;
import io.github.optprobe.ReturnInstance;
import io.github.optprobe.arch.CallConvention;
import io.github.optprobe.arch.Registers;
import org.jspecify.annotations.Nullable;

/**
 * One tracked call, or one that may be. Belongs to a pool while it is free and to the thread of one
 * CPU while it is not; it changes hands through the pool, which orders its fields.
 */
final class Instance<D> implements ReturnInstance<D> {
  private final KretprobeMember<D> member;
  private final int index;
  private final D data;
  private long returnAddress;
  private long entryStackPointer;

  /** The call below this one on its CPU's stack of tracked calls. */
  private @Nullable Instance<?> below;

  /** The instance that tracked the same call before this one did. */
  private @Nullable Instance<?> older;

  Instance(KretprobeMember<D> member, int index, D data) {
    this.member = member;
    this.index = index;
    this.data = data;
  }

  KretprobeMember<D> member() {
    return member;
  }

  int index() {
    return index;
  }

  void enter(long returnsTo, long stackPointer) {
    returnAddress = returnsTo;
    entryStackPointer = stackPointer;
  }

  @Nullable Instance<?> below() {
    return below;
  }

  void setBelow(@Nullable Instance<?> other) {
    below = other;
  }

  @Nullable Instance<?> older() {
    return older;
  }

  void setOlder(@Nullable Instance<?> other) {
    older = other;
  }

  CallConvention calls() {
    return member.trampoline().calls();
  }

  /** What the stack pointer is once this call has returned. */
  long stackPointerAfterReturn() {
    return calls().stackPointerAfterReturn(entryStackPointer);
  }

  @Override
  public Kretprobe<D> kretprobe() {
    return member.probe();
  }

  @Override
  public D data() {
    return data;
  }

  @Override
  public long returnAddress() {
    return returnAddress;
  }

  @Override
  public long entryStackPointer() {
    return entryStackPointer;
  }

  @Override
  public long returnValue(Registers registers) {
    return calls().returnValue(registers);
  }
}
