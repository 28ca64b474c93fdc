package io.github.optprobe.testkit.emulator;

import io.github.optprobe.testkit.unicorn.Engine;

/** What Unicorn has translated of some code, for who wants it translated anew. Thread-safe. */
final class Translations {
  private final Engine engine;
  private final EngineLock lock;
  private final AddressSpace space;

  Translations(Engine engine, EngineLock lock, AddressSpace space) {
    this.engine = engine;
    this.lock = lock;
    this.space = space;
  }

  /** Forgets those of as much of a range as one mapping holds. */
  void forget(long address, long bytes) {
    lock.enterToRun();
    try {
      Mapping mapping = space.at(address);
      if (mapping != null) {
        engine.forgetTranslations(address, Math.min(bytes, mapping.bytesFrom(address)));
      }
    } finally {
      lock.leave();
    }
  }
}
