// C++ corners: virtual bases, templates, lambdas, references, operators, member pointers, namespaces, std values.
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace geo {
inline namespace v1 {
struct Base { int id; explicit Base(int i) : id(i) {} virtual ~Base() = default; virtual const char *kind() const { return "base"; } };
}
struct Left : virtual Base { int left; Left(int i) : Base(i), left(i * 10) {} const char *kind() const override { return "left"; } };
struct Right : virtual Base { double right; Right(int i) : Base(i), right(i / 2.0) {} };
struct Both final : Left, Right {
  std::string label;
  static int made;
  Both(int i, std::string l) : Base(i), Left(i + 1), Right(i + 2), label(std::move(l)) { made++; }
  const char *kind() const override {
    int twice = id * 2;
    return twice > 4 ? label.c_str() : "both";
  }
};
int Both::made = 0;
namespace { int hidden = 77; }
}

enum class Level : uint8_t { Low = 1, High = 200 };
enum Plain { kZero, kOne, kBoth = 3 };

template <class T, int N> struct Ring {
  T items[N];
  int head = 0;
  T &push(const T &v) {
    T &slot = items[head % N];
    slot = v;
    head++;
    return slot;
  }
};
template <> struct Ring<bool, 8> { uint8_t bits = 0; };
template <class T> T twice(T v) { T r = v + v; return r; }
template <class... A> int count(A... rest) { int n = sizeof...(rest); return n; }

struct Vec3 {
  float x, y, z;
  Vec3 operator+(const Vec3 &o) const { return {x + o.x, y + o.y, z + o.z}; }
  float operator[](int i) const { return i == 0 ? x : i == 1 ? y : z; }
};
struct Account {
  static constexpr int kLimit = 500;
  inline static double rate = 1.5;
  int balance = 10;
  int deposit(int v) & { balance += v; return balance; }
};
class Secret { int a_ = 1; protected: int b_ = 2; public: int c = 3; friend int peek(const Secret &); };
int peek(const Secret &s) { return s.a_ + s.b_ + s.c; }
union Any { int i; float f; Any() : i(7) {} };

static int visit(const geo::Base &b, int depth) {
  const char *k = b.kind();
  int here = b.id + depth;
  std::printf("%s %d\n", k, here); // visit
  return depth ? visit(b, depth - 1) + here : here;
}

static int closures(int base) {
  std::string tag = "tag";
  int calls = 0;
  auto add = [&calls, base, tag](int v) mutable {
    calls++;
    tag += "!";
    return v + base + (int)tag.size(); // lambda
  };
  std::function<int(int)> fn = add;
  int first = add(1), second = fn(2);
  return first * 100 + second + calls; // closures
}

static size_t containers(int n) {
  std::vector<Vec3> pts{{1, 2, 3}, {4, 5, 6}};
  std::vector<std::string> names{"one", "a name that is longer than the small buffer"};
  std::map<std::string, std::vector<int>> index{{"evens", {2, 4}}, {"odds", {1, 3, 5}}};
  std::optional<std::string> some = "some", none;
  std::unique_ptr<geo::Both> owned = std::make_unique<geo::Both>(n, "owned");
  std::shared_ptr<Vec3> shared = std::make_shared<Vec3>(pts[0] + pts[1]);
  std::pair<int, const char *> pr{n, "pair"};
  std::u32string wide = U"wíde";
  const std::string &ref = names[1];
  std::vector<int>::iterator it = index["odds"].begin() + 1;
  size_t total = pts.size() + names.size() + index.size() + ref.size() + *it; // containers
  return total + some->size() + none.has_value() + owned->label.size() + (size_t)shared->x + pr.first + wide.size();
}

int main(int argc, char **) {
  geo::Both both(argc + 1, "both-label");
  geo::Base &base = both;
  geo::Left *left = &both;
  geo::Right &right = both;
  Level level = Level::High;
  Plain plain = kBoth, odd = Plain(2);
  Ring<int, 4> ring{};
  Ring<bool, 8> bits;
  for (int i = 0; i < 6; i++) ring.push(i * i);
  Account acc;
  int Account::*member = &Account::balance;
  int (Account::*method)(int) & = &Account::deposit;
  Secret secret;
  Any any;
  int arr[2][3] = {{1, 2, 3}, {4, 5, 6}};
  int (&rows)[2][3] = arr;
  int &&temp = twice(21);
  auto [px, py, pz] = Vec3{7, 8, 9};
  decltype(nullptr) null = nullptr;
  int v = visit(base, 2);
  int c = closures(argc); // main
  std::printf("%d %d %zu %d\n", v, c, containers(argc), count(1, 'x', 2.5));
  std::printf("%d %d %.1f %d %d %.1f\n", acc.*member, (acc.*method)(5), right.right, rows[1][2], temp, px + py + pz);
  std::printf("%d %s %d %d\n", left->left, twice(std::string("ab")).c_str(), peek(secret) + any.i + (int)level + plain + odd + bits.bits, geo::hidden + geo::Both::made + (null == nullptr));
  return ring.items[1] - 25;
}
