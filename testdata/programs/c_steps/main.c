// Control flow that a stepper must get right: loops, recursion, early returns, nested calls
// on one line, switch with fallthrough, macros, a function that the optimiser inlines.
#include <stdio.h>

#define SQUARE(x) ((x) * (x))

static inline int clamp(int v, int lo, int hi) {
  if (v < lo)
    return lo;
  if (v > hi)
    return hi;
  return v;
}

__attribute__((noinline)) int fact(int n) {
  if (n <= 1)
    return 1;
  int below = fact(n - 1);
  return n * below;
}

__attribute__((noinline)) int twice(int n) { return n + n; }

__attribute__((noinline)) int add(int a, int b) {
  int sum = a + b;
  return sum;
}

__attribute__((noinline)) int classify(int n) {
  int score = 0;
  switch (n % 4) {
  case 0:
    score += 100;
  case 1:
    score += 10;
    break;
  case 2:
    return -1;
  default:
    score = 7;
  }
  return score;
}

__attribute__((noinline)) int is_even(int n);
__attribute__((noinline)) int is_odd(int n) { return n == 0 ? 0 : is_even(n - 1); }
__attribute__((noinline)) int is_even(int n) { return n == 0 ? 1 : is_odd(n - 1); }

int main(int argc, char **argv) {
  int total = 0;
  for (int i = 0; i < 3; i++) {
    total += SQUARE(i);
  }
  total = add(twice(total), twice(argc));
  total += fact(4);
  int bounded = clamp(total, 0, 30);
  int i = 0;
  while (i < 4)
    total += classify(i++);
  do {
    total--;
  } while (total > 140);
  printf("total %d bounded %d even %d\n", total, bounded, is_even(6));
  return 0;
}
