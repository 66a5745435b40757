// What C++ adds to the values that can be assigned: references, classes with bases, scoped enums, members without a name
// before them. Each function stops, and prints afterwards what its variables hold. Some are called by a test.
using size_t = unsigned long;
struct iov { const void *p; size_t n; };
extern "C" __attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int fd_write(int, const iov *, int, size_t *);

namespace io {
[[gnu::noinline]] static void text(const char *s) {
  size_t n = 0;
  while (s[n]) n++;
  iov v{s, n};
  fd_write(1, &v, 1, &n);
}

[[gnu::noinline]] static void put(const char *what, long long v) {
  char b[24], *p = b + 23;
  *p = 0;
  unsigned long long u = v < 0 ? -(unsigned long long)v : v;
  do *--p = '0' + u % 10; while (u /= 10);
  text(what), text(v < 0 ? " -" : " "), text(p), text("\n");
}
}
using io::put;

enum class Level : signed char { Low = -1, Mid = 4, High = 100 };
enum class Big : unsigned long long { None, Huge = 1ull << 40 };
struct Point {
  int x, y;
  int sum() const;
  void move(int by);
  Point plus(const Point &o) const;
  static int made;
};
struct Named { short id; bool on; virtual int area() const { return id; } };
struct Box : Named, Point {
  char16_t mark;
  Level level;
  int area() const override { return x * y; }
  void show();
};
template <class T> struct Pair { T first, second; T larger() const; };

volatile int seed;
int Point::made;
namespace shop { long long stock; namespace { unsigned short hidden; } }

[[gnu::noinline]] void stop() { __asm__ volatile("" ::: "memory"); }
[[gnu::noinline]] void use(const void *p) { __asm__ volatile("" ::"r"(p) : "memory"); }
[[gnu::noinline]] int Point::sum() const { return x + y; }
[[gnu::noinline]] void Point::move(int by) { x += by, y += by; }
[[gnu::noinline]] Point Point::plus(const Point &o) const { return {x + o.x, y + o.y}; }
template <class T> [[gnu::noinline]] T Pair<T>::larger() const { return first > second ? first : second; }
[[gnu::noinline]] int twice(int x) { use(&x); return 2 * x; }
[[gnu::noinline]] double twice(double x) { use(&x); return 2 * x; }
[[gnu::noinline]] void swap(int &a, int &b) { int c = a; a = b, b = c; }
[[gnu::noinline]] int total(const Point &p, const int (&list)[3]) { return p.x + p.y + list[0] + list[1] + list[2]; }
[[gnu::noinline]] int forever(int from) {
  for (;;) { stop(); from++; }
}

[[gnu::noinline]] void arguments(bool b, char16_t c16, char32_t c32, Level level, Big big, int &ref, Point &point, const double &real, Point *ptr) {
  stop(); // stop arguments
  put("b", b), put("c16", c16), put("c32", c32), put("level", (int)level), put("big", (long long)big), put("ref", ref);
  put("point.x", point.x), put("point.y", point.y), put("real", real * 1000), put("ptr->x", ptr->x);
}

[[gnu::noinline]] void Box::show() {
  stop(); // stop this
  put("id", id), put("on", on), put("x", x), put("y", y), put("mark", mark), put("level", (int)level);
}

[[gnu::noinline]] void memory() {
  Point point{seed, 2}, other{30, 40};
  Pair<float> floats{1, 2};
  Pair<Level> levels{Level::Low, Level::Mid};
  int Point::*member = &Point::x;
  int list[3] = {1, 2, 3};
  int &third = list[2];
  Big bigs[2] = {Big::None, Big::None};
  auto closure = [=, &point] { return list[0] + point.x; };
  use(&point), use(&other), use(&floats), use(&levels), use(&member), use(list), use(bigs), use(&closure);
  stop(); // stop memory
  put("point.x", point.x), put("point.y", point.y), put("floats.second", floats.second * 1000), put("levels.first", (int)levels.first);
  put("point.*member", point.*member), put("list[1]", list[1]), put("third", third), put("bigs[1]", (long long)bigs[1]), put("closure", closure());
  put("Point::made", Point::made), put("shop::stock", shop::stock), put("hidden", shop::hidden);
}

extern "C" __attribute__((export_name("_start"))) void start() {
  seed = 1;
  Point::made = shop::stock = shop::hidden = seed;
  int n = seed;
  double r = seed;
  Point a{seed, 2}, b{3, 4};
  Box box;
  box.id = box.x = box.y = box.mark = seed;
  box.on = false;
  box.level = Level::Low;
  use(&a), use(&b), use(&n), use(&r), use(&box);
  arguments(seed, u'a', U'b', Level::Low, Big::None, n, a, r, &a);
  box.show();
  memory();
  put("calls", box.area() + a.sum() + twice(seed) + (int)twice((double)seed) + a.plus(b).x + Pair<int>{seed, 2}.larger());
  a.move(1), swap(a.x, a.y);
  int list[3] = {seed, 0, 0};
  put("total", total(a, list));
  if (seed == 77) forever(seed);
}
