package io.github.optprobe.examples.command;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of one file of a sweep. */
sealed interface SweepResult {

  /** The file. */
  Path path();

  /**
   * It was swept.
   *
   * @param sets the functions' tallies added up, by the name of their instruction set
   * @param examples one for each kind of refusal and reason, that with the lowest address
   * @param differences the first instructions that did not do the same, at most a few
   */
  record Swept(
      Path path,
      List<FunctionResult> functions,
      SortedMap<String, Tally> sets,
      List<Example> examples,
      List<Difference> differences)
      implements SweepResult {

    /** All instruction sets together. */
    Tally total() {
      Tally total = new Tally();
      sets.values().forEach(total::add);
      return total;
    }
  }

  /**
   * It could not be read.
   *
   * @param reason goes on where the file's name leaves off
   */
  record Failed(Path path, String reason) implements SweepResult {}

  /**
   * A function.
   *
   * @param set the name of its instruction set
   * @param address of its first byte, in the file
   * @param bytes its length
   */
  record FunctionResult(String name, String set, long address, long bytes, Tally tally) {}

  /** Whether an example is of an instruction that can not be probed, or not by a jump. */
  enum Kind {
    REFUSED("refused"),
    NOT_OPTIMIZED("notOptimized");

    private final String field;

    Kind(String field) {
      this.field = field;
    }

    /** The name in JSON. */
    String field() {
      return field;
    }
  }

  /**
   * A refusal.
   *
   * @param code its stable code
   * @param set the name of the instruction set
   * @param offset from the function's start
   * @param picture the code around it
   */
  record Example(
      Kind kind,
      String code,
      Path path,
      String function,
      String set,
      long address,
      long offset,
      String rule,
      String advice,
      String picture) {}

  /** An instruction that did not do the same relocated as in place. */
  record Difference(
      Path path, String function, String set, long address, long offset, String detail) {}

  /** The first of each kind and code. */
  static List<Example> firstOfEach(List<Example> all) {
    SortedMap<String, Example> first = new TreeMap<>();
    for (Example each : all) {
      first.merge(
          each.kind() + each.code(),
          each,
          (one, other) -> Long.compareUnsigned(one.address(), other.address()) <= 0 ? one : other);
    }
    return List.copyOf(first.values());
  }
}
