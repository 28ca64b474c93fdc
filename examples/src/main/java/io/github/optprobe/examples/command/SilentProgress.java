package io.github.optprobe.examples.command;

/** Says nothing. */
final class SilentProgress implements Progress {
  @Override
  public void advance(long work) {}

  @Override
  public void now(String what) {}

  @Override
  public void close() {}
}
