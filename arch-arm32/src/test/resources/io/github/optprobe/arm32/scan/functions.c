/* Compiled at test time into both instruction sets: what compilers put between instructions. */

typedef int (*callback)(int);

struct ops {
  callback first;
  callback second;
};

extern volatile int sink;
volatile int sink;

__attribute__((noreturn, noinline)) void fail(int code) {
  for (;;) {
    sink = code;
  }
}

/* A dense switch with code in its cases: TBB, or addls. */
int dense(int kind, int a, int b) {
  switch (kind) {
    case 0: return a + b;
    case 1: sink = a; return a - b;
    case 2: return a * b + sink;
    case 3: sink = b; return a / 3 + b;
    case 4: return a ^ b ^ sink;
    case 5: sink = a + 1; return a & b;
    case 6: return (a | b) - sink;
    case 7: sink = b + 1; return a << (b & 31);
    default: return -1;
  }
}

/* A switch whose cases are far away: TBH. */
#define WORK(n) sink = a * n; sink = b + n; sink = a ^ (b * n); sink = (a + n) / (n + 3);
#define MORE(n) WORK(n) WORK(n + 1) WORK(n + 2) WORK(n + 3) WORK(n + 5) WORK(n + 6)
int wide_switch(int kind, int a, int b) {
  switch (kind) {
    case 10: MORE(11) return 1;
    case 11: MORE(23) return a;
    case 12: MORE(31) return b;
    case 13: MORE(47) return a + b;
    case 14: MORE(53) return a - b;
    case 15: MORE(61) return 7;
    default: return 0;
  }
}

/* The index is a byte, and masked. */
int masked(unsigned char kind, int a) {
  switch (kind & 7) {
    case 0: sink = 1; return a * 3;
    case 1: return a + sink;
    case 2: sink = 5; return a - 9;
    case 3: return a ^ sink;
    case 4: sink = 9; return ~a;
    case 5: return a << 3;
    case 6: sink = 13; return a >> 5;
    default: return a * sink;
  }
}

/* A switch in a loop. */
int interpret(const unsigned char *code, int count) {
  int accumulator = 0;
  for (int i = 0; i < count; i++) {
    switch (code[i]) {
      case 0: accumulator += 1; break;
      case 1: accumulator -= sink; break;
      case 2: accumulator *= 3; break;
      case 3: sink = accumulator; break;
      case 4: accumulator ^= code[i + 1]; i++; break;
      case 5: accumulator = -accumulator; break;
      case 6: if (accumulator > 100) return accumulator; break;
      case 7: accumulator <<= 1; break;
      case 8: return sink;
      default: return -2;
    }
  }
  return accumulator;
}

/* Labels as values. */
int threaded(const unsigned char *code) {
  static const void *const labels[] = {&&increment, &&negate, &&done};
  int accumulator = 0;
  goto *labels[*code++];
increment:
  accumulator++;
  goto *labels[*code++];
negate:
  accumulator = -accumulator;
  goto *labels[*code++];
done:
  return accumulator;
}

/* Literals of every kind. */
double polynomial(double x, float y) {
  double sum = x * 1.2345678901 + 2.718281828;
  sum += x * x * -0.7f + y * 3.1415927f;
  return sum * 1e-7 + (double)(y * -1.25e9f);
}

unsigned long long constants(unsigned x) {
  return x * 0x123456789ABCDEFull + (x ^ 0xDEADBEEFu) % 1000003u;
}

const char *text(int which) {
  return which ? "a string" : "another string";
}

/* IT blocks. */
int select3(int a, int b, int c) {
  int least = a < b ? a : b;
  int most = a > b ? a : b;
  return c > least ? (c < most ? c : most) : least;
}

int saturate(int value) {
  if (value > 1000) value = 1000;
  if (value < -1000) value = -1000;
  return value ? value + 3 : 17;
}

int recursive(int n) {
  return n < 2 ? n : recursive(n - 1) + recursive(n - 2);
}

/* Tail calls: of a known function, of an argument, and through memory. */
int tail_known(int a) {
  return dense(a & 3, a, 7);
}

int tail_argument(callback target, int a) {
  sink = a;
  return target(a + 1);
}

int tail_memory(const struct ops *ops, int a) {
  sink = recursive(a);
  return ops->second(a);
}

/* Calls that do not return, with literals behind them. */
int checked(int a, unsigned b) {
  if (a < 0) {
    fail(0x12345678);
  }
  if (b == 0xCAFEBABEu) {
    fail((int)b + 0x7654321);
  }
  return a;
}

int only_fails(int a) {
  sink = 0x13579BDF;
  if (a != 0x2468ACE0) {
    fail(a);
  }
  fail(0x0F1E2D3C);
}

int unreachable(int a) {
  if (a == 3) {
    __builtin_trap();
  }
  return a + 0x3456789;
}

/* A large frame, and one of unknown size. */
int large_frame(int n) {
  volatile int buffer[3000];
  buffer[n & 2047] = n;
  return buffer[(n + 1) & 2047] + recursive(n & 7);
}

int variable_frame(int n, callback use) {
  volatile int buffer[n];
  buffer[0] = n;
  return use(buffer[0]);
}

int main(int count, char **arguments) {
  return dense(count, 1, 2) + masked((unsigned char)count, 3) + (arguments != 0);
}
