package io.github.optprobe.live;

import io.github.optprobe.live.machine.Positions;

/** Who takes part when all threads are asked where they stand. */
interface Looks {
  /** Nobody. */
  Looks NONE =
      new Looks() {
        @Override
        public void begin() {}

        @Override
        public Positions complete(Positions seen) {
          return seen;
        }

        @Override
        public void end(Positions all) {}
      };

  /** Threads are about to be asked. */
  void begin();

  /** Threads have been asked; returns what was seen and what else is known. */
  Positions complete(Positions seen);

  /** All is known that can be: what nobody is in may be given back. */
  void end(Positions all);
}
