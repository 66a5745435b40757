package debugger

import (
	"fmt"
	"path"
	"slices"
	"sync"
	"testing"
)

// TestWaysIn stops at statements of which an optimiser has made several: in front of a loop and behind it, in the arms of a
// condition. The numbers are those of the program that is not optimised, and follow from the sources.
func TestWaysIn(t *testing.T) {
	for _, c := range []struct {
		program, file string
		line, hits    int
	}{
		{"c_steps/c_steps-O0.wasm", "main.c", 19, 3}, // fact(4) multiplies three times
		{"c_steps/c_steps-O2.wasm", "main.c", 19, 3},
		{"c_kinds/c_kinds-O0.wasm", "main.c", 36, 1},
		{"c_kinds/c_kinds-O2.wasm", "main.c", 36, 1},
		{"c_writes/c_writes-O0.wasm", "main.c", 42, 80},
		{"c_writes/c_writes-O2.wasm", "main.c", 42, 80},
	} {
		s, _ := open(t, c.program, nil)
		mustBreak(t, s, BreakpointSpec{File: c.file, Line: c.line})
		hits := 0
		for stop := mustStop(t, s.Continue); !stop.Exited(); stop = mustStop(t, s.Continue) {
			hits++
			if stop.Frame.Line != c.line {
				t.Errorf("%s: stopped at line %d, want %d", c.program, stop.Frame.Line, c.line)
			}
		}
		if hits != c.hits {
			t.Errorf("%s, %s:%d: %d stops, want %d", c.program, c.file, c.line, hits, c.hits)
		}
	}
}

// TestOwnLines asks for every line of a program: a place is in its file and not before the line, though at the opening of an
// optimised function the code of an inlined library may be the first.
func TestOwnLines(t *testing.T) {
	for _, c := range []struct {
		program, file string
		lines         int
	}{
		{"rs_kinds/rs_kinds-release.wasm", "main.rs", 220},
		{"rs_types/rs_types-release-dw5.wasm", "main.rs", 200},
		{"rs_calc/rs_calc-release.wasm", "main.rs", 200},
		{"cpp_kinds/cpp_kinds-O2.wasm", "main.cpp", 110},
		{"cpp_shapes/cpp_shapes-O2.wasm", "main.cpp", 90},
	} {
		s, _ := open(t, c.program, nil)
		bound := 0
		for line := 1; line <= c.lines; line++ {
			places, _ := s.FindPlaces(BreakpointSpec{File: c.file, Line: line})
			for _, p := range places {
				bound++
				if path.Base(p.File) != c.file || p.Line < line {
					t.Errorf("%s: %s:%d is bound to %s:%d in %s", c.program, c.file, line, p.File, p.Line, p.Function)
				}
			}
		}
		if bound < c.lines/2 {
			t.Errorf("%s: %d places", c.program, bound)
		}
	}
}

// TestLogPlace says where a message comes from as the breakpoint was asked for, though the code of an inlined library's function
// is there: <One as Debug>::fmt writes through a Formatter's write_str at line 64.
func TestLogPlace(t *testing.T) {
	var mu sync.Mutex
	var places []string
	s, _ := open(t, "rs_kinds/rs_kinds-release.wasm", func(c *Config) {
		c.Events = func(e Event) {
			if l, ok := e.(*LogOutput); ok {
				mu.Lock()
				defer mu.Unlock()
				places = append(places, fmt.Sprintf("%s:%d %s", path.Base(l.Frame.File), l.Frame.Line, l.Text))
			}
		}
	})
	mustBreak(t, s, BreakpointSpec{File: "main.rs", Line: 64, LogMessage: "here"})
	if stop := mustStop(t, s.Continue); !stop.Exited() {
		t.Fatal(stop)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(places) == 0 || slices.ContainsFunc(places, func(p string) bool { return p != "main.rs:64 here" }) {
		t.Errorf("messages %q", places)
	}
}
