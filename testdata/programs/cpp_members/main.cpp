// Corners of C++ that expressions and values must know: pointers to members, overloads, and what libc++ has for threads.
#include <atomic>
#include <compare>
#include <condition_variable>
#include <coroutine>
#include <cstdio>
#include <exception>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <typeindex>
#include <valarray>
#include <vector>

struct Shape {
  int id;
  explicit Shape(int i) : id(i) {}
  virtual ~Shape() = default;
  virtual int area(int scale) const { return id * scale; }
  int plain(int more) { return id += more; }
};
struct Named { std::string name = "named"; int length(int more) const { return (int)name.size() + more; } };
struct Square : Named, Shape {
  int side;
  Square(int i, int s) : Shape(i), side(s) {}
  int area(int scale) const override { return side * side * scale; }
};

static int pick(int v) { return v + 1; }
static int pick(double v) { return (int)(v * 2); }
static int pick(const std::string &s) { return (int)s.size(); }
static int pick(const Shape &s, char c) { return s.id + c; }
static int twice(int v) { return v * 2; }

struct Task {
  struct promise_type {
    int value = 0;
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int v) { value = v; return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};
static Task count(int from) {
  for (int i = from; i < from + 2; i++) co_yield i;
}

template <class T> inline void keep(T &v) { asm volatile("" ::"r"(&v) : "memory"); }
template <class... A> [[gnu::noinline]] static void stop(A &...a) { (keep(a), ...); }

static void members() {
  Square square(5, 3);
  Shape *base = &square;
  int (Shape::*virtual_method)(int) const = &Shape::area;
  int (Shape::*method)(int) = &Shape::plain;
  int (Square::*inherited)(int) const = &Square::length;
  int Square::*side = &Square::side;
  int Shape::*id = &Shape::id;
  int (*op)(int) = &twice, (*other)(int) = nullptr;
  int sum = pick(1) + pick(2.5) + pick(std::string("abc")) + pick(square, 'a');
  stop(square, base, virtual_method, method, inherited, side, id, op, other, sum); // members
  std::printf("%d %d %d\n", sum, (base->*virtual_method)(2), op(square.*side));
}

static void locks() {
  std::mutex unlocked, locked;
  locked.lock();
  std::recursive_mutex deep;
  deep.lock(), deep.lock(), deep.lock();
  std::timed_mutex timed;
  std::lock_guard<std::mutex> guard(unlocked);
  std::mutex third;
  std::unique_lock<std::mutex> unique(third), deferred(locked, std::defer_lock), empty;
  std::scoped_lock<std::recursive_mutex> scoped(deep);
  std::once_flag never, done;
  std::call_once(done, [] {});
  std::thread::id nobody, self = std::this_thread::get_id();
  std::thread idle;
  std::atomic<int> number = 11;
  std::atomic<void *> pointer = nullptr;
  std::atomic_flag flag;
  flag.test_and_set();
  std::condition_variable ready;
  stop(unlocked, locked, deep, timed, guard, third, unique, deferred, empty, scoped, never, done, nobody, self, idle, number, pointer, flag, ready); // locks
  locked.unlock();
}

static void others() {
  std::exception_ptr no_exception;
  std::error_code fine, missing = std::make_error_code(std::errc::no_such_file_or_directory);
  std::errc code = std::errc::timed_out;
  std::strong_ordering less = 1 <=> 2, same = std::strong_ordering::equal;
  std::partial_ordering unordered = std::partial_ordering::unordered;
  std::type_index type = typeid(Square);
  std::valarray<int> values = {1, 2, 3};
  std::vector<int> list = {4, 5, 6};
  auto reversed = list.rbegin();
  Task task = count(40);
  task.handle.resume();
  std::coroutine_handle<> no_handle;
  std::coroutine_handle<Task::promise_type> handle = task.handle;
  std::logic_error *error = nullptr;
  stop(no_exception, fine, missing, code, less, same, unordered, type, values, reversed, handle, no_handle, error); // others
  std::printf("%d\n", handle.promise().value);
  handle.destroy();
}

int main() {
  members();
  locks();
  others();
}
