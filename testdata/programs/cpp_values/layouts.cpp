// The types of libc++ whose layouts differ between its versions.
#include <any>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct Order { int id; double price; };

[[gnu::noinline]] static void stop(const void *p) { asm volatile("" ::"r"(p) : "memory"); }

int main() {
  std::string brim = "0123456789", large = "a string that is longer than the small buffer", empty;
  std::wstring wide = L"wíde";
  std::string_view view = std::string_view(large).substr(2, 6);
  std::vector<int> numbers{1, 4, 9};
  std::vector<bool> bits{true, false, true, true};
  std::deque<int> line{3, 4};
  line.push_front(2);
  std::list<int> chain{5, 6, 7};
  std::map<int, Order> orders{{7, {1, 2.5}}, {3, {2, 0.5}}};
  std::set<int> sorted{3, 1, 2};
  std::unordered_map<int, int> names{{4, 16}};
  std::span<int> window(numbers.data() + 1, 2);
  std::any small_any = 42;
  std::optional<int> some = 5, none;
  int captured = 6;
  std::function<int(int)> closure = [captured](int n) { return captured + n; };
  std::unique_ptr<Order> owner(new Order{1, 2.5});
  std::shared_ptr<Order> shared = std::make_shared<Order>(Order{5, 6.5}), second = shared;
  auto in_map = orders.begin();
  const void *all[] = {&brim, &large, &empty, &wide, &view, &numbers, &bits, &line, &chain, &orders, &sorted, &names, &window, &small_any, &some, &none,
    &closure, &owner, &shared, &second, &in_map};
  stop(all);
}
