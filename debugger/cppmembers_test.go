package debugger

import (
	"slices"
	"strings"
	"testing"
)

// cppMemberRows are variables of cpp_members, as its source says.
var cppMemberRows = []cppRow{
	{"pointer to a function of a second base", 1, "inherited", "int (Square::*)(int) const", "0x", true},
	{"pointer to data of a base", 1, "id", "int Shape::*", "&Shape::id (offset 4)", false},
	{"std::timed_mutex", 2, "timed", "timed_mutex", "unlocked", false},
	{"std::mutex, locked", 2, "locked", "mutex", "locked", false},
	{"std::recursive_mutex", 2, "deep", "recursive_mutex", "locked by thread 7, 4 times", false},
	{"std::lock_guard", 2, "guard", "lock_guard<mutex>", "locked", false},
	{"std::unique_lock", 2, "unique", "unique_lock<mutex>", "{owns = true, mutex = locked}", false},
	{"std::unique_lock, deferred", 2, "deferred", "unique_lock<mutex>", "{owns = false, mutex = locked}", false},
	{"std::unique_lock, empty", 2, "empty", "unique_lock<mutex>", "no mutex", false},
	{"std::scoped_lock", 2, "scoped", "scoped_lock<recursive_mutex>", "locked by thread 7, 4 times", false},
	{"std::once_flag", 2, "never", "once_flag", "not called", false},
	{"std::once_flag, called", 2, "done", "once_flag", "called", false},
	{"std::thread::id", 2, "self", "", "thread 7", false},
	{"std::thread::id of no thread", 2, "nobody", "", "no thread", false},
	{"std::thread", 2, "idle", "thread", "no thread", false},
	{"std::atomic of a pointer", 2, "pointer", "atomic<void *>", "0x0", false},
	{"std::atomic_flag", 2, "flag", "atomic_flag", "true", false},
	{"std::condition_variable", 2, "ready", "condition_variable", "no waiters", true},
	{"std::exception_ptr, null", 3, "no_exception", "exception_ptr", "nullptr", false},
	{"std::error_code", 3, "missing", "error_code", "44 (no_such_file_or_directory)", false},
	{"std::error_code, none", 3, "fine", "error_code", "0", false},
	{"std::strong_ordering", 3, "less", "strong_ordering", "less", false},
	{"std::strong_ordering, equal", 3, "same", "strong_ordering", "equal", false},
	{"std::partial_ordering", 3, "unordered", "partial_ordering", "unordered", false},
	{"std::type_index", 3, "type", "type_index", "typeid(Square)", false},
	{"std::valarray", 3, "values", "valarray<int>", "{1, 2, 3}", true},
	{"std::reverse_iterator", 3, "reversed", "", "6", false},
	{"std::coroutine_handle", 3, "handle", "coroutine_handle<promise_type>", "suspended in count {value = 40}", false},
	{"std::coroutine_handle, null", 3, "no_handle", "coroutine_handle<void>", "nullptr", false},
}

// TestOverloads sets breakpoints by what tells functions apart in C++, and by file.
func TestOverloads(t *testing.T) {
	s, _ := open(t, "cpp_members/cpp_members-O0.wasm", nil)
	for _, c := range []struct {
		file, function string
		lines          []int // of the source; none: not bound
		message        string
	}{
		{"", "pick", []int{32, 33, 34, 35}, ""},
		{"", "pick(int)", []int{32}, ""},
		{"", "pick(double)", []int{33}, ""},
		{"", "pick(const std::string &)", []int{34}, ""},
		{"", "pick(string&)", []int{34}, ""},
		{"", "pick(Shape const&, char)", []int{35}, ""},
		{"", "Shape::area(int) const", []int{22}, ""},
		{"", "area(int)", []int{22, 29}, ""},
		{"", "pick(float)", nil, "there is pick(int), pick(double), pick(const string &), pick(const Shape &, char)"},
		{"", "nothing(int)", nil, "no function"},
		{"main.cpp", "twice", []int{36}, ""},
		{"threads.cpp", "lock", []int{7, 12}, ""},
		{"threads.cpp", "twice", nil, "no function threads.cpp:twice"},
	} {
		places, message := s.FindPlaces(BreakpointSpec{File: c.file, Function: c.function})
		var lines []int
		for _, p := range places {
			lines = append(lines, p.Line)
		}
		if !slices.Equal(slices.Sorted(slices.Values(lines)), c.lines) || !strings.Contains(message, c.message) {
			t.Errorf("%s %s is at %v (%s), want %v", c.file, c.function, lines, message, c.lines)
		}
	}
}

// TestNamesUnderPath lists functions below a path, as completion does, and so many at most.
func TestNamesUnderPath(t *testing.T) {
	s, _ := open(t, "cpp_members/cpp_members-O0.wasm", nil)
	for path, known := range map[string]bool{"std": true, "std::nosuch": false, "nosuch": false, "Shape": true, "Task::promise_type": true} {
		if s.KnownPath(path) != known {
			t.Errorf("%s is known: %v", path, !known)
		}
	}
	begins := func(n string) bool { return strings.HasPrefix(n, "std::") }
	if list := s.FunctionNamesLike("std::", 10, begins); len(list) != 10 || !slices.IsSorted(list) || slices.ContainsFunc(list, func(n string) bool { return !begins(n) }) {
		t.Errorf("%d names: %v", len(list), list)
	}
	if list := s.FunctionNamesLike("Task::promise_type::yield", 10, func(string) bool { return true }); len(list) != 1 || list[0] != "Task::promise_type::yield_value" {
		t.Errorf("%v", list)
	}
}
