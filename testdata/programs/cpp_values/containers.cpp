// What libc++ holds: each variable of the functions below stands in docs/values.md.
#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <deque>
#include <forward_list>
#include <functional>
#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <stack>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>
#include <cstddef>
#if __has_include(<expected>)
#include <expected>
#endif
#if __has_include(<filesystem>) && defined(WITH_FILESYSTEM)
#include <filesystem>
#endif

// use makes the optimizer believe that t is read and written.
template <typename T> static inline void use(T &t) { asm volatile("" : : "r"(&t) : "memory"); }

// What clang loses at -O3, since it takes it apart before the call, is static there.
#ifdef __OPTIMIZE__
#define KEPT static
#else
#define KEPT
#endif

// stop is where a debugger stops to look at the variables of its caller, which are in memory at a call.
template <typename... T> __attribute__((noinline)) void stop(T &...t) { (use(t), ...); }

struct Order {
    int id;
    double price;
};

static bool by_price(const Order &a, const Order &b) { return a.price < b.price; }
static int twice(int n) { return 2 * n; }

struct Adder {
    int base;
    int operator()(int n) const { return base + n; }
};

__attribute__((noinline)) void strings() {
    std::string empty, small = "short", brim = "0123456789", spill = "01234567890", large = "a string that is longer than the small buffer";
    std::string utf8 = "h\xc3\xa9llo", zero("a\0b", 3);
    std::wstring wide = L"w\u00edde", wide_large = L"a wide string that is long";
    std::u16string u16 = u"\u4e2d\U0001f980", u16_large = u"sixteen bits a unit, and long";
    std::u32string u32 = U"\U0001f980", u32_large = U"thirty-two bits";
    std::string_view view = std::string_view(large).substr(2, 6), no_view;
    std::wstring_view wview = wide;
    stop(empty, small, brim, spill, large, utf8, zero, wide, wide_large, u16, u16_large, u32, u32_large, view, no_view, wview);
}

__attribute__((noinline)) void sequences() {
    KEPT std::vector<int> numbers{1, 4, 9}, none;
    KEPT std::vector<std::string> words{"one", "two"};
    KEPT std::vector<Order> orders{{1, 2.5}, {2, 0.5}};
    KEPT std::vector<std::vector<int>> nested{{1}, {}, {2, 3}};
    KEPT std::vector<bool> bits{true, false, true, true};
    std::array<short, 3> fixed{7, 8, 9};
    KEPT std::array<int, 0> nothing{};
    std::deque<int> line{3, 4};
    line.push_front(2);
    std::deque<Order> blocks;
    for (int i = 0; i < 300; i++) blocks.push_back({i, i / 2.0});
    KEPT std::list<int> chain{5, 6, 7};
    std::list<std::string> no_chain;
    KEPT std::forward_list<int> once{8, 9};
    std::stack<int> pile;
    pile.push(1);
    pile.push(2);
    std::queue<std::string> wait;
    wait.push("first");
    wait.push("second");
    KEPT std::priority_queue<int> heap;
    heap.push(3);
    heap.push(9);
    heap.push(5);
    std::span<int> window(numbers.data() + 1, 2);
    std::span<int, 3> fixed_window(numbers.data(), 3);
    std::initializer_list<int> list{10, 20};
    std::bitset<10> set10(0x205);
    std::bitset<40> set40(0x8000000001ull);
    stop(numbers, none, words, orders, nested, bits, fixed, nothing, line, blocks, chain, no_chain, once, pile, wait, heap, window, fixed_window, list, set10, set40);
}

__attribute__((noinline)) void maps() {
    std::map<std::string, int> ages{{"ann", 31}, {"bob", 27}};
    KEPT std::map<int, Order> orders{{7, {1, 2.5}}};
    std::map<char, double> no_ages;
    std::multimap<int, char> many{{1, 'a'}, {1, 'b'}, {2, 'c'}};
    KEPT std::set<int> sorted{3, 1, 2};
    std::multiset<int> twice{2, 2, 5};
    std::unordered_map<int, std::string> names{{4, "four"}};
    std::unordered_multimap<int, int> pairs{{1, 10}};
    std::unordered_set<std::string> seen{"only"};
    std::unordered_multiset<int> bag{6, 6};
    auto first = ages.begin();
    auto end = ages.end();
    auto at = sorted.find(2);
    auto hashed = names.find(4);
    stop(ages, orders, no_ages, many, sorted, twice, names, pairs, seen, bag, first, end, at, hashed);
}

__attribute__((noinline)) void wrappers() {
    std::pair<int, std::string> pair{1, "one"};
    std::tuple<int, char, std::string> tuple{2, 'x', "three"};
    std::tuple<> unit;
    std::optional<int> some = 5, none;
    std::optional<std::string> text = "given";
    KEPT std::variant<int, std::string, Order> number = 3, word = "alt", record = Order{4, 1.5};
    KEPT std::any no_any, small_any = 42, any_text = std::string("in any"), big_any = Order{9, 4.5};
    KEPT std::function<bool(const Order &, const Order &)> by = by_price, no_function;
    int captured = 6;
    std::function<int(int)> closure = [captured](int n) { return n * captured; };
    KEPT std::function<int(int)> plain = twice, functor = Adder{3};
    std::reference_wrapper<int> ref = captured;
    std::complex<double> z{1.5, -2};
    std::atomic<int> counter{11};
    std::atomic<bool> flag{true};
    std::byte raw{0x2a};
    std::nullptr_t null = nullptr;
    auto lambda = [captured, &pair](int n) { return n + captured + pair.first; };
    stop(pair, tuple, unit, some, none, text, number, word, record, no_any, small_any, any_text, big_any, by, no_function, closure, plain, functor, ref, z, counter, flag, raw, null, lambda);
}

struct Closer {
    void operator()(Order *o) const { delete o; }
};

__attribute__((noinline)) void pointers() {
    std::unique_ptr<Order> owner(new Order{1, 2.5}), no_owner;
    std::unique_ptr<int[]> block(new int[3]{1, 2, 3});
    std::unique_ptr<Order, Closer> closed(new Order{2, 3.5});
    std::unique_ptr<Order, void (*)(Order *)> released(new Order{3, 4.5}, [](Order *o) { delete o; });
    std::shared_ptr<Order> shared = std::make_shared<Order>(Order{5, 6.5}), second = shared, no_shared;
    std::shared_ptr<int> separate(new int(7));
    KEPT std::weak_ptr<Order> weak = shared, gone, no_weak;
    {
        auto brief = std::make_shared<Order>();
        gone = brief;
    }
    KEPT std::vector<Order> orders{{1, 2.5}, {2, 0.5}};
    auto in_vector = orders.begin() + 1;
    KEPT std::list<int> chain{5, 6};
    auto in_list = chain.begin();
    auto list_end = chain.end();
    std::deque<int> line{3, 4};
    KEPT auto in_deque = line.begin() + 1;
    std::string word = "letters";
    auto in_string = word.begin() + 3;
    std::string *pointer = &word;
    KEPT const std::string &reference = word;
    stop(owner, no_owner, block, closed, released, shared, second, no_shared, separate, weak, gone, no_weak, orders, in_vector, chain, in_list, list_end, line, in_deque, word, in_string, pointer, reference);
}

__attribute__((noinline)) void times() {
    using namespace std::chrono;
    seconds s(90);
    milliseconds ms(1500);
    nanoseconds ns(-7);
    hours h(2);
    duration<double> real(0.25);
    duration<int, std::ratio<1, 30>> frames(60);
    system_clock::time_point when(microseconds(1700000000000000));
    steady_clock::time_point tick(nanoseconds(5));
    stop(s, ms, ns, h, real, frames, when, tick);
}

__attribute__((noinline)) void results() {
#ifdef __cpp_lib_expected
    KEPT std::expected<int, std::string> good = 5, bad = std::unexpected<std::string>("broken");
    std::expected<void, int> done, failed = std::unexpected<int>(3);
    stop(good, bad, done, failed);
#endif
#ifdef WITH_FILESYSTEM
    std::filesystem::path path = "/usr/lib";
    stop(path);
#endif
}

int main() {
    strings();
    sequences();
    maps();
    wrappers();
    pointers();
    times();
    results();
}
