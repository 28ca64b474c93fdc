package io.github.optprobe.testkit.emulator;

import io.github.optprobe.arch.RegisterFile;
import io.github.optprobe.testkit.execute.MachineState;
import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.testkit.unicorn.RegisterBatch;
import io.github.optprobe.testkit.unicorn.VectorBank;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Moves all registers between the emulated CPU and a {@link MachineState}, by one call each way.
 */
final class CpuImage {
  private static final int VECTOR_BYTES = 16;
  private static final int STATUS_BYTES = 4;
  private static final int NOT_THERE = -1;

  private final RegisterFile file;
  private final LiveRegisters live;
  private final RegisterBatch batch;
  private final long writableStatus;
  private final int addressBits;
  private final int[] general;
  private final int[] wideBytes;
  private final List<String> wideNames = new ArrayList<>();
  private final Engine engine;
  private final long context;
  private final long aside;
  private final long mode;
  private final int status;
  private final int vectorStatus;
  private long keptStatus;
  private byte[] keptVectorStatus = {};
  private boolean isAsFresh;

  CpuImage(Engine engine, ExecutorProfile profile, LiveRegisters live) {
    this.engine = engine;
    this.file = live.file();
    context = engine.newContext();
    aside = engine.newContext();
    this.live = live;
    writableStatus = profile.status().writable();
    mode = writableStatus & ~profile.status().arithmetic();
    addressBits = profile.wordBytes() * Byte.SIZE;
    VectorBank bank = profile.vectors();
    boolean hasStatus = bank.status() != ExecutorProfile.NO_REGISTER;
    general = IntStream.range(0, file.size()).filter(i -> i != file.programCounter()).toArray();
    IntStream ids = IntStream.of(general).map(i -> profile.idOf(file.names().get(i)));
    IntStream vectors = IntStream.range(0, bank.count()).map(i -> bank.first() + i);
    IntStream flags = hasStatus ? IntStream.of(bank.status()) : IntStream.empty();
    batch =
        new RegisterBatch(
            engine, IntStream.concat(ids, IntStream.concat(vectors, flags)).toArray());
    status = IntStream.range(0, file.size()).filter(live::isStatus).findFirst().orElse(NOT_THERE);
    vectorStatus = hasStatus ? bank.count() : NOT_THERE;
    for (int i = 0; i < bank.count(); i++) {
      wideNames.add("v" + i);
    }
    if (hasStatus) {
      wideNames.add("vstatus");
    }
    wideBytes =
        wideNames.stream()
            .mapToInt(name -> name.equals("vstatus") ? STATUS_BYTES : VECTOR_BYTES)
            .toArray();
  }

  /** What the CPU holds now is what a program finds that has not chosen it. */
  MachineState fresh() {
    batch.read();
    engine.saveContext(context);
    MachineState state = MachineState.zero(file, addressBits, wideNames, wideBytes);
    for (int i = 0; i < general.length; i++) {
      if (live.isStatus(general[i])) {
        keptStatus = batch.get(i);
        state.set(general[i], keptStatus);
      } else if (file.names().get(general[i]).endsWith("_base")) {
        state.set(general[i], batch.get(i));
      }
    }
    if (vectorStatus >= 0) {
      batch.get(general.length + vectorStatus, state.wide(vectorStatus));
      keptVectorStatus = state.wide(vectorStatus).clone();
    }
    isAsFresh = true;
    return state;
  }

  private boolean isInFreshMode(MachineState state) {
    boolean general = status < 0 || ((state.get(status) ^ keptStatus) & mode) == 0;
    return general
        && (vectorStatus < 0 || Arrays.equals(keptVectorStatus, state.wide(vectorStatus)));
  }

  /** What is in no state, such as the floating-point stack, as in a fresh CPU. */
  void reset() {
    engine.restoreContext(context);
    isAsFresh = true;
  }

  /**
   * Does something while the CPU is as a fresh one. Unicorn 2.0.1 forgets only what was translated
   * for the CPU's present mode, which on ARM are the instruction set, the place in an IT block and
   * the vector length: code that ended in another one would keep what it began in.
   */
  void asFresh(Runnable work) {
    if (isAsFresh) {
      work.run();
      return;
    }
    engine.saveContext(aside);
    engine.restoreContext(context);
    work.run();
    engine.restoreContext(aside);
  }

  void toCpu(MachineState state) {
    for (int i = 0; i < general.length; i++) {
      long value = state.get(general[i]);
      batch.set(i, live.isStatus(general[i]) ? status(value) : value);
    }
    for (int i = 0; i < wideBytes.length; i++) {
      batch.set(general.length + i, state.wide(i));
    }
    batch.write(general.length + wideBytes.length);
    isAsFresh = false;
    live.setProgramCounter(state.programCounter());
  }

  /** As with handlers, what is no program's to change stays. */
  private long status(long value) {
    return (keptStatus & ~writableStatus) | (value & writableStatus);
  }

  void fromCpu(MachineState state) {
    batch.read();
    for (int i = 0; i < general.length; i++) {
      state.set(general[i], batch.get(i));
    }
    for (int i = 0; i < wideBytes.length; i++) {
      batch.get(general.length + i, state.wide(i));
    }
    state.setProgramCounter(live.programCounter());
    isAsFresh = isInFreshMode(state);
  }

  void close() {
    engine.freeContext(context);
    engine.freeContext(aside);
  }
}
