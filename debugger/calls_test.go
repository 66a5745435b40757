package debugger

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// atLine opens a program and runs it to a line.
func atLine(t *testing.T, module, file string, line int, change func(*Config)) (*Session, interface{ String() string }) {
	t.Helper()
	s, out := open(t, module, change)
	b := mustBreak(t, s, BreakpointSpec{File: file, Line: line})
	if stop := mustStop(t, s.Continue); stop.Exited() || stop.Frame.Line != line {
		t.Fatal(stop)
	}
	if err := s.RemoveBreakpoint(b.ID); err != nil {
		t.Fatal(err)
	}
	return s, out
}

// state is what a call that is given up must not change: registers, locals and the stack pointer in linear memory.
func state(t *testing.T, s *Session) string {
	t.Helper()
	var b strings.Builder
	for _, name := range []string{"$rax", "$rbx", "$rsp", "$rbp", "$r12", "$pc", "$global0", "$local0"} {
		v, err := s.Eval(0, name)
		if err != nil {
			t.Fatal(name, err)
		}
		b.WriteString(name + " " + v.String() + "\n")
	}
	vars, err := s.Locals(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vars {
		b.WriteString(v.Name + " " + v.String() + "\n")
	}
	frames, _, err := s.Frames(0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		b.WriteString(f.Brief() + "\n")
	}
	return b.String()
}

// TestCallsGivenUp calls functions that do not come back. Each call ends with words that say why, the program stands as
// before, and goes on as if nothing had been called.
func TestCallsGivenUp(t *testing.T) {
	t.Run("c", func(t *testing.T) {
		s, out := atLine(t, "c_trap/c_trap-O0-dw5.wasm", "main.c", 35, nil) // no mode is asked for
		mustBreak(t, s, BreakpointSpec{Function: "read_at"})
		before := state(t, s)
		for _, c := range [][2]string{
			{"div_by(7, 0)", "integer divide by zero at"},
			{"rem_by(7, zero)", "integer divide by zero at"},
			{"to_int(1e30)", "it trapped: "},
			{"deep_small(0)", "it trapped: "},
			{"deep(0, 0)", "it trapped: "},
			{"exit(3)", "wanted to end the program with status 3"},
			{"abort()", "it trapped: "},
			{"read_at(pc->limits, 1)", "breakpoint 2"},
		} {
			if _, err := s.Eval(0, c[0]); err == nil || !strings.Contains(err.Error(), c[1]) || !strings.Contains(err.Error(), "the program stands as before") {
				t.Errorf("%s: %v, want %q", c[0], err, c[1])
			}
			if after := state(t, s); after != before {
				t.Fatalf("%s has changed\n%sto\n%s", c[0], before, after)
			}
		}
		if v, err := s.Eval(0, "div_by(42, 6)"); err != nil || v.String() != "7" {
			t.Error(v, err)
		}
		stop := mustStop(t, s.Continue)
		if !stop.Exited() || !strings.Contains(out.String(), "modes: div0") || !strings.Contains(out.String(), "survived 3") {
			t.Errorf("%v\n%s", stop, out)
		}
	})
	t.Run("limit", func(t *testing.T) {
		s, _ := atLine(t, "cpp_writes/cpp_writes-O0.wasm", "main.cpp", 84, func(c *Config) { c.CallLimit = 20 * time.Millisecond })
		before := state(t, s)
		if _, err := s.Eval(0, "forever(1)"); err == nil || !strings.Contains(err.Error(), "ran for more than 20ms") {
			t.Error(err)
		}
		if after := state(t, s); after != before {
			t.Errorf("%s\nto\n%s", before, after)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		s, out := atLine(t, "cpp_writes/cpp_writes-O0.wasm", "main.cpp", 84, func(c *Config) { c.CallLimit = time.Hour })
		before := state(t, s)
		done := make(chan error)
		go func() {
			_, err := s.Eval(0, "forever(1)")
			done <- err
		}()
		var err error
		for called := false; !called; { // a pause that comes before the call does nothing
			s.Pause()
			select {
			case err = <-done:
				called = true
			case <-time.After(time.Millisecond):
			}
		}
		if err == nil || !strings.Contains(err.Error(), "it was interrupted") {
			t.Error(err)
		}
		if after := state(t, s); after != before {
			t.Errorf("%s\nto\n%s", before, after)
		}
		if stop := mustStop(t, s.Continue); !stop.Exited() || !strings.Contains(out.String(), "total 6\n") {
			t.Errorf("%v\n%s", stop, out)
		}
	})
	t.Run("rust", func(t *testing.T) {
		s, _ := atLine(t, "rs_panic/rs_panic-debug.wasm", "main.rs", 65, func(c *Config) { c.CatchPanics = true })
		before := state(t, s)
		if _, err := s.Eval(0, "divide(7, 0)"); err == nil || !strings.Contains(err.Error(), "attempt to divide by zero") {
			t.Error(err)
		}
		if after := state(t, s); after != before {
			t.Errorf("%s\nto\n%s", before, after)
		}
	})
}

// TestCallsInConditions stops where a function of the program says so.
func TestCallsInConditions(t *testing.T) {
	for _, c := range []struct {
		module, file string
		line         int
		condition    string
		see, value   string // at the one stop
		problem      string
	}{
		{"rs_kinds/rs_kinds-debug.wasm", "main.rs", 169, "a.legs() == 2", "a.name()", `"TWEET"`, ""},
		{"rs_kinds/rs_kinds-debug.wasm", "main.rs", 169, `a.name() == "dog 3"`, "legs", "4", ""},
		{"cpp_kinds/cpp_kinds-O0.wasm", "main.cpp", 65, "depth == 1 && b.kind() == k", "depth", "1", ""},
		{"cpp_kinds/cpp_kinds-O0.wasm", "main.cpp", 65, `depth != 0 && depth != 2 && *b.kind() == 'b'`, "depth", "1", ""},
		{"c_trap/c_trap-O0-dw5.wasm", "main.c", 33, "div_by(1, local - local) == 1", "local", "3", "integer divide by zero"},
		{"c_trap/c_trap-O0-dw5.wasm", "main.c", 33, "local = 4", "local", "3", "assigns"},
	} {
		t.Run(c.condition, func(t *testing.T) {
			s, out := open(t, c.module, nil)
			b := mustBreak(t, s, BreakpointSpec{File: c.file, Line: c.line, Condition: c.condition})
			stop := mustStop(t, s.Continue)
			if stop.Exited() {
				t.Fatalf("no stop\n%s", out)
			}
			problem := ""
			for _, r := range stop.Reasons {
				if r.Problem != nil {
					problem = r.Problem.Error()
				}
			}
			if !strings.Contains(problem, c.problem) || (problem == "") != (c.problem == "") {
				t.Errorf("the problem is %q", problem)
			}
			if v, err := s.Eval(0, c.see); err != nil || v.String() != c.value {
				t.Errorf("%s is %v, %v", c.see, v, err)
			}
			if c.problem != "" {
				if err := s.RemoveBreakpoint(b.ID); err != nil {
					t.Fatal(err)
				}
			}
			if stop := mustStop(t, s.Continue); !stop.Exited() {
				t.Error(stop)
			}
			if c.problem == "" {
				if want := expected(t, filepath.Dir(c.module)); out.String() != want {
					t.Errorf("it printed\n%s", out)
				}
			}
		})
	}
	t.Run("itself", func(t *testing.T) {
		s, _ := open(t, "c_kinds/c_kinds-O0.wasm", nil)
		mustBreak(t, s, BreakpointSpec{Function: "fact", Condition: "fact(3) == 6"})
		if stop := mustStop(t, s.Continue); len(stop.Reasons) == 0 || stop.Reasons[0].Problem == nil || !strings.Contains(stop.Reasons[0].Problem.Error(), "met a breakpoint") {
			t.Error(stop)
		}
	})
	t.Run("watch", func(t *testing.T) {
		s, out := atLine(t, "c_kinds/c_kinds-O0.wasm", "main.c", 73, nil)
		w := mustWatch(t, s, WatchSpec{Expr: "total"}, BreakpointSpec{Condition: "fact(total) == 6"})
		stop := mustStop(t, s.Continue) // 1, 3, 6 are added up
		if stop.Exited() || stop.Reasons[0].Problem != nil || stop.Reasons[0].Old != "1" || stop.Reasons[0].New != "3" {
			t.Errorf("%v, %q to %q", stop, stop.Reasons[0].Old, stop.Reasons[0].New)
		}
		if err := s.RemoveBreakpoint(w.ID); err != nil {
			t.Fatal(err)
		}
		if stop := mustStop(t, s.Continue); !stop.Exited() || out.String() != expected(t, "c_kinds") {
			t.Errorf("%v\n%s", stop, out)
		}
	})
}
