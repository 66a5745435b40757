// The linker removes spare, which nobody calls, and with it Gauge::read, which only spare calls. The call
// in spare's debug information refers to that of Gauge::read.
struct Gauge {
    int level;
    __attribute__((noinline)) int read(int by) {
        typedef int scaled;
        scaled twice = level * by;
        return twice + level;
    }
};

__attribute__((noinline)) int spare(Gauge *g) { return g->read(3) + 1; }

int main() { return 0; }
