// Macros as programs have them. build.txt tells which of the modules has them in its debug information.
#include "list.h"

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define SQUARE(x) ((x) * (x))
#define LIMIT 40
#define NAME_OF(x) #x
#define JOIN(a, b) a##b
#define FLAG_A (1u << 0)
#define FLAG_B (1u << 1)
#define FLAGS (FLAG_A | FLAG_B)
#define SUM(first, ...) add(first, ##__VA_ARGS__)
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define VERSION "1." "2"
#define left pair.a
#define AGAIN AGAIN + 1
#define NOTHING
#define FOREVER(x) DEEPER(x) DEEPER(x)
#define DEEPER(x) FOREVER_2(x) FOREVER_2(x)
typedef unsigned char byte;
#define BYTE byte

struct item {
    int id;
    struct {
        int a, b;
    } pair;
    struct link link;
    int table[4];
};

__attribute__((noinline)) int add(int a, int b) { return a + b; }

__attribute__((noinline)) int use(struct link *l, int n) {
    struct item *it = container_of(l, struct item, link);
    int xy = 7;
    for (int i = 0; i < STEPS; i++) xy += SQUARE(i);
#define LATER 41
    int later = MAX(n, LATER) + it->left;
#undef LIMIT
#define LIMIT 50
    return later + LIMIT + JOIN(x, y) + SUM(1, 2) + (int)COUNT_OF(it->table);
}

byte outcome;

void _start(void) {
    struct item it = {1, {2, 3}, {0}, {1, 2, 3, 4}};
    const char *name = NAME_OF(a b) VERSION;
    outcome = use(&it.link, 5) + name[0] + SEPARATOR + (FLAGS & END);
}
