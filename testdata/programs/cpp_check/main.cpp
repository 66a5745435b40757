// A check of the library's that fails, in a program without exceptions. The library is that of a few
// lines, with libc++'s names.
namespace std {
inline namespace __2 {

[[noreturn]] __attribute__((noinline)) void __libcpp_verbose_abort(const char *format, ...) { __builtin_trap(); }

[[noreturn]] __attribute__((noinline, abi_tag("nqn220108"))) inline void __throw_out_of_range(const char *what) {
  __libcpp_verbose_abort("out_of_range was thrown in -fno-exceptions mode with message \"%s\"", what);
}

template <class T> struct vector {
  T items[3] = {1, 2, 3};
  unsigned long count = 3;
  T at(unsigned long i) const {
    if (i >= count)
      __throw_out_of_range("vector");
    return items[i];
  }
};

}
}

static int get(const std::vector<int> &v, unsigned long i) { return v.at(i); }

static volatile unsigned long index = 7;

extern "C" void _start() {
  std::vector<int> v;
  get(v, index);
}
