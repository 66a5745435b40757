// Numbers in locals, in the frame and as constants, parts of a structure, and a structure behind a pointer, in the
// DWARF of before 2010, which cannot say whether a location is a place or a value.
struct pair { int first; long long second; };

static volatile long long seen = 4;

__attribute__((noinline)) static void see(long long n) { seen += n; }

__attribute__((noinline)) static void grow(int *n, struct pair *p) {
  *n += 3;
  p->second *= *n;
}

__attribute__((noinline)) static long long number(int n) {
  long long total = n * 5LL;
  double half = n * 0.5;
  int fixed = 12;
  see(total);
  total += fixed;
  see((long long)half);
  return total; // 4 * 5 + 12
}

__attribute__((noinline)) static long long frame(int n) {
  int counted = n;
  struct pair kept = {n + 1, n + 2};
  struct pair split = {n * 2, n * 3LL};
  grow(&counted, &kept);
  see(split.first);
  see(split.second);
  return counted + kept.second + split.second; // 7 + 42 + 12
}

void _start(void) {
  int n = (int)seen;
  see(number(n) + frame(n));
}
