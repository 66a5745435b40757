// Memory that the host reads and writes.
struct bytes { const char *at; unsigned long n; };

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int fd_write(int fd, const struct bytes *list, unsigned long count, unsigned long *done);

static char message[] = "Hello\n";
static volatile int calls;

static void say(const char *text, unsigned long n) {
  struct bytes list = {text, n};
  unsigned long done;
  calls += 1;
  fd_write(1, &list, 1, &done);
}

void _start(void) {
  say(message, 6); // the host reads message
  message[0] = 'J';
  say("and\n", 4); // the host reads something else
  say(message, 6);
}
