// A small program with much debug information: inlined functions, location lists, lexical
// blocks, a frame in linear memory, statics, 64-bit and floating-point values, dead code.
struct point { int x, y; struct point *next; };

static struct point origin = {1, 2, 0};
static long long total;

__attribute__((noinline)) static void touch(struct point *p) { p->x += p->y; }

static inline int scale(int v, int by) {
  int scaled = v * by;
  return scaled + origin.x;
}

static int unused(int a) { return a + 1; }

__attribute__((export_name("walk"))) int walk(int n, double f) {
  struct point local = {n, n + 1, &origin};
  touch(&local);
  for (int i = 0; i < n; i++) {
    int s = scale(i, local.x);
    {
      short low = (short)s;
      total += low;
    }
    f *= 1.5;
  }
  return (int)f + local.x + (int)(total >> 32);
}

__attribute__((export_name("pick"))) unsigned pick(unsigned k) {
  unsigned long long wide = (unsigned long long)k << 20;
  if (k > 3) goto big;
  return scale((int)k, 3);
big:
  return (unsigned)(wide >> 7) ^ k;
}
