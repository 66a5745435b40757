// What a stepper must get right in C++, one function for each.
#include <cstdio>
#include <cstdlib>

struct Shape {
  virtual int area() const = 0;
  virtual ~Shape() {}
};

struct Square : Shape {
  int side;
  explicit Square(int s) : side(s) {}
  int area() const override { return side * side; }
};

struct Box : Shape {
  int w, h;
  Box(int w, int h)
      : w(w),
        h(h) {
    total += w;
  }
  int area() const override {
    int a = w * h;
    return a;
  }
  ~Box() override { total -= 1; }
  static int total;
};

int Box::total = 0;

template <typename T> T largest(T a, T b) {
  if (a > b)
    return a;
  return b;
}

static int compare(const void *a, const void *b) {
  int x = *(const int *)a;
  int y = *(const int *)b;
  return x - y;
}

#define LIMIT(v, m)                                                            \
  do {                                                                         \
    if ((v) > (m))                                                             \
      (v) = (m);                                                               \
  } while (0)

static int sorted() {
  int v[] = {3, 1, 2};
  qsort(v, 3, sizeof v[0], compare);
  return v[0] * 100 + v[1] * 10 + v[2];
}

static int ladder(int n) {
  int r = 0;
  switch (n) {
  case 0:
    r = 1;
    break;
  case 1:
  case 2:
    r = 2;
    // fall through
  case 3:
    r += 3;
    break;
  default:
    return -1;
  }
  if (r == 1)
    r = 10;
  else if (r == 5)
    r = 50;
  else
    r = 30;
  return r;
}

static int gcd(int a, int b) {
  if (b == 0)
    return a;
  return gcd(b, a % b);
}

static int loops() {
  int s = 0;
  for (int i = 0; i < 4; i++) {
    if (i == 1)
      continue;
    s += i;
  }
  for (int i = 0; i < 3; i++) s += i;
  do {
    s--;
  } while (s > 6);
  for (;;) {
    s++;
    if (s > 8)
      break;
  }
  while (true) {
    if (s++ > 10)
      break;
  }
  int i = 3;
  while (i--)
    s += i;
  return s;
}

static int call(int (*f)(int), int n) { return f(n); }

static int inc(int n) { return n + 1; }

static int lambdas() {
  int k = 2;
  auto add = [k](int n) { return n + k; };
  auto twice = [&](int n) {
    k++;
    return add(n) * 2;
  };
  return twice(3) + call(inc, k);
}

static int expressions(int n) {
  int r = largest(n,
                  inc(
                      n)) +
          inc(inc(n)) *
              2;
  LIMIT(r, 20);
  int q = n > 2 ? inc(n) : n;
  bool b = n > 1 && inc(n) > 2;
  struct { int a, b; } p = {
      inc(1),
      inc(2),
  };
  return r + q + b +
         p.a + p.b;
}

static int shapes() {
  Square s(3);
  Box b(2, 5);
  const Shape *all[] = {&s, &b};
  int sum = 0;
  for (const Shape *x : all)
    sum += x->area();
  Shape *heap = new Box(1, 1);
  sum += heap->area();
  delete heap;
  return sum;
}

int main() {
  int sum = sorted();
  for (int n = 0; n < 5; n++)
    sum += ladder(n);
  sum += gcd(12, 18);
  sum += loops();
  sum += lambdas();
  sum += expressions(3);
  sum += shapes();
  printf("sum %d\n", sum);
  return 0;
}
