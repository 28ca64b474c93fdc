package io.github.optprobe;

/**
 * One registered return probe. {@link #hits} counts the calls that its entry saw, {@link #nmissed}
 * those that it did not, because the CPU was already in a handler.
 *
 * <p>Calls in flight when it is closed or disabled return as if nothing had happened, without their
 * return handler. Thread-safe; obtained from {@link Kprobes#register(Kretprobe)}, not meant to be
 * implemented.
 *
 * @param <D> the data that each call carries
 */
public interface ReturnProbeHandle<D> extends ProbeHandle {

  /** What was registered. */
  @Override
  Kretprobe<D> probe();

  /** How many tracked calls have returned and had their return handler run. */
  long returns();

  /** How many calls were not tracked because no instance was free. */
  long instancesMissed();

  /** How many calls are tracked right now. */
  int active();

  /** How many calls can be tracked at once. */
  int maxActive();
}
