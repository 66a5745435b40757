// The functions of libc++ that its library for a target without threads lacks.
#include <condition_variable>
#include <mutex>
#include <thread>
_LIBCPP_BEGIN_NAMESPACE_STD
mutex::~mutex() noexcept {}
void mutex::lock() { __libcpp_mutex_lock(&__m_); }
bool mutex::try_lock() noexcept { return __libcpp_mutex_trylock(&__m_); }
void mutex::unlock() noexcept { __libcpp_mutex_unlock(&__m_); }
recursive_mutex::recursive_mutex() { __libcpp_recursive_mutex_init(&__m_); }
recursive_mutex::~recursive_mutex() {}
void recursive_mutex::lock() { __libcpp_recursive_mutex_lock(&__m_); }
void recursive_mutex::unlock() noexcept { __libcpp_recursive_mutex_unlock(&__m_); }
timed_mutex::timed_mutex() : __locked_(false) {}
timed_mutex::~timed_mutex() {}
condition_variable::~condition_variable() {}
thread::~thread() {}
_LIBCPP_END_NAMESPACE_STD
