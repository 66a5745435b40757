// Tail calls: a machine whose states jump to each other, directly and through a table, a hundred thousand times.
typedef int State(int n, int odd, int steps);

static State even, odd, done;
static State *const table[] = {even, odd, done};

#define become __attribute__((musttail)) return

__attribute__((noinline)) static int even(int n, int seen, int steps) {
  if (n == 0)
    become done(n, seen, steps);
  become odd(n - 1, seen, steps + 1);
}

__attribute__((noinline)) static int odd(int n, int seen, int steps) {
  int next = n == 0 ? 2 : 0;
  seen++;
  become table[next](n == 0 ? 0 : n - 1, seen, steps + 1);
}

__attribute__((noinline)) static int done(int n, int seen, int steps) {
  int result = seen * 1000 + steps % 1000;
  return result + n;
}

volatile int sink;

int run(int n) {
  int r = even(n, 0, 0);
  sink = r;
  return r;
}

void _start(void) {
  int small = run(4);
  int large = run(100000);
  sink = small + large;
  if (small != 2004 || large != 50000000)
    __builtin_trap();
}
