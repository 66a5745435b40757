#include "thread.h"

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int wasi_thread_spawn(void *start);
void __wasm_init_tls(void *);

enum { STACK = 16384, THREADS = 16 };

static _Alignas(16) char rooms[THREADS][STACK + 64];
static int taken;

int thread_spawn(thread_t *t, int (*run)(int), int argument) {
  int n = __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST) % THREADS;
  t->run = run;
  t->argument = argument;
  t->over = t->id = 0;
  t->stack = rooms[n] + STACK;
  t->tls = rooms[n] + STACK;
  int id = wasi_thread_spawn(t);
  return id > 0 ? id : -1;
}

void thread_begin(int id, thread_t *t) {
  __wasm_init_tls(t->tls);
  __atomic_store_n(&t->id, id, __ATOMIC_SEQ_CST);
  t->result = t->run(t->argument);
  __atomic_store_n(&t->over, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&t->over, ~0u);
}

int thread_join(thread_t *t) {
  while (!__atomic_load_n(&t->over, __ATOMIC_SEQ_CST))
    __builtin_wasm_memory_atomic_wait32(&t->over, 0, -1);
  return t->result;
}

void mutex_lock(mutex_t *m) {
  int free = 0;
  if (__atomic_compare_exchange_n(&m->state, &free, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    return;
  while (__atomic_exchange_n(&m->state, 2, __ATOMIC_SEQ_CST))
    __builtin_wasm_memory_atomic_wait32(&m->state, 2, -1);
}

void mutex_unlock(mutex_t *m) {
  if (__atomic_exchange_n(&m->state, 0, __ATOMIC_SEQ_CST) == 2)
    __builtin_wasm_memory_atomic_notify(&m->state, 1);
}

void condition_wait(condition_t *c, mutex_t *m) {
  int turn = __atomic_load_n(&c->turn, __ATOMIC_SEQ_CST);
  mutex_unlock(m);
  __builtin_wasm_memory_atomic_wait32(&c->turn, turn, -1);
  mutex_lock(m);
}

void condition_wake(condition_t *c, int all) {
  __atomic_fetch_add(&c->turn, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&c->turn, all ? ~0u : 1);
}
