package io.github.optprobe.live.handler;

import java.util.ArrayList;
import java.util.List;

/** A place further on in code being assembled, which jumps may name before it is known. */
public final class Label {
  private final List<Integer> displacements = new ArrayList<>();

  void jumpedToFrom(int displacement) {
    displacements.add(displacement);
  }

  List<Integer> displacements() {
    return displacements;
  }
}
