// Threads, mutexes and conditions on wasi:thread-spawn and atomic instructions.

typedef struct thread {
  void *stack; // start.s reads these two
  void *tls;
  int (*run)(int);
  int argument;
  int result;
  int over; // 1 behind its end
  int id;   // 0 until it runs
} thread_t;

typedef struct { int state; } mutex_t; // 0 free, 1 taken, 2 taken and waited for
typedef struct { int turn; } condition_t;

int thread_spawn(thread_t *t, int (*run)(int), int argument);
int thread_join(thread_t *t);
void mutex_lock(mutex_t *m);
void mutex_unlock(mutex_t *m);
void condition_wait(condition_t *c, mutex_t *m);
void condition_wake(condition_t *c, int all);
