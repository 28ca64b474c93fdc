package io.github.optprobe.testkit.fuzz;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an {@link IsolatedRun} starts: fuzzes a plan, notes what it is at, and leaves its counts in
 * a state file. A program of the testkit's own, not for others.
 */
final class IsolatedProcess {
  private static final int PLAN = 2;

  private IsolatedProcess() {}

  /**
   * Runs.
   *
   * @param arguments a folder; the cases that are to be left out, as {@code
   *     index:category:decoder}, separated by commas, or {@code -}; and a plan
   */
  public static void main(String[] arguments) {
    List<String> all = List.of(arguments);
    Path folder = Path.of(all.get(0));
    FuzzPlan plan = FuzzPlan.parse(all.subList(PLAN, all.size()));
    Activity activity = Activity.in(folder.resolve(IsolatedRun.ACTIVITY));
    int[] count = {0};
    plan.start(decoder -> new WatchedDecoder(decoder, activity, count[0]++))
        .state(folder.resolve(IsolatedRun.STATE))
        .skip(skipped(all.get(1)))
        .starts(activity::startsCase)
        .run();
    activity.rests();
  }

  private static Map<Long, Finding> skipped(String text) {
    Map<Long, Finding> skipped = new HashMap<>();
    if (!text.equals("-")) {
      for (String each : text.split(",", -1)) {
        String[] parts = each.split(":", 3);
        skipped.put(
            Long.parseLong(parts[0]), new Finding(parts[1], parts[2], IsolatedRun.SHAPE, 0));
      }
    }
    return skipped;
  }
}
