// C corners: bit fields, unions, function pointers, variable-length arrays, goto, switch, recursion, varargs.
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef enum { OP_PUSH, OP_ADD = 10, OP_JMP = -1 } opcode;
typedef struct { opcode op : 8; int arg : 24; } insn;
struct flags { signed char s : 3; unsigned u : 31; unsigned long long wide : 63; bool on : 1; unsigned : 5; unsigned last : 2; };
union num { double d; uint64_t bits; struct { uint32_t lo, hi; }; unsigned char raw[8]; };
typedef struct list { int value; struct list *next; } list;
struct matrix { int rows, cols; double (*at)(const struct matrix *, int, int); double cells[2][3]; };
typedef void visitor(list *, void *);
struct empty {};
struct holder { struct empty e; struct { int inner; union { char c; short s; } u; } nested; int *restrict p; const char *volatile name; };

int shared = 5;
static int counter(void) { static int shared = 100; return ++shared; }
static const char *const words[2][2] = {{"aa", "ab"}, {"ba", "bb"}};

static double cell(const struct matrix *m, int r, int c) {
  return m->cells[r][c];
}
static void add_up(list *l, void *ctx) { *(int *)ctx += l->value; }
static void walk(list *l, visitor *v, void *ctx) {
  for (list *p = l; p; p = p->next)
    v(p, ctx);
}
static int sum(int n, ...) {
  va_list ap;
  va_start(ap, n);
  int total = 0;
  while (n-- > 0) total += va_arg(ap, int);
  va_end(ap);
  return total;
}
static int grid(int r, int c) {
  int g[r][c];
  for (int i = 0; i < r; i++)
    for (int j = 0; j < c; j++)
      g[i][j] = i * 10 + j;
  int *row = g[r - 1];
  return row[c - 1]; /* grid */
}
static long long fact(int n) {
  if (n <= 1)
    return 1;
  long long below = fact(n - 1);
  return n * below;
}
static int run(const insn *code, int n) {
  int acc = 0;
  for (int pc = 0; pc < n; pc++) {
    insn i = code[pc];
    switch (i.op) {
    case OP_PUSH: acc += i.arg; break;
    case OP_ADD: acc += acc; break;
    case OP_JMP: goto done;
    }
  }
done:
  return acc;
}
int main(int argc, char **argv) {
  struct flags f = {.s = -3, .u = 0x7ffffffe, .wide = 0x7edcba9876543210ULL, .on = argc > 0, .last = 2};
  union num u = {.d = -2.0};
  list l3 = {3, NULL}, l2 = {2, &l3}, l1 = {1, &l2};
  struct matrix m = {2, 3, cell, {{1.5, 2.5, 3.5}, {4.5, 5.5, 6.5}}};
  insn code[] = {{OP_PUSH, -7}, {OP_ADD, 0}, {OP_JMP, 0}, {OP_PUSH, 99}};
  struct holder h = {.nested = {42, {.s = 0x4142}}, .p = &shared, .name = "h\tx\"é\x01"};
  int total = 0;
  walk(&l1, add_up, &total);
  char buf[8];
  memcpy(buf, "ab\0cd\0\0z", 8);
  signed char tiny = -1;
  unsigned char byte = 'A';
  int (*table[2])(int, ...) = {sum, NULL};
  void (*vp)(void) = (void (*)(void))fact;
  long double ld = 1.25L;
  float nanf_ = __builtin_nanf(""), inf = -__builtin_inff(), tinyf = 1e-40f;
  double third = 1.0 / 3;
  const int big[300] = {[0] = 1, [299] = 7};
  _Bool yes = true;
  opcode weird = (opcode)77;
  int r = run(code, 4);
  printf("%d %d %.1f %d\n", r, total, m.at(&m, 1, 2), table[0](3, 10, 20, 30)); /* main */
  printf("%d %lld %d %d %d\n", grid(argc + 1, 4), fact(argc + 9), counter(), counter(), shared);
  printf("%d %d %d %s %d %d\n", f.s, (int)(f.wide >> 60), (int)(u.hi >> 28), words[1][0], h.nested.inner + *h.p, big[299]);
  return tiny + byte + yes + (int)ld + (vp == NULL) + (third > inf) + (nanf_ == tinyf) + buf[0] + weird - 77 - 164;
}
