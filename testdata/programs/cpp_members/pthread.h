// What libc++ needs of threads to give the program its locks, for a target that has none: wasi-libc's own layouts, and
// musl's meaning of their words.
#ifndef CPP_MEMBERS_PTHREAD_H
#define CPP_MEMBERS_PTHREAD_H
#define __NEED_pthread_t
#define __NEED_pthread_mutex_t
#define __NEED_pthread_cond_t
#define __NEED_pthread_once_t
#define __NEED_pthread_key_t
#define __NEED_pthread_mutexattr_t
#define __NEED_struct_timespec
#include <bits/alltypes.h>
#include <errno.h>
#define PTHREAD_MUTEX_INITIALIZER {{{0}}}
#define PTHREAD_COND_INITIALIZER {{{0}}}
#define PTHREAD_ONCE_INIT 0
#define PTHREAD_MUTEX_RECURSIVE 1
enum { cpp_self = 7 }; // the only thread
static inline int pthread_mutexattr_init(pthread_mutexattr_t *a) { a->__attr = 0; return 0; }
static inline int pthread_mutexattr_settype(pthread_mutexattr_t *a, int t) { a->__attr = t; return 0; }
static inline int pthread_mutexattr_destroy(pthread_mutexattr_t *) { return 0; }
static inline int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a) { *m = {}; m->__u.__i[0] = a ? a->__attr : 0; return 0; }
static inline int pthread_mutex_destroy(pthread_mutex_t *) { return 0; }
static inline int pthread_mutex_lock(pthread_mutex_t *m) {
  if (m->__u.__i[0] == PTHREAD_MUTEX_RECURSIVE && m->__u.__i[1] == cpp_self) m->__u.__i[5]++;
  else m->__u.__i[1] = m->__u.__i[0] ? cpp_self : EBUSY;
  return 0;
}
static inline int pthread_mutex_trylock(pthread_mutex_t *m) { return pthread_mutex_lock(m); }
static inline int pthread_mutex_unlock(pthread_mutex_t *m) {
  if (m->__u.__i[5]) m->__u.__i[5]--;
  else m->__u.__i[1] = 0;
  return 0;
}
static inline int pthread_cond_signal(pthread_cond_t *) { return 0; }
static inline int pthread_cond_broadcast(pthread_cond_t *) { return 0; }
static inline int pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *) { return 0; }
static inline int pthread_cond_timedwait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) { return 0; }
static inline int pthread_cond_destroy(pthread_cond_t *) { return 0; }
static inline int pthread_once(pthread_once_t *o, void (*f)(void)) { if (!*o) { *o = 2; f(); } return 0; }
static inline pthread_t pthread_self(void) { return (pthread_t)cpp_self; }
static inline int pthread_equal(pthread_t a, pthread_t b) { return a == b; }
static inline int pthread_create(pthread_t *, const void *, void *(*)(void *), void *) { return EAGAIN; }
static inline int pthread_join(pthread_t, void **) { return 0; }
static inline int pthread_detach(pthread_t) { return 0; }
static inline int pthread_key_create(pthread_key_t *, void (*)(void *)) { return 0; }
static inline void *pthread_getspecific(pthread_key_t) { return 0; }
static inline int pthread_setspecific(pthread_key_t, const void *) { return 0; }
#endif
