package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;
import io.github.optprobe.testkit.unicorn.ExecutorProfile;
import io.github.optprobe.testkit.unicorn.VectorBank;
import java.util.Objects;
import java.util.OptionalLong;

/** The emulated CPU's vector registers. */
final class VectorRegisters {
  private static final int BYTES = 16;

  private final Engine engine;
  private final VectorBank bank;

  VectorRegisters(Engine engine, VectorBank bank) {
    this.engine = engine;
    this.bank = bank;
  }

  int count() {
    return bank.count();
  }

  byte[] get(int index) {
    byte[] value = new byte[BYTES];
    engine.wideRegister(id(index), value);
    return value;
  }

  void set(int index, byte[] value) {
    if (value.length != BYTES) {
      throw new IllegalArgumentException("a vector register has 16 bytes, not " + value.length);
    }
    engine.setWideRegister(id(index), value);
  }

  /** The register with the flags of vector instructions, if that is looked at. */
  OptionalLong status() {
    return bank.status() == ExecutorProfile.NO_REGISTER
        ? OptionalLong.empty()
        : OptionalLong.of(engine.register(bank.status()));
  }

  /** Changes those flags that comparisons set, if they are looked at. */
  void setFlags(long flags) {
    status()
        .ifPresent(
            old ->
                engine.setRegister(
                    bank.status(), (old & ~bank.statusFlags()) | (flags & bank.statusFlags())));
  }

  private int id(int index) {
    return bank.first() + Objects.checkIndex(index, bank.count());
  }
}
