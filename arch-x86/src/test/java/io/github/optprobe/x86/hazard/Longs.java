package io.github.optprobe.x86.hazard;

import java.util.Arrays;

/** Many numbers, to be sorted and searched. */
final class Longs {
  private long[] numbers = new long[1024];
  private int count;
  private boolean sorted;

  void add(long number) {
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    numbers[count++] = number;
    sorted = false;
  }

  int count() {
    return count;
  }

  /** The least number not below {@code least}, or the greatest there is. */
  long atOrAbove(long least) {
    sort();
    int found = Arrays.binarySearch(numbers, 0, count, least);
    int index = found >= 0 ? found : -found - 1;
    return index < count ? numbers[index] : Long.MAX_VALUE;
  }

  /** The greatest number not above {@code most}, or the least there is. */
  long atOrBelow(long most) {
    sort();
    int found = Arrays.binarySearch(numbers, 0, count, most);
    int index = found >= 0 ? found : -found - 2;
    return index >= 0 ? numbers[index] : Long.MIN_VALUE;
  }

  private void sort() {
    if (!sorted) {
      Arrays.sort(numbers, 0, count);
      sorted = true;
    }
  }
}
