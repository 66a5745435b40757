// Values of many kinds for debuggers.
extern (C):
enum Color { red, green = 5, blue }
struct Point { int x, y; }
__gshared int calls;
int fact(int n) {
    calls++;
    if (n < 2) return 1;
    int rest = fact(n - 1);
    return n * rest;
}
int sum(Point[] ps) {
    int total = 0;
    foreach (i, ref p; ps) {
        int both = p.x + p.y;
        total += both;
    }
    return total;
}
int run(int n) {
    Point[3] ps = [Point(1, 2), Point(3, 4), Point(5, 6)];
    Color c = Color.green;
    string name = "a name";
    double d = 2.5;
    long big = 1234567890123L;
    int f = fact(n);
    int s = sum(ps[]);
    return f + s + cast(int) c + cast(int) name.length + cast(int) d + (big > 0);
}
void _start() { run(5); }
