// A library as it comes with a toolchain: compiled with -g, and its source in a folder of libraries.
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int
fd_write(int fd, const void *iovs, unsigned count, unsigned *written);

int scale(int x) {
  int y = x * 3;
  return y;
}

void say(int digit) {
  char text[2] = {(char)('0' + digit), '\n'};
  struct {
    const char *at;
    unsigned size;
  } iov = {text, 2};
  unsigned written;
  fd_write(1, &iov, 1, &written);
}
