package debugger

import (
	"strings"
	"testing"
)

func TestWriteBacktrace(t *testing.T) {
	frames := []*Frame{
		{Level: 0, Function: "main::divide", File: "/src/main.rs", Line: 12, Column: 5, Inlined: true},
		{Level: 1, Function: "main::run", File: "/src/main.rs", Line: 20},
		{Level: 2, Function: "memcpy", Index: 7, Offset: 0x1234},
		{Level: 3, Function: "wasm function 42", Index: 42, Offset: 0x99},
		{Level: 4, Function: "(host)", Host: true},
	}
	var b strings.Builder
	if err := WriteBacktrace(&b, frames); err != nil {
		t.Fatal(err)
	}
	want := `#0 main::divide at /src/main.rs:12:5 (inlined)
#1 main::run at /src/main.rs:20
#2 memcpy (wasm function 7) at offset 0x1234
#3 wasm function 42 at offset 0x99
#4 (host)
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestMarkMachinery(t *testing.T) {
	for _, test := range []struct {
		names string
		want  int // frames marked
	}{
		{"main::f main::main", 0},
		{"abort main", 1},
		{"panic_abort::__rust_start_panic::abort __rustc[4425a7e20b4c21d8]::rust_panic std::panicking::rust_panic_with_hook std::panicking::begin_panic_handler::{{closure}} std::sys::backtrace::__rust_end_short_backtrace __rustc[4425a7e20b4c21d8]::rust_begin_unwind core::panicking::panic_fmt core::option::unwrap_failed main::f main::main std::rt::lang_start std::panicking::try std::rt::lang_start_internal", 8},
		// The program's own code between frames of the machinery is a callback.
		{"core::panicking::panic_fmt <main::E as core::fmt::Debug>::fmt core::fmt::write core::panicking::panic_fmt core::result::unwrap_failed main::g", 5},
		// Far out, the runtime's own use of these names is no reason.
		{"main::a main::b std::panicking::try", 0},
	} {
		var frames []*Frame
		for _, n := range strings.Split(test.names, " ") {
			frames = append(frames, &Frame{Function: n})
		}
		// A name with blanks is one word too many: join what belongs together.
		for i := 0; i < len(frames); i++ {
			for strings.HasPrefix(frames[i].Function, "<") && !strings.Contains(frames[i].Function, ">::") {
				frames[i].Function += " " + frames[i+1].Function
				frames = append(frames[:i+1], frames[i+2:]...)
			}
		}
		markMachinery(frames)
		n := 0
		for _, f := range frames {
			if f.Machinery {
				n++
			}
		}
		if n != test.want {
			t.Errorf("%s: %d frames marked, want %d", test.names, n, test.want)
		}
	}
}
