package debugger

import (
	"slices"
	"testing"
)

// TestDeclaredAhead lists which locals a stop shows as not initialised.
func TestDeclaredAhead(t *testing.T) {
	for _, test := range []struct {
		program  string
		line     int
		level    int
		ahead    []string
		contains string // a local that has its value
	}{
		{"c_kinds/c_kinds-O0.wasm", 39, 0, []string{"row"}, ""},
		{"c_kinds/c_kinds-O0.wasm", 43, 0, []string{"row"}, "g"}, // behind the loops
		{"c_kinds/c_kinds-O0.wasm", 44, 0, nil, "row"},
		{"c_kinds/c_kinds-O0.wasm", 55, 0, []string{"i"}, "pc"}, // in a loop's body, before it
		{"c_kinds/c_kinds-O0.wasm", 57, 0, nil, "i"},
		{"c_kinds/c_kinds-O0.wasm", 44, 1, nil, "total"}, // the caller is past all of them
		{"c_kinds/c_kinds-O0.wasm", 86, 0, []string{"r"}, "weird"},
		{"c_steps/c_steps-O2.wasm", 55, 0, nil, ""}, // its code does not keep the source's order
	} {
		s, _ := open(t, test.program, nil)
		mustBreak(t, s, BreakpointSpec{File: "main.c", Line: test.line})
		mustStop(t, s.Continue)
		vars, err := s.Locals(test.level)
		if err != nil {
			t.Fatal(err)
		}
		var ahead []string
		seen := test.contains == ""
		for _, v := range vars {
			if v.Ahead > 0 {
				ahead = append(ahead, v.Name)
			}
			seen = seen || v.Name == test.contains && v.Ahead == 0
		}
		if !slices.Equal(ahead, test.ahead) || !seen {
			t.Errorf("%s line %d, frame %d: not initialised %q, want %q and not %s", test.program, test.line, test.level, ahead, test.ahead, test.contains)
		}
	}
}

// A static keeps its value from call to call.
func TestStaticIsNotAhead(t *testing.T) {
	s, _ := open(t, "c_kinds/c_kinds-O0.wasm", nil)
	mustBreak(t, s, BreakpointSpec{Function: "counter"})
	mustStop(t, s.Continue)
	vars, err := s.Locals(0)
	if err != nil || len(vars) == 0 {
		t.Fatal(vars, err)
	}
	for _, v := range vars {
		if v.Ahead > 0 {
			t.Errorf("%s is marked: %s", v.Name, v)
		}
	}
}
