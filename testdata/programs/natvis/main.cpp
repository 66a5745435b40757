// Types of one's own, as programs without the standard library have them; shapes.natvis says how they are shown.
using size_t = unsigned long;
extern "C" __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"))) void proc_exit(int);

alignas(16) static char pool[8192];
static size_t used;
void *operator new(size_t n) { return pool + (used += (n + 15) & ~15ul) - ((n + 15) & ~15ul); }
void *operator new[](size_t n) { return operator new(n); }
inline void *operator new(size_t, void *p) { return p; }

namespace shapes {

struct Point { int x, y; };
struct Sprite : Point { int layer; };
struct Anchor : Point { int corner; };

enum class Kind : unsigned char { Null, Flag, Number, Text, List };

struct Text {
  const char *chars;
  unsigned length;
};

template <class T> struct Buffer {
  T *data;
  unsigned count, room;
  void add(T v) { data[count++] = v; }
};

template <class T> class List {
  struct Node { Node *next; T value; };
  Node *head = nullptr;
  unsigned length = 0;
public:
  void push(T v) { head = new Node{head, v}; length++; }
  void loop() { Node *n = head; while (n->next) n = n->next; n->next = head; }
};

template <class K, class V> class Map {
  struct Node { Node *left, *right; K key; V value; };
  Node end{&end, &end, {}, {}}; // stands where there is no node
  Node *root = &end;
  unsigned length = 0;
public:
  void set(K k, V v) {
    Node **at = &root;
    while (*at != &end) at = k < (*at)->key ? &(*at)->left : &(*at)->right;
    *at = new Node{&end, &end, k, v};
    length++;
  }
};

template <class T> class Ptr {
  T *raw;
public:
  Ptr(T *p) : raw(p) {}
};

// A hash table with chains.
struct Table {
  struct Entry { Entry *next; unsigned key; short value; };
  Entry *slots[4] = {};
  unsigned size = 0;
  void set(unsigned k, short v) { slots[k % 4] = new Entry{slots[k % 4], k, v}; size++; }
};

template <unsigned Rows, unsigned Columns> struct Matrix { double cells[Rows * Columns]; };

// A ring of numbers, of which the first is at start.
struct Ring { short items[4]; unsigned start, count; };

struct Value {
  Kind kind;
  union {
    bool flag;
    double number;
    Text text;
    Buffer<Value> list;
  };
};

struct Color {
  unsigned rgb;
  enum Space { SRGB, Linear } space;
};

struct Old { int value; };
struct Loop { int id; Loop *next; };
struct Hidden { int secret; };
typedef struct { int low, high; } Range;
struct Dates { int days; Color tint; unsigned char letter; };
struct Handle { Value *value; };
class Packet {
  enum Mode { Plain, Packed };
  static constexpr unsigned Mask = 0x0f;
  unsigned bits;
  Mode mode = Packed;
  short parts[3] = {1, 2, 3};
public:
  Packet(unsigned b) : bits(b) {}
};
// The entry is for the base, which has no members.
struct Base {};
struct Made : Base { int a = 1, b = 2; };
struct Nested { Point a, b; };
struct Animal { virtual int sound() { return 1; } int legs = 4; };
struct Cat : Animal { int lives = 9; };

} // namespace shapes

using namespace shapes;

[[gnu::noinline]] static void stop(const void *p) { asm volatile("" ::"r"(p)); }

extern "C" void _start() {
  Point point{3, -4};
  Sprite sprite{{5, 6}, 2};
  Anchor anchor{{7, 8}, 1};
  Text text{"hello, world", 5};
  Buffer<int> numbers{new int[8]{1, 4, 9}, 3, 8};
  Buffer<Point> points{new Point[2]{{1, 2}, {3, 4}}, 2, 2};
  Buffer<char> bad{reinterpret_cast<char *>(8), 4000000000u, 4000000000u};
  List<int> list;
  for (int i = 3; i > 0; i--) list.push(i * 10);
  List<Point> around;
  around.push({1, 1}), around.push({2, 2}), around.loop();
  Map<int, Text> map;
  map.set(2, {"two", 3}), map.set(1, {"one", 3}), map.set(3, {"three", 5});
  Ptr<Point> ptr{&point};
  Ptr<Point> nothing{nullptr};
  Table table;
  table.set(5, 500), table.set(1, 100), table.set(6, 600);
  Matrix<2, 3> matrix{{1, 2, 3, 4, 5, 6}};
  Ring ring{{30, 40, 10, 20}, 2, 4};
  Value items[2] = {{.kind = Kind::Number, .number = 1.5}, {.kind = Kind::Flag, .flag = true}};
  Value value{.kind = Kind::List, .list = {items, 2, 2}};
  Value word{.kind = Kind::Text, .text = {"abc", 3}};
  Value null{.kind = Kind::Null};
  Color color{0xff8800, Color::Linear};
  Old old{7};
  Loop loop{1, nullptr};
  loop.next = &loop;
  Hidden hidden{42};
  Range range{1, 9};
  Dates dates{60, {0x10, Color::SRGB}, 65};
  Handle handle{&value};
  Packet packet{0x37};
  Made made;
  Nested nested{{1, 2}, {3, 4}};
  Cat cat;
  Animal *animal = &cat;
  const void *all[] = {&point, &sprite, &anchor, &text, &numbers, &points, &bad, &list, &around, &map, &ptr, &nothing, &table,
    &matrix, &ring, &value, &word, &null, &color, &old, &loop, &hidden, &range, &dates, &handle, &packet, &made, &nested, &animal};
  stop(all);
  proc_exit(0);
}
