// A variable for each kind of type of C that docs/values.md names.
typedef unsigned long size_t;
typedef __WCHAR_TYPE__ wchar_t;
typedef __CHAR16_TYPE__ char16_t;
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"))) void proc_exit(int);

static void keep(const void *p) { __asm__ volatile("" ::"r"(p) : "memory"); }
__attribute__((noinline)) static void stop(void) { __asm__ volatile("" ::: "memory"); }
#define KEEP(x) keep(&(x))

struct point { int x, y; };
typedef struct { double re, im; } pair;
enum color { RED, GREEN = 5, BLUE };
enum flags { READ = 1, WRITE = 2, EXEC = 4, ALL = 7 };
enum sign { MINUS = -1, ZERO, PLUS };
struct packet {
  unsigned short length;
  unsigned char data[];
};
struct names {
  int count;
  const char *list[];
};
struct bits {
  unsigned a : 3;
  int b : 5;
  unsigned : 4;
  _Bool on : 1;
  enum color c : 4;
  unsigned long long wide : 40;
};
union word { unsigned u; float f; unsigned char bytes[4]; };
struct tagged {
  enum { INT, TEXT } kind;
  union {
    int number;
    const char *text;
  };
  struct { short left, right; };
};
struct node { int value; struct node *next; };
struct opaque;
typedef int (*operation)(int, int);
struct table { const char *name; operation run; struct point at[2]; };
typedef float float4 __attribute__((ext_vector_type(4)));
typedef short short8 __attribute__((vector_size(16)));
typedef _Bool mask8 __attribute__((ext_vector_type(8)));
struct outer { struct point p; struct { int in; } inner; int grid[2][3]; };

static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }

static struct { unsigned short length; unsigned char data[4]; } raw_packet = {3, {1, 2, 3, 0}};
static struct { int count; const char *list[2]; } raw_names = {2, {"ada", "grace"}};
static int counter = 7;
const char *const greeting = "hello";
static _Thread_local int per_thread = 11;

__attribute__((noinline)) static void numbers(void) {
  signed char small = -100; unsigned char byte = 200; char letter = 'q', newline = '\n', high = (char)0x80;
  short s = -30000; unsigned short us = 60000;
  long l = -2000000000; unsigned long ul = 4000000000ul;
  long long ll = -9000000000000000000ll; unsigned long long ull = 18000000000000000000ull;
  __int128 wide = (__int128)1 << 100; unsigned __int128 uwide = ~(unsigned __int128)0;
  _BitInt(9) odd = -200;
  _Bool yes = 1, no = 0;
  float f = 0.1f; double d = -1e300; long double ld = 1.0L / 3; float inf = __builtin_inff(), nan = __builtin_nanf("");
  float _Complex fc = 1.5f - 2.0fi; double _Complex dc = -0.5 + 1e10i; long double _Complex ldc = 1 + 2i; int _Complex ic = 3 + 4i;
  wchar_t wide_letter = L'é'; char16_t u16 = u'中';
  KEEP(small), KEEP(byte), KEEP(letter), KEEP(newline), KEEP(high), KEEP(s), KEEP(us), KEEP(l), KEEP(ul), KEEP(ll), KEEP(ull), KEEP(wide), KEEP(uwide);
  KEEP(odd), KEEP(yes), KEEP(no), KEEP(f), KEEP(d), KEEP(ld), KEEP(inf), KEEP(nan), KEEP(fc), KEEP(dc), KEEP(ldc), KEEP(ic), KEEP(wide_letter), KEEP(u16);
  stop();
}

__attribute__((noinline)) static void arrays(int n) {
  int list[5] = {1, 2, 3, 4, 5}, zeros[100] = {0}, grid[2][3] = {{1, 2, 3}, {4, 5, 6}}, cube[2][2][2] = {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
  char text[16] = "text", full[4] = {'f', 'u', 'l', 'l'}, empty[8] = "", two[12] = "one\0two";
  unsigned char octets[4] = {1, 2, 3, 255};
  wchar_t wide[6] = L"wíde";
  const char *words[] = {"zero", "one", 0};
  struct point points[2] = {{1, 2}, {3, 4}};
  int vla[n]; char name[n + 1]; double matrix[n][2];
  for (int i = 0; i < n; i++) vla[i] = i * i, name[i] = 'a' + i, matrix[i][0] = i, matrix[i][1] = -i;
  name[n] = 0;
  float4 vec = {1, 2.5f, -3, 0}; short8 lanes = {1, -2, 3, -4, 5, -6, 7, -8};
  mask8 mask = {1, 0, 1, 1, 0, 0, 0, 1};
  struct packet *packet = (struct packet *)&raw_packet;
  struct names *names = (struct names *)&raw_names;
  KEEP(list), KEEP(zeros), KEEP(grid), KEEP(cube), KEEP(text), KEEP(full), KEEP(empty), KEEP(two), KEEP(octets), KEEP(wide), KEEP(words), KEEP(points);
  keep(vla), keep(name), keep(matrix), KEEP(vec), KEEP(lanes), KEEP(mask), KEEP(packet), KEEP(names);
  stop();
}

__attribute__((noinline)) static void structures(void) {
  struct point point = {3, -4}; const struct point fixed = {1, 1}; volatile struct point moving = {2, 2};
  pair value = {0.5, 2};
  enum color color = BLUE, bad = (enum color)9; enum flags flags = READ | EXEC, all = ALL, none = 0, more = (enum flags)(WRITE | 8); enum sign sign = MINUS;
  struct bits bits = {5, -7, 1, GREEN, 1234567890123ull & 0xffffffffffull};
  union word word = {.f = 1.5f};
  struct tagged number = {INT, {.number = 42}, {7, 8}}, text = {TEXT, {.text = "tag"}, {0, 0}};
  struct outer outer = {{1, 2}, {3}, {{1, 2, 3}, {4, 5, 6}}};
  struct table table = {"add", add, {{1, 2}, {3, 4}}};
  struct {} nothing;
  _Atomic int atomic = 12;
  KEEP(point), KEEP(fixed), KEEP(moving), KEEP(value), KEEP(color), KEEP(bad), KEEP(flags), KEEP(all), KEEP(none), KEEP(more), KEEP(sign), KEEP(bits), KEEP(word);
  KEEP(number), KEEP(text), KEEP(outer), KEEP(table), KEEP(nothing), KEEP(atomic);
  stop();
}

__attribute__((noinline)) static void pointers(void) {
  int target = 21, *to = &target, **to_to = &to, ***deep = &to_to, *null = 0;
  const char *string = "string", *escaped = "a\tb\"c\\\x01", *missing = 0, *empty = ""; char *wild = (char *)0xfffffff0;
  void *any = &target;
  struct opaque *opaque = (struct opaque *)&target;
  struct node last = {3, 0}, middle = {2, &last}, first = {1, &middle}, loop = {9, 0};
  loop.next = &loop;
  operation op = sub, ops[2] = {add, sub}, no_op = 0;
  operation *op_to = &op;
  int (*row)[3]; int grid[2][3] = {{1, 2, 3}, {4, 5, 6}};
  row = grid + 1;
  const char **argv = (const char **)raw_names.list;
  int *restrict only = &target;
  KEEP(target), KEEP(to), KEEP(to_to), KEEP(deep), KEEP(null), KEEP(string), KEEP(escaped), KEEP(missing), KEEP(empty), KEEP(wild), KEEP(any), KEEP(opaque);
  KEEP(last), KEEP(middle), KEEP(first), KEEP(loop), KEEP(op), KEEP(ops), KEEP(no_op), KEEP(op_to), KEEP(row), KEEP(grid), KEEP(argv), KEEP(only), KEEP(counter), KEEP(per_thread), KEEP(greeting);
  stop();
}

void _start(void) {
  numbers();
  arrays(4);
  structures();
  pointers();
  proc_exit(0);
}
