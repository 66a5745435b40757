// A program whose addresses have 64 bits: pointers take eight bytes, and some of its memory lies beyond 4 GiB.
struct point {
    long x, y;
};

struct node {
    const char *name;
    struct point at;
    struct node *next;
};

static const char *names[] = { "north", "east", "south" };
static struct node near[3];
struct node *head;
struct point *far;
long total;

static long length(const char *s) {
    long n = 0;
    while (s[n])
        n++;
    return n;
}

static struct node *push(struct node *rest, int i) {
    struct node *n = &near[i];
    n->name = names[i];
    n->at.x = 10 * i;
    n->at.y = -i;
    n->next = rest;
    return n;
}

static void fill(struct point *p, long n) {
    for (long i = 0; i < n; i++) {
        p[i].x = i + 1;
        p[i].y = i * i;
    }
}

long sum(const struct node *list) {
    long s = 0;
    for (const struct node *n = list; n; n = n->next)
        s += n->at.x + n->at.y + length(n->name);
    return s;
}

static long at(const long *p, long i) {
    return p[i];
}

int main(void) {
    for (int i = 0; i < 3; i++)
        head = push(head, i);
    total = sum(head);
    __builtin_wasm_memory_grow(0, 0x10010);
    far = (struct point *)0x100020000;
    fill(far, 3);
    far[1].y = 77;
    total += far[2].x;
    return (int)at(&total, 0x8000000000); // out of bounds
}

__attribute__((export_name("_start"))) void start(void) {
    main();
}
