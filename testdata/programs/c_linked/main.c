// A program that imports from the library.
#define FROM(module, name) __attribute__((import_module(module), import_name(name)))
FROM("lib", "add") int add(int a, int b);
FROM("lib", "divide") int divide(int a, int b);
FROM("lib", "count") int count(void);
FROM("wasi_snapshot_preview1", "proc_exit") _Noreturn void leave(int status);
FROM("env", "log2") int unknown(int a, double b);

static int total = 1;

int sum(int n) {
    for (int i = 0; i < n; i++)
        total = add(total, i);
    return total;
}

int average(int n) {
    int all = sum(n);
    return divide(all, n);
}

int ask(int a) {
    return unknown(a, 0.5) + 1;
}

void _start(void) {
    sum(5);
    leave(total * 2 + count());
}
