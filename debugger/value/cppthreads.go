package value

import "strconv"

// This file shows what libc++ has for threads: locks, who holds them, and threads. The words in a lock are musl's, which
// wasi-libc and Emscripten have.

// cppThreadTypes are rows of cppTypes.
func cppThreadTypes() map[string]func(*Variable) *shape {
	return map[string]func(*Variable) *shape{
		"std::mutex":                 (*Variable).cppMutex,
		"std::recursive_mutex":       (*Variable).cppMutex,
		"std::timed_mutex":           (*Variable).cppTimedMutex,
		"std::recursive_timed_mutex": (*Variable).cppTimedMutex,
		"std::shared_mutex":          (*Variable).cppSharedMutex,
		"std::shared_timed_mutex":    (*Variable).cppSharedMutex,
		"std::lock_guard":            (*Variable).cppGuard,
		"std::scoped_lock":           (*Variable).cppGuard,
		"std::unique_lock":           (*Variable).cppOwningLock,
		"std::shared_lock":           (*Variable).cppOwningLock,
		"std::once_flag":             (*Variable).cppOnce,
		"std::thread":                (*Variable).cppThread,
		"std::jthread":               (*Variable).cppThread,
		"std::__thread_id":           (*Variable).cppThread,
		"std::condition_variable":    (*Variable).cppCondition,
		"std::counting_semaphore":    (*Variable).cppCount,
		"std::latch":                 (*Variable).cppCount,
	}
}

// wordShape is a text without parts.
func wordShape(text string) *shape { return &shape{kind: KindEnum, text: text} }

// owned says who holds a lock, and how often.
func owned(thread, times uint64) *shape {
	text := "locked by thread " + strconv.FormatUint(thread, 10)
	if times > 1 {
		text += ", " + strconv.FormatUint(times, 10) + " times"
	}
	return wordShape(text)
}

// cppMutex shows a mutex of pthread: its kind, the owner or EBUSY with a bit for waiters, and how often the owner has it
// beyond once.
func (v *Variable) cppMutex() *shape {
	words := v.find("__i", 5)
	if words == nil {
		return nil
	}
	b, err := words.bytes()
	if err != nil {
		return &shape{err: err}
	}
	if len(b) < 24 {
		return nil
	}
	word := func(i int) uint64 { return bigBits(b[4*i:4*i+4], false).Uint64() }
	lock := word(1)
	switch holder := lock & 0x3fffffff; {
	case holder == 0:
		return wordShape("unlocked")
	case word(0)&3 == 0: // of the kind that does not keep its owner
		return wordShape("locked")
	default:
		return owned(holder, word(5)+1)
	}
}

// cppTimedMutex shows a lock of libc++'s own: a flag, or an owner and a count.
func (v *Variable) cppTimedMutex() *shape {
	if f := v.fieldNamed("__locked_"); f != nil {
		return locked(f)
	}
	count, id := v.fieldNamed("__count_"), v.find("__id_", 2)
	if count == nil || id == nil {
		return nil
	}
	if inner := id.find("__id_", 1); inner != nil {
		id = inner
	}
	n, err := count.uint()
	if err != nil {
		return &shape{err: err}
	}
	if n == 0 {
		return wordShape("unlocked")
	}
	thread, err := id.uint()
	if err != nil {
		return &shape{err: err}
	}
	return owned(thread, n)
}

func locked(flag *Variable) *shape {
	n, err := flag.uint()
	switch {
	case err != nil:
		return &shape{err: err}
	case n != 0:
		return wordShape("locked")
	}
	return wordShape("unlocked")
}

// cppSharedMutex shows a lock for one writer or many readers.
func (v *Variable) cppSharedMutex() *shape {
	f := v.find("__state_", 3)
	if f == nil {
		return nil
	}
	n, err := f.uint()
	if err != nil {
		return &shape{err: err}
	}
	const writer = 1 << 31
	switch readers := n &^ writer; {
	case n == 0:
		return wordShape("unlocked")
	case readers == 0:
		return wordShape("locked")
	case n >= writer:
		return wordShape("locked by " + plural(int(readers), "reader") + ", a writer waits")
	default:
		return wordShape("locked by " + plural(int(readers), "reader"))
	}
}

// cppGuard shows a guard as what it guards.
func (v *Variable) cppGuard() *shape {
	f := v.fieldNamed("__m_")
	if f == nil {
		return nil
	}
	if t := f.typ.strip(); t != nil && (t.kind == typePointer || t.kind == typeReference) {
		f = f.as(t).deref(t.Elem())
	}
	return v.wrapper(f)
}

// cppOwningLock shows a lock that may hold its mutex, or have none.
func (v *Variable) cppOwningLock() *shape {
	owns := v.fieldNamed("__owns_")
	if owns == nil {
		owns = v.fieldNamed("__owns_lock_")
	}
	m := v.fieldNamed("__m_")
	if owns == nil || m == nil {
		return nil
	}
	p, err := m.uint()
	if err != nil {
		return &shape{err: err}
	}
	if p == 0 {
		return wordShape("no mutex")
	}
	mutex := m.deref(m.typ.strip().Elem())
	owns.Name, mutex.Name = "owns", "mutex"
	return &shape{kind: KindStruct, style: styleCFields, fields: []*Variable{owns, mutex}}
}

// cppOnce shows whether a function that is called once has been.
func (v *Variable) cppOnce() *shape {
	f := v.fieldNamed("__state_")
	if f == nil {
		return nil
	}
	n, err := f.uint()
	switch {
	case err != nil:
		return &shape{err: err}
	case n == 0:
		return wordShape("not called")
	case n == 1:
		return wordShape("being called")
	}
	return wordShape("called")
}

// cppThread shows a thread, or the number of one.
func (v *Variable) cppThread() *shape {
	f := v.firstOf(2, "__id_", "__t_")
	if f == nil {
		return nil
	}
	n, err := f.uint()
	switch {
	case err != nil:
		return &shape{err: err}
	case n == 0:
		return wordShape("no thread")
	}
	return wordShape("thread " + strconv.FormatUint(n, 10))
}

// cppCondition shows a condition variable that nobody waits for; one with waiters shows its words.
func (v *Variable) cppCondition() *shape {
	words := v.find("__i", 5)
	if words == nil {
		return nil
	}
	b, err := words.bytes()
	if err != nil {
		return &shape{err: err}
	}
	for _, c := range b {
		if c != 0 {
			return nil
		}
	}
	return wordShape("no waiters")
}

// cppCount shows a semaphore or a latch as its counter.
func (v *Variable) cppCount() *shape {
	if f := v.find("__a_value", 8); f != nil {
		return v.wrapper(f)
	}
	return nil
}
