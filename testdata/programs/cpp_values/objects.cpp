// What C++ programmers make themselves. Each variable of the functions below stands in docs/values.md.
#include <cstddef>
#include <cstdint>

// use makes the optimizer believe that t is read and written.
template <typename T> static inline void use(T &t) { asm volatile("" : : "r"(&t) : "memory"); }

// What clang loses at -O3 is static there.
#ifdef __OPTIMIZE__
#define KEPT static
#else
#define KEPT
#endif

// stop is where a debugger stops to look at the variables of its caller, which are in memory at a call.
template <typename... T> __attribute__((noinline)) void stop(T &...t) { (use(t), ...); }

struct Shape {
    const char *name;
    explicit Shape(const char *n) : name(n) {}
    virtual ~Shape() {}
    virtual double area() const = 0;
    static int count;
};
int Shape::count = 3;

struct Circle : Shape {
    double radius;
    explicit Circle(double r) : Shape("circle"), radius(r) {}
    double area() const override { return 3 * radius * radius; }
};

struct Named {
    virtual ~Named() {}
    virtual int length() const { return 0; }
    int tag = 17;
};

// Two tables of virtual functions: one for each base.
struct Square : Shape, Named {
    double side;
    explicit Square(double s) : Shape("square"), side(s) {}
    double area() const override { return side * side; }
    int length() const override { return 6; }
};

struct Node {
    virtual ~Node() {}
    int id = 1;
};
struct Left : virtual Node {
    int left = 2;
};
struct Right : virtual Node {
    int right = 3;
};
struct Both : Left, Right {
    int both = 4;
};

namespace {
struct Hidden {
    int secret = 99;
};
struct HiddenShape : Shape {
    HiddenShape() : Shape("hidden") {}
    double area() const override { return 1; }
    int depth = 5;
};
} // namespace

namespace outer {
inline namespace v1 {
template <typename T, int N> struct Ring {
    T items[N];
    int head;
    static const int capacity = N;
};
enum class Level : uint8_t { Low = 1, High = 200 };
} // namespace v1
} // namespace outer

enum Flags { Read = 1, Write = 2, Execute = 4 };
enum Plain { Zero, One, Ten = 10 };
enum class Signed : signed char { Minus = -1, Plus = 1 };

struct Point {
    int x, y;
    int sum() const { return x + y; }
    virtual int scaled(int n) const { return n * (x + y); }
};

struct Packed {
    unsigned low : 3;
    signed mid : 5;
    bool on : 1;
    Plain kind : 5;
    uint64_t wide : 40;
};

union Either {
    int i;
    float f;
    unsigned char raw[4];
};

struct Tagged {
    int tag;
    union {
        int number;
        const char *text;
    };
    struct {
        short a, b;
    };
};

typedef float float4 __attribute__((ext_vector_type(4)));
typedef int int2 __attribute__((vector_size(8)));

static int triple(int n) { return 3 * n; }

__attribute__((noinline)) void objects() {
    KEPT Circle circle(2);
    Square square(3);
    HiddenShape hidden_shape;
    Shape *base = &circle, *multi = &square, *anonymous = &hidden_shape, *null = nullptr;
    Named *second = &square;
    KEPT Shape &ref = circle;
    Both both;
    Node *virtual_base = &both;
    Left *virtual_left = &both;
    Hidden hidden;
    stop(circle, square, hidden_shape, base, multi, anonymous, null, second, both, virtual_base, virtual_left, hidden, ref);
}

__attribute__((noinline)) void plain() {
    outer::Ring<int, 3> ring{{1, 2, 3}, 2};
    outer::Level level = outer::Level::High;
    Flags mode = Flags(Read | Execute), no_mode = Flags(0), odd_mode = Flags(Read | 64);
    Plain ten = Ten, unknown = Plain(7);
    Signed minus = Signed::Minus;
    Packed packed{5, -3, true, Ten, 0xabcdef0123};
    Either either{.i = 0x40490fdb};
    Tagged tagged{1, {.number = 42}, {7, 8}};
    Point point;
    point.x = 3;
    point.y = 4;
    int Point::*member = &Point::y, Point::*no_member = nullptr;
    KEPT int (Point::*method)() const = &Point::sum;
    KEPT int (Point::*virtual_method)(int) const = &Point::scaled;
    int (*function)(int) = triple, (*no_function)(int) = nullptr;
    KEPT int (&function_ref)(int) = triple;
    KEPT int array[2][3] = {{1, 2, 3}, {4, 5, 6}};
    KEPT int(&array_ref)[2][3] = array;
    KEPT int &&moved = 5;
    char buffer[16] = "text", full[4] = {'f', 'u', 'l', 'l'};
    const char *words[] = {"one", "two"};
    char16_t u16[] = u"\u4e2d";
    char32_t u32 = U'\U0001f980';
    char8_t u8 = u8'a';
    wchar_t wide[] = L"wide";
    float4 vec = {1, 2.5f, -3, 0};
    int2 pair = {7, -8};
    std::byte byte{0x7f};
    std::nullptr_t nothing = nullptr;
    long double quad = 1.25L;
    __int128 huge = (__int128)1 << 100;
    unsigned _BitInt(17) odd_width = 131071;
    _BitInt(70) wide_bits = -((_BitInt(70))1 << 65);
    __fp16 half = 1.5f;
    bool yes = true;
    int local = 10;
    auto lambda = [local, &point, this_many = 3L](int n) { return n + local + point.x + this_many; };
    KEPT auto stateless = [](int n) { return n; };
    stop(ring, level, mode, no_mode, odd_mode, ten, unknown, minus, packed, either, tagged, point, member, no_member, method, virtual_method, function, no_function, array, buffer, full, words, u16, u32, u8, wide, vec, pair, byte, nothing, quad, huge, odd_width, wide_bits, half, yes, lambda, stateless, array_ref, moved, function_ref);
}

int main() {
    objects();
    plain();
}
