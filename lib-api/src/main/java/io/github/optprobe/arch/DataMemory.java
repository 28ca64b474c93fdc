package io.github.optprobe.arch;

/**
 * The data memory of a CPU as its loads and stores see it, in its byte order. Where a detour buffer
 * saves registers, and where an emulated instruction reads and writes. Called on the thread that
 * reports a trap.
 */
public interface DataMemory {

  /** A memory for targets whose probes never need one: every access fails. */
  DataMemory NONE =
      new DataMemory() {
        @Override
        public long load(long address, int bytes) {
          throw new IllegalStateException("this target gave no data memory");
        }

        @Override
        public void store(long address, int bytes, long value) {
          throw new IllegalStateException("this target gave no data memory");
        }
      };

  /**
   * Loads a zero-extended value.
   *
   * @param bytes 1, 2, 4 or 8
   * @throws io.github.optprobe.text.TextException if it is not mapped
   */
  long load(long address, int bytes);

  /**
   * Stores the low bytes of a value.
   *
   * @param bytes 1, 2, 4 or 8
   * @throws io.github.optprobe.text.TextException if it is not mapped
   */
  void store(long address, int bytes, long value);
}
