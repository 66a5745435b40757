package debugger

import (
	"strings"
	"testing"
)

// TestLeftOut says of a function without code where the sources define it, and of other names nothing: calls, variables,
// macros, methods of other types.
func TestLeftOut(t *testing.T) {
	for _, c := range []struct{ program, name, want string }{
		{"c_kinds/c_kinds-O2.wasm", "cell", "main.c:22"},
		{"c_kinds/c_kinds-O2.wasm", "run", "main.c:52"},
		{"c_kinds/c_kinds-O2.wasm", "visitor", ""},
		{"c_kinds/c_kinds-O2.wasm", "va_start", ""},
		{"cpp_kinds/cpp_kinds-O2.wasm", "Account::deposit", "main.cpp:56"},
		{"cpp_kinds/cpp_kinds-O2.wasm", "Ring::push", "main.cpp:36"},
		{"cpp_kinds/cpp_kinds-O2.wasm", "Ring<int, 4>::push", "main.cpp:36"},
		{"cpp_kinds/cpp_kinds-O2.wasm", "Account::push", ""},
		{"rs_kinds/rs_kinds-debug.wasm", "largest::<u8>", "main.rs:109"},
		{"rs_kinds/rs_kinds-debug.wasm", "Dog::legs", ""}, // the trait's
	} {
		s, _ := open(t, c.program, nil)
		places, message := s.FindPlaces(BreakpointSpec{Function: c.name})
		_, found, said := strings.Cut(message, "no function "+c.name+": ")
		if len(places) > 0 || said != (c.want != "") || !strings.HasPrefix(found, c.want) {
			t.Errorf("%s: %d places, %q, want %q", c.name, len(places), message, c.want)
		}
	}
}
