// One unit of the big module: containers of the standard library over types of its own.
// The generator copies the unit under other names: gen0000 stands for each copy's namespace.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace gen0000 {

struct Point {
  int x, y;
  bool operator<(const Point &o) const { return x != o.x ? x < o.x : y < o.y; }
  bool operator==(const Point &o) const { return x == o.x && y == o.y; }
};

struct PointHash {
  size_t operator()(const Point &p) const { return p.x * 31 + p.y; }
};

enum class Colour { Red, Green, Blue };

struct Item {
  std::string name;
  std::vector<Point> path;
  std::variant<int, double, std::string> value;
  Colour colour;
};

class Shop {
public:
  void add(Item item) {
    index_[item.name] = items_.size();
    items_.push_back(std::move(item));
  }
  const Item *find(const std::string &name) const {
    auto it = index_.find(name);
    return it == index_.end() ? nullptr : &items_[it->second];
  }
  int total() const {
    int sum = 0;
    for (const auto &item : items_)
      for (const auto &p : item.path)
        sum += p.x * p.y;
    return sum;
  }
  std::vector<Item> &items() { return items_; }

private:
  std::vector<Item> items_;
  std::map<std::string, size_t> index_;
};

int shops_opened;

template <typename K, typename V> int fill(std::map<K, V> &m, int n) {
  for (int i = 0; i < n; i++)
    m[K{i, i % 7}] = V{i * 3, i};
  return std::accumulate(m.begin(), m.end(), 0, [](int a, const auto &kv) { return a + kv.second.x; });
}

template <typename T> struct Tree {
  struct Node {
    T value;
    std::unique_ptr<Node> left, right;
  };
  std::unique_ptr<Node> root;
  int size = 0;

  void insert(T v) {
    auto *at = &root;
    while (*at)
      at = v < (*at)->value ? &(*at)->left : &(*at)->right;
    *at = std::make_unique<Node>(Node{std::move(v), nullptr, nullptr});
    size++;
  }
  template <typename F> void each(F f) const { walk(root.get(), f); }

private:
  template <typename F> static void walk(const Node *n, F &f) {
    if (!n)
      return;
    walk(n->left.get(), f);
    f(n->value);
    walk(n->right.get(), f);
  }
};

int run(int n) {
  shops_opened++;
  Shop shop;
  for (int i = 0; i < n; i++) {
    Item item;
    item.name = "item" + std::to_string(i);
    for (int k = 0; k < i; k++)
      item.path.push_back({i, k});
    item.value = i % 2 ? std::variant<int, double, std::string>(i) : item.name;
    item.colour = static_cast<Colour>(i % 3);
    shop.add(item);
  }
  int total = shop.total();
  if (const Item *item = shop.find("item2"))
    total += item->path.size();
  std::map<Point, Point> places;
  total += fill(places, n);
  std::unordered_map<Point, std::string, PointHash> names;
  std::set<Point> unique;
  std::multimap<int, Item> byColour;
  for (auto &item : shop.items()) {
    byColour.emplace(static_cast<int>(item.colour), item);
    for (auto &p : item.path) {
      names[p] = item.name;
      unique.insert(p);
    }
  }
  total += names.size() + unique.size() + byColour.count(1);
  std::vector<std::shared_ptr<Item>> shared;
  for (auto &item : shop.items())
    shared.push_back(std::make_shared<Item>(item));
  std::sort(shared.begin(), shared.end(), [](const auto &a, const auto &b) { return a->name > b->name; });
  std::stable_sort(shop.items().begin(), shop.items().end(),
                   [](const Item &a, const Item &b) { return a.path.size() > b.path.size(); });
  Tree<Point> points;
  Tree<std::string> words;
  for (auto &p : unique)
    points.insert(p);
  for (auto &item : shared)
    words.insert(item->name);
  std::vector<std::function<int(const Point &)>> steps;
  steps.push_back([&](const Point &p) { return p.x + total; });
  steps.push_back([n](const Point &p) { return p.y * n; });
  points.each([&](const Point &p) {
    for (auto &f : steps)
      total = (total + f(p)) % 1000003;
  });
  words.each([&](const std::string &w) { total += w.size(); });
  return total;
}

} // namespace gen0000
