package debugger

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// watchStops continues to the end and notes what watchpoints stop for.
func watchStops(t *testing.T, s *Session) (list []string) {
	t.Helper()
	for range 200 {
		stop, err := s.Continue()
		if err != nil {
			t.Fatal(err)
		}
		if stop.Exited() {
			return list
		}
		for i := range stop.Reasons {
			r := &stop.Reasons[i]
			switch r.Kind {
			case ReasonWatch:
				at := ""
				if r.Place != nil {
					at = fmt.Sprintf(" line %d", r.Place.Line)
					if r.Place.Host != "" {
						at = " " + r.Place.Host
					}
				}
				list = append(list, fmt.Sprintf("%d: %s -> %s%s", r.Breakpoint, r.Old, r.New, at))
			case ReasonWatchEnd:
				list = append(list, fmt.Sprintf("%d: end of %s", r.Breakpoint, r.Place.Function))
			default:
				list = append(list, r.String())
			}
		}
	}
	t.Fatalf("no end: %q", list)
	return nil
}

func ledger(t *testing.T, variant string, pages bool) *Session {
	stdin, err := os.Open(filepath.Join("..", "testdata", "programs", "c_ledger", "stdin.txt"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close() })
	s, _ := open(t, "c_ledger/c_ledger-"+variant+".wasm", func(c *Config) { c.Stdin, c.WatchPages = stdin, pages })
	return s
}

func mustRunTo(t *testing.T, s *Session, function, condition string) {
	t.Helper()
	b, err := s.SetBreakpoint(BreakpointSpec{Function: function, Condition: condition})
	if err != nil {
		t.Fatal(err)
	}
	if stop, err := s.Continue(); err != nil || !stop.Has(ReasonBreakpoint) {
		t.Fatal(stop, err)
	}
	if err := s.RemoveBreakpoint(b.ID); err != nil {
		t.Fatal(err)
	}
}

func mustWatch(t *testing.T, s *Session, what WatchSpec, spec BreakpointSpec) Breakpoint {
	t.Helper()
	b, err := s.SetWatch(what, spec)
	if err != nil {
		t.Fatalf("%s: %v", what.String(), err)
	}
	return b
}

// What is expected here was read from c_ledger's source: line numbers, values, and who writes.
func TestWatchpoints(t *testing.T) {
	for _, pages := range []bool{false, true} {
		s := ledger(t, "O0", pages)
		mustRunTo(t, s, "main", "")
		total := mustWatch(t, s, WatchSpec{Expr: "total"}, BreakpointSpec{Condition: "total == 26 || total == 100"})
		line := mustWatch(t, s, WatchSpec{Expr: "line"}, BreakpointSpec{})
		second := mustWatch(t, s, WatchSpec{Expr: "accounts[1].balance"}, BreakpointSpec{HitCondition: "2"})
		want := []string{
			fmt.Sprintf("%d: 10 -> 15 line 18", second.ID),
			fmt.Sprintf("%d: 0 -> 26 line 55", total.ID),
			fmt.Sprintf(`%d: "" -> "--------" line 57`, line.ID),
			fmt.Sprintf(`%d: "--------" -> "--ab----" line 58`, line.ID),
			fmt.Sprintf(`%d: "--ab----" -> "hello---" wasi_snapshot_preview1.fd_read`, line.ID),
			fmt.Sprintf(`%d: "hello---" -> "hello"… line 62`, line.ID),
			fmt.Sprintf("%d: 99 -> 100 line 44", total.ID),
		}
		if got := watchStops(t, s); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("pages %v:\n got %s\nwant %s", pages, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
		// Those of statics stay for the next run.
		if err := s.Restart(nil); err != nil {
			t.Fatal(err)
		}
		if n := len(s.Breakpoints()); n != 3 {
			t.Errorf("%d watchpoints are left", n)
		}
		if err := s.RemoveBreakpoint(line.ID); err != nil {
			t.Error(err)
		}
		stop, err := s.Continue()
		if err != nil || stop.String() != fmt.Sprintf("watchpoint %d: accounts[1].balance changed from 10 to 15", second.ID) {
			t.Errorf("again: %v, %v", stop, err)
		}
	}
}

// A watchpoint on a local belongs to one activation of a recursive function and ends with it.
func TestWatchpointOfFrame(t *testing.T) {
	for _, pages := range []bool{false, true} {
		s := ledger(t, "O0", pages)
		mustRunTo(t, s, "fact", "n == 3")
		if _, err := s.StepOver(); err != nil {
			t.Fatal(err)
		}
		mustWatch(t, s, WatchSpec{Expr: "result"}, BreakpointSpec{}) // in memory
		mustWatch(t, s, WatchSpec{Expr: "result + n"}, BreakpointSpec{})
		got := watchStops(t, s)
		want := []string{"2: 1 -> 6 line 25", "3: 4 -> 9 line 25", "2: end of fact", "3: end of fact"}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("pages %v: got %q\nwant %q", pages, got, want)
		}
		if n := len(s.Breakpoints()); n != 0 {
			t.Errorf("%d are left", n)
		}
	}
}

// A local in a register is looked at by each statement of its function.
func TestWatchpointOfRegister(t *testing.T) {
	s := ledger(t, "O2", false)
	mustRunTo(t, s, "sum", "")
	b := mustWatch(t, s, WatchSpec{Expr: "s"}, BreakpointSpec{})
	got := watchStops(t, s)
	if n := len(got); n < 2 || got[n-1] != fmt.Sprintf("%d: end of sum", b.ID) || !strings.HasSuffix(got[n-2], "-> 26 line 32") {
		t.Errorf("%q", got) // 3 + 5 + 7 + 11, added by line 32
	}
	mustFail := func(what WatchSpec, part string) {
		t.Helper()
		if _, err := s.SetWatch(what, BreakpointSpec{}); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", what.String(), err)
		}
	}
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	mustRunTo(t, s, "sum", "")
	mustFail(WatchSpec{Expr: "s", Kind: WatchRead}, "in no memory")
	mustFail(WatchSpec{Expr: "nothing"}, "nothing")
	mustFail(WatchSpec{Expr: "1 + "}, "")
	mustFail(WatchSpec{Addr: 0xfffffff0, Len: 64}, "outside")
}

// Reads of an array's elements, one at a time, by sum.
func TestReadWatchpoint(t *testing.T) {
	s := ledger(t, "O0", true)
	mustRunTo(t, s, "sum", "")
	mustWatch(t, s, WatchSpec{Expr: "v[2]", Kind: WatchRead, Address: true}, BreakpointSpec{})
	stop, err := s.Continue()
	if err != nil || !stop.Has(ReasonWatch) || stop.Reasons[0].Wrote || stop.Reasons[0].Place.Line != 32 {
		t.Fatal(stop, err)
	}
	if i, err := s.Eval(0, "i"); err != nil || i.String() != "2" {
		t.Errorf("i = %v, %v", i, err)
	}
}

// TestWatchHostReads finds what a host function reads: fd_write of a watched buffer.
func TestWatchHostReads(t *testing.T) {
	for _, pages := range []bool{false, true} {
		s, _ := open(t, "c_host/c_host-O0.wasm", func(c *Config) { c.WatchPages = pages })
		mustBreak(t, s, BreakpointSpec{Function: "_start"})
		mustStop(t, s.Continue)
		mustWatch(t, s, WatchSpec{Expr: "message", Kind: WatchRead}, BreakpointSpec{})
		// Not the store to message[0], and not the text that is written in between.
		for _, want := range []string{`"Hello\n"`, `"Jello\n"`} {
			r := mustStop(t, s.Continue).Reasons
			if len(r) != 1 || r[0].Place == nil || r[0].Place.Host != "wasi_snapshot_preview1.fd_write" || r[0].Wrote || r[0].Place.Function != "say" || r[0].Place.Line != 14 {
				t.Fatalf("pages %v: %+v", pages, r)
			}
			if v, err := s.Eval(1, "message"); err != nil || v.String() != want {
				t.Errorf("pages %v: message is %v, %v; want %s", pages, v, err, want)
			}
		}
		if stop := mustStop(t, s.Continue); !stop.Exited() {
			t.Errorf("pages %v: %v", pages, stop)
		}
	}
}

// TestWatchBeforeStart watches statics of a program that has not been started: its first write stops, in
// this run and in the next.
func TestWatchBeforeStart(t *testing.T) {
	s, _ := open(t, "c_host/c_host-O0.wasm", nil)
	for expr, want := range map[string]string{"nosuch": "nosuch", "list": "list", "1 + 1": "in no memory"} {
		if _, err := s.SetWatch(WatchSpec{Expr: expr}, BreakpointSpec{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", expr, err)
		}
	}
	w := mustWatch(t, s, WatchSpec{Expr: "calls"}, BreakpointSpec{})
	if w.Watch.Value != "0" || w.Watch.Scope != "" {
		t.Errorf("%+v", w.Watch)
	}
	for range 2 {
		r := mustStop(t, s.Continue).Reasons
		if len(r) != 1 || r[0].Breakpoint != w.ID || r[0].Place.Line != 13 || r[0].Place.Function != "say" {
			t.Fatalf("%+v", r)
		}
		if err := s.Restart(nil); err != nil {
			t.Fatal(err)
		}
	}
}
