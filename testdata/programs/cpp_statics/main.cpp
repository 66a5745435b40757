#include "counted.h"
template <typename T> struct Box {
  static inline unsigned char opened = 7;
  T value;
  T open() { ++opened; return value; }
};
extern "C" __attribute__((export_name("run"))) int run(int n) {
  Counted a(n), b(n + 1);
  Box<int> box{n};
  int sum = box.open() + a.id + b.id;
  Counted::rate *= 2;
  return elsewhere(sum);
}
extern "C" __attribute__((export_name("_start"))) void start() {
  volatile int r = run(5);
  (void)r;
}
