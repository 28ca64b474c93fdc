/* A few functions for the tests of the command line. Built by build-tiny.sh. */
int counter = 3;

int add(int a, int b) { return a + b; }

int sum(const int *values, int count) {
  int total = 0;
  for (int i = 0; i < count; i++) {
    total += values[i];
  }
  return total;
}

int count_up(int step) {
  counter += step;
  return counter;
}

int pick(int which, int a, int b) {
  switch (which) {
    case 0: return a;
    case 1: return b;
    case 2: return a + b;
    case 3: return a - b;
    case 4: return a * b;
    default: return add(a, b);
  }
}
