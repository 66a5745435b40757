// Exceptions: caught by type and by base, passed on, thrown again, out of a constructor, through frames with
// destructors, and none at all. Nothing here needs a library but the C++ runtime's own part.
extern "C" int puts(const char *);

struct Error {
  int code;
};

struct Timeout : Error {
  int seconds;
  Timeout(int c, int s) : Error{c}, seconds(s) {}
};

struct Guard {
  const char *name;
  explicit Guard(const char *n) : name(n) {}
  ~Guard() { puts(name); }
};

struct Socket {
  Guard guard;
  int port;
  explicit Socket(int p) : guard("~Socket"), port(p) {
    if (p < 0)
      throw Error{-p};
  }
};

[[gnu::noinline]] int fetch(int n) {
  Guard guard("~fetch");
  if (n == 1)
    throw 42;
  if (n == 2)
    throw Error{7};
  if (n == 3)
    throw Timeout(9, 30);
  return n;
}

[[gnu::noinline]] int retry(int n) {
  Guard guard("~retry");
  try {
    return fetch(n) * 2;
  } catch (int code) {
    puts("again");
    throw;
  }
}

[[gnu::noinline]] int handle(int n) {
  int result = 0;
  try {
    result = retry(n);
  } catch (const Timeout &late) {
    result = late.seconds;
  } catch (const Error &error) {
    result = error.code;
  } catch (...) {
    result = -1;
  }
  return result;
}

[[gnu::noinline]] int connect(int port) {
  try {
    Socket s(port);
    return s.port;
  } catch (const Error &error) {
    return -error.code;
  }
}

[[gnu::noinline]] int quiet(int n) noexcept { return n + 1; }

volatile int sink;

int main(int argc, char **) {
  int sum = 0;
  for (int i = 0; i < 4; i++)
    sum += handle(i);
  sum += connect(80);
  sum += connect(-5);
  sum += quiet(sum);
  sink = sum;
  if (argc > 1)
    throw Timeout(1, 2);
  return sum == 223 ? 0 : sum;
}
