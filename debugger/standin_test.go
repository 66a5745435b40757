package debugger

import "testing"

// TestStepOverText steps in C over a function that only the module's text shows, also where steps
// enter libraries: that asks for those with a source.
func TestStepOverText(t *testing.T) {
	for _, into := range []bool{false, true} {
		s, _ := open(t, "c_callback/c_callback-O0.wasm", func(c *Config) { c.StepIntoLibraries = into })
		mustBreak(t, s, BreakpointSpec{Function: "main"})
		mustStop(t, s.Continue) // line 22, int a = plain(4)
		if f := mustStop(t, s.StepIn).Frame; f.Function != "main" || f.Line != 23 {
			t.Errorf("into libraries %v: %v", into, f)
		}
	}
}

// TestStepFromText enters such a function by machine instructions, steps in its text, and returns
// to the source.
func TestStepFromText(t *testing.T) {
	s, _ := open(t, "c_callback/c_callback-O0.wasm", nil)
	mustBreak(t, s, BreakpointSpec{Function: "main"})
	f := mustStop(t, s.Continue).Frame
	for range 100 {
		if f = mustStop(t, func() (*Stop, error) { return s.StepInstruction(false) }).Frame; f.Function == "plain" {
			break
		}
	}
	// local.get $p0, i32.const 1, i32.add and the end, which the compiler may join with what is before
	first := 0
	for n := 0; f.Function == "plain"; n++ {
		file, line, ok := s.FrameText(f)
		if !ok || file != "wasm:/c_callback-O0.wat" || f.HasSource() || n > 4 {
			t.Fatalf("step %d: %v at %s:%d (%v)", n, f, file, line, ok)
		}
		if first == 0 {
			first = line
		} else if line != first+n && line != first+n-1 { // the first step may leave the prologue only
			t.Errorf("step %d from line %d comes to %d", n, first, line)
		}
		f = mustStop(t, s.StepIn).Frame
	}
	if f.Function != "main" || f.Line != 22 {
		t.Errorf("it returns to %v", f)
	}
}

// TestTextInBacktrace tells apart the frame of a function with a source and that of one whose text
// stands in, in a backtrace.
func TestTextInBacktrace(t *testing.T) {
	s, _ := open(t, "c_callback/c_callback-O0.wasm", nil)
	mustBreak(t, s, BreakpointSpec{Function: "triple"})
	mustStop(t, s.Continue)
	frames, _, err := s.Frames(0, 3)
	if err != nil || len(frames) != 3 {
		t.Fatalf("%v, %v", frames, err)
	}
	// The call_indirect of apply is at 0x351 of the file.
	for i, want := range []string{"triple at /src/c_callback/main.c:12:11", "apply (wasm function 12) at offset 0x351", "main at /src/c_callback/main.c:23:11"} {
		if got := frames[i].String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestTextOfThunk stops in a function that has an entry in the DWARF but no lines: a C++ thunk, of
// which clang says that all of it is line 0. Its text is stepped through; a step in the source runs
// through it.
func TestTextOfThunk(t *testing.T) {
	const thunk = "virtual thunk to geo::Both::kind() const"
	s, _ := open(t, "cpp_kinds/cpp_kinds-O0.wasm", nil)
	mustBreak(t, s, BreakpointSpec{File: "main.cpp", Line: 63})
	mustBreak(t, s, BreakpointSpec{Function: thunk, Temporary: true})
	mustStop(t, s.Continue) // visit, before b.kind()
	first := 0
	for n, f := 0, mustStop(t, s.Continue).Frame; n < 4; n, f = n+1, mustStop(t, s.StepOver).Frame {
		file, line, ok := s.FrameText(f)
		if !ok || f.Function != thunk || file != "wasm:/cpp_kinds-O0.wat" || f.HasSource() {
			t.Fatalf("step %d: %v at %s:%d", n, f, file, line)
		}
		if n == 0 {
			first = line
		}
		if line != first+n {
			t.Errorf("step %d from line %d comes to %d", n, first, line)
		}
	}
	mustStop(t, s.Continue) // the next visit
	if f := mustStop(t, s.StepIn).Frame; f.Function != "geo::Both::kind" || f.Line != 22 {
		t.Errorf("from the source: %v", f)
	}
}
