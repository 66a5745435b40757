// Every kind of value of C that can be assigned. Each function stops, and prints afterwards what its variables hold.
typedef unsigned long size_t;
struct iov { const void *p; size_t n; };
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int fd_write(int, const struct iov *, int, size_t *);

enum color { RED, GREEN = 5, BLUE };
enum level { LOW = -2, HIGH = 100000 };
struct point { int x, y; };
struct bits { unsigned a : 1; unsigned b : 3; int c : 5; unsigned long long d : 40; unsigned char e : 4; _Bool f : 1; };
union value { int i; float f; unsigned char bytes[4]; };
struct node { short value; struct node *next; };

volatile int seed;
int wide[4] = {1, 2, 3, 4};
short small;
unsigned char flags[3];
double ratio;
static struct point corner;
static long long counter;
const char *title = "one", *other = "two";
enum color paint;
char name[8] = "static";
volatile int __attribute__((address_space(1))) in_global;

__attribute__((noinline)) static void text(const char *s) {
  size_t n = 0;
  while (s[n]) n++;
  struct iov v = {s, n};
  fd_write(1, &v, 1, &n);
}

__attribute__((noinline)) static void putu(const char *what, unsigned long long v, const char *sign) {
  char b[24], *p = b + 23;
  *p = 0;
  do *--p = '0' + v % 10; while (v /= 10);
  text(what), text(sign), text(p), text("\n");
}

__attribute__((noinline)) static void put(const char *what, long long v) {
  if (v < 0) putu(what, -(unsigned long long)v, " -");
  else putu(what, v, " ");
}

__attribute__((noinline)) static void puts2(const char *what, const char *s) { text(what), text(" "), text(s), text("\n"); }
__attribute__((noinline)) void stop(void) { __asm__ volatile("" ::: "memory"); }
__attribute__((noinline)) void use(void *p) { __asm__ volatile("" ::"r"(p) : "memory"); }

__attribute__((noinline)) void arguments(_Bool b, char c, signed char i8, unsigned char u8, short i16, unsigned short u16, int i32, unsigned u32,
                                         long long i64, unsigned long long u64, float f32, double f64, int *p, enum color e, enum level l) {
  stop(); // stop arguments
  put("b", b), put("c", c), put("i8", i8), put("u8", u8), put("i16", i16), put("u16", u16), put("i32", i32);
  put("u32", u32), put("i64", i64), putu("u64", u64, " "), put("f32", f32 * 1000), put("f64", f64 * 1000);
  put("p", *p), put("e", e), put("l", l);
}

__attribute__((noinline)) void locals(void) {
  _Bool b = seed > 5;
  signed char i8 = seed + 1;
  unsigned char u8 = seed + 2;
  short i16 = seed + 3;
  unsigned short u16 = seed + 4;
  int i32 = seed + 5;
  unsigned u32 = seed + 6;
  long long i64 = seed + 7;
  float f32 = seed + 8;
  double f64 = seed + 9;
  int *p = &wide[seed & 1];
  enum color e = seed == 1 ? BLUE : GREEN;
  stop(); // stop locals
  put("b", b), put("i8", i8), put("u8", u8), put("i16", i16), put("u16", u16), put("i32", i32), put("u32", u32);
  put("i64", i64), put("f32", f32 * 1000), put("f64", f64 * 1000), put("p", *p), put("e", e);
}

__attribute__((noinline)) void many(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, long long k, long long l, unsigned char m, short n,
                                    double o, double q, float r, double s, double t, double u, double v, double w, double x, double y) {
  stop(); // stop many
  put("a", a), put("b", b), put("c", c), put("d", d), put("e", e), put("f", f), put("g", g), put("h", h), put("i", i), put("j", j), put("k", k), put("l", l);
  put("m", m), put("n", n), put("o", o), put("q", q), put("r", r), put("s", s), put("t", t), put("u", u), put("v", v), put("w", w), put("x", x), put("y", y);
}

__attribute__((noinline)) void memory(void) {
  struct point pt = {seed, 2}, copy = {7, 8}, *to = &pt;
  struct bits f = {1, 5, -3, 0x123456789aULL, 9, 1};
  union value u = {seed};
  int grid[2][3] = {{1, 2, 3}, {4, 5, seed}};
  char word[8] = "hello";
  struct node tail = {2, 0}, head = {1, &tail};
  double reals[2] = {1, 2};
  _Bool truths[2] = {0, 1};
  use(&pt), use(&copy), use(&to), use(&f), use(&u), use(grid), use(word), use(&tail), use(&head), use(reals), use(truths);
  stop(); // stop memory
  put("pt.x", pt.x), put("pt.y", pt.y), put("copy.x", copy.x), put("copy.y", copy.y), put("to->x", to->x);
  put("f.a", f.a), put("f.b", f.b), put("f.c", f.c), put("f.d", f.d), put("f.e", f.e), put("f.f", f.f);
  put("u.i", u.i), put("grid[0][1]", grid[0][1]), put("grid[1][2]", grid[1][2]), puts2("word", word);
  put("head.value", head.value), put("head.next->value", head.next->value), put("tail.value", tail.value);
  put("reals[1]", reals[1] * 1000), put("truths[0]", truths[0]), put("truths[1]", truths[1]);
}

__attribute__((noinline)) void globals(void) {
  static int inside = 3;
  inside += seed;
  stop(); // stop globals
  put("wide[2]", wide[2]), put("small", small), put("flags[1]", flags[1]), put("ratio", ratio * 1000), put("corner.x", corner.x), put("corner.y", corner.y);
  put("counter", counter), puts2("title", title), put("paint", paint), puts2("name", name), put("inside", inside), put("in_global", in_global);
}

__attribute__((export_name("_start"))) void start(void) {
  seed = 1;
  small = corner.x = counter = flags[1] = ratio = paint = in_global = seed;
  use(wide), use(name), use(&title), use(&other);
  arguments(seed, 'a', seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, &wide[seed], RED, LOW);
  locals();
  many(seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed, seed);
  memory();
  globals();
}
