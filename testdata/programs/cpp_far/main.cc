// C++ without libraries in a memory of 64 bits: tables of virtual functions, bases, references, pointers to members and to
// functions, and containers laid out as libc++ has them.
typedef unsigned long size_t;
typedef unsigned long uint64;

static _Alignas(16) char heap[8192];
static size_t taken;
void *operator new(size_t n) { void *p = heap + taken; taken += (n + 15) & ~15ul; return p; }
void *operator new[](size_t n) { return operator new(n); }
void operator delete(void *) noexcept {}
void operator delete(void *, size_t) noexcept {}
extern "C" int __cxa_atexit(void (*)(void *), void *, void *) { return 0; }
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }

namespace std {
inline namespace __2 {
template <class T> struct vector {
  T *__begin_ = nullptr, *__end_ = nullptr, *__cap_ = nullptr;
  void push_back(T v) {
    if (!__begin_) __begin_ = __end_ = (T *)operator new(8 * sizeof(T)), __cap_ = __begin_ + 8;
    *__end_++ = v;
  }
  size_t size() const { return __end_ - __begin_; }
};
template <class T> struct unique_ptr {
  T *__ptr_;
  unique_ptr(T *p) : __ptr_(p) {}
  T &operator*() const { return *__ptr_; }
};
template <class C> struct basic_string_view {
  const C *__data_;
  size_t __size_;
};
typedef basic_string_view<char> string_view;
template <class T> struct list {
  struct node {
    node *__prev_, *__next_;
    T __value_;
  };
  struct end {
    end *__prev_, *__next_;
  };
  end __end_;
  size_t __size_;
  list() : __size_(0) { __end_.__prev_ = __end_.__next_ = &__end_; }
  void push_back(T v) {
    node *n = new node{(node *)__end_.__prev_, (node *)&__end_, v};
    __end_.__prev_->__next_ = (end *)n;
    __end_.__prev_ = (end *)n;
    __size_++;
  }
};
} // namespace __2
} // namespace std

struct Shape {
  int id;
  Shape(int id) : id(id) {}
  virtual ~Shape() {}
  virtual long area() const = 0;
  virtual const char *name() const { return "shape"; }
};
struct Square : Shape {
  long side;
  Square(int id, long side) : Shape(id), side(side) {}
  long area() const override { return side * side; }
  const char *name() const override { return "square"; }
};
struct Named {
  const char *title;
  Named(const char *t) : title(t) {}
  virtual const char *label() const { return title; }
};
struct Box : Named, Square {
  long height;
  Box(int id, long side, long height) : Named("a box"), Square(id, side), height(height) {}
  long area() const override { return 6 * side * height; }
  const char *label() const override { return "box!"; }
};
struct Base {
  long base = 11;
  virtual long sum() const { return base; }
};
struct Left : virtual Base { long left = 22; };
struct Right : virtual Base { long right = 33; };
struct Diamond : Left, Right {
  long own = 44;
  long sum() const override { return base + left + right + own; }
};

struct Point {
  int x, y;
  int dot(int k) const { return k * (x + y); }
};

static long twice(long n) { return 2 * n; }
static long cube(long n) { return n * n * n; }

long total = 5;
static long numbers[4] = {10, 20, 30, 40};
static const char *words[] = {"zero", "one", "two", nullptr};
static long (*table[])(long) = {twice, cube};

static long apply(long (*f)(long), long n) { return f(n); }

static long spread(uint64 n) {
  Square square(1, 7);
  Box box(2, 3, 4);
  Diamond diamond;
  Shape *shapes[] = {&square, &box};
  Shape &reference = box;
  Named *named = &box;
  Base *base = &diamond;
  Shape *nothing = nullptr;
  long *pointer = &numbers[2];
  long **handle = &pointer;
  void *raw = &total;
  int Point::*member = &Point::y;
  int (Point::*method)(int) const = &Point::dot;
  long (*function)(long) = cube;
  Point point = {3, 4};
  std::string_view view = {"viewed text", 6};
  std::vector<long> list;
  for (uint64 i = 0; i < n; i++)
    list.push_back(100 + i);
  std::list<int> chain;
  chain.push_back(5);
  chain.push_back(6);
  std::unique_ptr<Shape> owned(new Box(9, 2, 5));
  auto lambda = [&point, n](long k) { return k * point.x + (long)n; };
  total += reference.area() + base->sum() + named->label()[0] + **handle + (*owned).area();
  total += apply(table[n & 1], 3) + function(2) + point.*member + (point.*method)(2) + lambda(2) + shapes[0]->area();
  total += (long)list.size() + (long)chain.__size_ + view.__data_[0] + words[n - 2][0] + (raw != nothing);
  return total; // stop
}

extern "C" __attribute__((export_name("_start"))) void _start() {
  if (spread(3) == 0)
    __builtin_trap();
}
