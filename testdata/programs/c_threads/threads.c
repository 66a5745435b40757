// Threads that count, hand work to each other, wait, and die in the way that the argument names.
#include "thread.h"

#define WASI(f) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#f)))
WASI(fd_write) int fd_write(int fd, const void *vectors, int n, int *written);
WASI(args_sizes_get) int args_sizes_get(int *count, int *size);
WASI(args_get) int args_get(char **list, char *bytes);
WASI(proc_exit) _Noreturn void proc_exit(int code);

static void print(const char *what, int n) {
  char line[80], digits[12];
  int at = 0, d = 0;
  while (*what)
    line[at++] = *what++;
  if (n < 0)
    line[at++] = '-', n = -n;
  do
    digits[d++] = '0' + n % 10;
  while (n /= 10);
  while (d)
    line[at++] = digits[--d];
  line[at++] = '\n';
  struct { char *text; int size; } v = {line, at};
  fd_write(1, &v, 1, &d);
}

enum { WORKERS = 4, ROUNDS = 2000 };

_Thread_local int mine = 7;
static mutex_t lock;
static condition_t changed;
static int total, ticks, ready, go_on;
static thread_t workers[WORKERS];

static int count(int by) {
  for (int i = 0; i < ROUNDS; i++) {
    mutex_lock(&lock);
    total += by;
    mutex_unlock(&lock);
    __atomic_fetch_add(&ticks, 1, __ATOMIC_SEQ_CST);
    mine++;
  }
  return mine;
}

static int counting(void) {
  int sum = 0;
  for (int i = 0; i < WORKERS; i++)
    thread_spawn(&workers[i], count, i + 1);
  for (int i = 0; i < WORKERS; i++)
    sum += thread_join(&workers[i]);
  print("total ", total);
  print("ticks ", ticks);
  print("sum of mine ", sum);
  print("mine ", mine);
  return 0;
}

static int square(int n) {
  mine = n * n;
  int result = mine + 1;
  return result;
}

static int wait_for_go(int n) {
  mine = 100 + n;
  mutex_lock(&lock);
  ready++;
  condition_wake(&changed, 1);
  while (!go_on)
    condition_wait(&changed, &lock);
  mutex_unlock(&lock);
  return square(n);
}

static int held;

static int standing(int n, int hold) {
  for (int i = 0; i < n; i++)
    thread_spawn(&workers[i], wait_for_go, i + 2);
  mutex_lock(&lock);
  while (ready < n)
    condition_wait(&changed, &lock);
  mutex_unlock(&lock);
  print("ready ", ready);
  held = hold;
  while (__atomic_load_n(&held, __ATOMIC_SEQ_CST)) // until a debugger clears it
    __builtin_wasm_memory_atomic_wait32(&held, 1, 20000000);
  mutex_lock(&lock);
  go_on = 1;
  condition_wake(&changed, 1);
  mutex_unlock(&lock);
  for (int i = 0; i < n; i++)
    print("worker ", thread_join(&workers[i]));
  return 0;
}

static int fail(int how) {
  mine = how;
  switch (how) {
  case 0:
    __builtin_trap();
  case 1:
    proc_exit(3);
  default:
    return *(volatile int *)-4;
  }
}

static int failing(int how) {
  thread_spawn(&workers[0], fail, how);
  thread_join(&workers[0]);
  print("not reached ", how);
  return 0;
}

static int spin(int n) {
  while (!__atomic_load_n(&go_on, __ATOMIC_SEQ_CST))
    mine += n;
  return mine > 0;
}

static int spinning(void) {
  for (int i = 0; i < WORKERS; i++)
    thread_spawn(&workers[i], spin, i + 1);
  for (int i = 0; i < WORKERS; i++)
    thread_join(&workers[i]);
  return 0;
}

static int choose(int argc, char **argv) {
  switch (argc > 1 ? argv[1][0] : 'c') {
  case 'c':
    return counting();
  case 's':
    return standing(2, 0);
  case 'h':
    return standing(2, 1);
  case 't':
    return failing(0);
  case 'e':
    return failing(1);
  case 'm':
    return failing(2);
  case 'l':
    return spinning();
  }
  return 1;
}

__attribute__((export_name("_start"))) void _start(void) {
  static char *argv[8], bytes[256];
  int argc, size;
  if (args_sizes_get(&argc, &size) || argc > 7 || size > 256 || args_get(argv, bytes))
    proc_exit(2);
  int code = choose(argc, argv);
  if (code)
    proc_exit(code);
}
