// A recursion of a hundred thousand calls that stops in its innermost one.
static volatile int sink;

__attribute__((noinline)) static void bottom(void) {
  sink = 1;
}

__attribute__((noinline)) static int down(int n) {
  if (n == 0) {
    bottom();
    return 0;
  }
  return down(n - 1) + 1;
}

int main(void) {
  sink = down(100000);
  return 0;
}
