package debugger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/runtime/coredump"
)

// TestWatchThreads watches what four threads write, 2000 times each: no write is lost, and each stop is in the thread that
// wrote.
func TestWatchThreads(t *testing.T) {
	for _, variant := range []string{"O0", "O2"} {
		t.Run(variant, func(t *testing.T) {
			s, out := open(t, "c_threads/c_threads-"+variant+".wasm", func(c *Config) { c.Args = []string{"count"} })
			// total is written under a lock, ticks by an atomic addition. Both are on one page with the lock itself.
			total := mustWatch(t, s, WatchSpec{Expr: "total"}, BreakpointSpec{Condition: "total % 1000 == 0"})
			ticks := mustWatch(t, s, WatchSpec{Expr: "ticks"}, BreakpointSpec{HitCondition: "== 8000"})
			third := mustWatch(t, s, WatchSpec{Expr: "total"}, BreakpointSpec{Thread: 3, HitCondition: "== 2000"})
			was, seen := 0, []int{}
			for {
				stop := mustStop(t, s.Continue)
				if stop.Exited() {
					break
				}
				for _, r := range stop.Reasons {
					if r.Kind != ReasonWatch || r.Place == nil || r.Place.Thread != stop.Thread || r.Place.Function != "count" {
						t.Fatalf("%v in thread %d, by %v", stop, stop.Thread, r.Place)
					}
					switch r.Breakpoint {
					case total.ID:
						// Thread n adds n - 1.
						var before, after int
						fmt.Sscan(r.Old, &before)
						fmt.Sscan(r.New, &after)
						if after-before != stop.Thread-1 || after%1000 != 0 || after <= was {
							t.Errorf("%v in thread %d", stop, stop.Thread)
						}
						was = after
					case ticks.ID:
						if r.New != "8000" {
							t.Errorf("hit 8000 of ticks: %v", stop)
						}
					case third.ID:
						if stop.Thread != 3 {
							t.Errorf("%v in thread %d", stop, stop.Thread)
						}
					}
					if !slices.Contains(seen, r.Breakpoint) {
						seen = append(seen, r.Breakpoint)
					}
				}
			}
			if was != 20000 || len(seen) != 3 {
				t.Errorf("total was %d when it was written last, seen were %v", was, seen)
			}
			if !strings.HasPrefix(out.String(), "total 20000\nticks 8000\n") {
				t.Errorf("printed %q", out)
			}
		})
	}
}

// TestWatchThreadsFrame watches a local of one of two threads that run the same function: the other one's is another, and
// the watchpoint ends with the frame. A thread's variable of its own is watched by address.
func TestWatchThreadsFrame(t *testing.T) {
	s, _, list := holdThreads(t)
	if err := s.SelectThread(list[2].ID); err != nil {
		t.Fatal(err)
	}
	// 3 is the thread's n, which it squares: mine = 9, result = 10.
	mine := mustWatch(t, s, WatchSpec{Expr: "mine"}, BreakpointSpec{})
	square := mustBreak(t, s, BreakpointSpec{Function: "square", Thread: 3})
	if err := s.SelectThread(1); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Eval(0, "held = 0"); err != nil {
		t.Fatal(v, err)
	}
	stop := mustStop(t, s.Continue)
	if !slices.Equal(stop.Breakpoints(), []int{square.ID}) || stop.Thread != 3 {
		t.Fatalf("%v in thread %d", stop, stop.Thread)
	}
	local := mustWatch(t, s, WatchSpec{Expr: "result"}, BreakpointSpec{})
	if local.Watch.Scope != "square" {
		t.Errorf("scope %q", local.Watch.Scope)
	}
	var got []string
	for stop = mustStop(t, s.Continue); !stop.Exited(); stop = mustStop(t, s.Continue) {
		for _, r := range stop.Reasons {
			switch {
			case r.Kind == ReasonWatchEnd:
				got = append(got, fmt.Sprint("end of ", r.Text, " in ", stop.Thread))
			case r.Breakpoint == mine.ID:
				got = append(got, fmt.Sprint("mine ", r.New, " in ", stop.Thread))
			case r.Breakpoint == local.ID:
				got = append(got, fmt.Sprint("result ", r.New, " in ", stop.Thread))
			default:
				t.Errorf("%v", stop)
			}
		}
	}
	if want := []string{"mine 9 in 3", "result 10 in 3", "end of result in 3"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestWatchThreadsReads stops where any thread reads.
func TestWatchThreadsReads(t *testing.T) {
	s, _, _ := holdThreads(t)
	mustWatch(t, s, WatchSpec{Expr: "go_on", Kind: WatchRead}, BreakpointSpec{})
	if v, err := s.Eval(0, "held = 0"); err != nil {
		t.Fatal(v, err)
	}
	read := map[int]bool{}
	for stop := mustStop(t, s.Continue); !stop.Exited(); stop = mustStop(t, s.Continue) {
		for _, r := range stop.Reasons {
			if r.Kind != ReasonWatch || r.Wrote || r.New != "1" || r.Place.Function != "wait_for_go" {
				t.Errorf("%v by %v", stop, r.Place)
			}
		}
		read[stop.Thread] = true
	}
	if len(read) != 2 || !read[2] || !read[3] {
		t.Errorf("threads that read go_on: %v", read)
	}
}

// TestCoreThreads opens a dump of three threads, each with globals of its own: its thread-local variables.
func TestCoreThreads(t *testing.T) {
	s, _, _ := holdThreads(t)
	if err := s.SelectThread(3); err != nil {
		t.Fatal(err)
	}
	b, err := s.WriteCore("c_threads")
	if err != nil {
		t.Fatal(err)
	}
	check := func(b []byte, ids []int, names []string) {
		t.Helper()
		c := openCore(t, threadsProgram, b)
		list, err := c.Threads()
		if err != nil || len(list) != 3 || c.CurrentThread() != ids[1] {
			t.Fatalf("%+v, %v; at %d", list, err, c.CurrentThread())
		}
		for i, x := range list {
			if x.ID != i+1 || x.Name != names[i] || x.Current != (x.ID == ids[1]) {
				t.Errorf("%+v", x)
			}
		}
		for at, want := range map[int]string{ids[0]: "7", ids[1]: "103", ids[2]: "102"} {
			if err := c.SelectThread(at); err != nil {
				t.Fatal(err)
			}
			if v, err := c.Eval(1, "mine"); err != nil || v.String() != want {
				t.Errorf("thread %d: mine = %v, %v; want %s", at, v, err, want)
			}
		}
		frames, _, err := c.ThreadFrames(ids[0], 0, 20)
		if err != nil || !slices.ContainsFunc(frames, func(f *Frame) bool { return f.Function == "standing" }) {
			t.Errorf("the main thread's frames: %v, %v", frames, err)
		}
	}
	check(b, []int{1, 3, 2}, []string{"main", "thread 2", "thread 3"})
	d, err := coredump.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	// Other writers give other names.
	for i, name := range []string{"worker", "", "worker"} {
		d.Threads[i].Name = name
	}
	check(d.Bytes(), []int{2, 1, 3}, []string{"worker", "thread 2", "worker"})
}

// TestTraceThreads traces a function that two threads call.
func TestTraceThreads(t *testing.T) {
	var lines []string
	s, _ := open(t, threadsProgram, func(c *Config) {
		c.Args = []string{"stand"}
		c.Events = func(e Event) { // in turn
			if l, ok := e.(*LogOutput); ok {
				lines = append(lines, l.Text)
			}
		}
	})
	for _, f := range []string{"square", "wait_for_go"} {
		if _, err := s.Trace(f); err != nil {
			t.Fatal(err)
		}
	}
	if stop := mustStop(t, s.Continue); !stop.Exited() {
		t.Fatal(stop)
	}
	for id := 2; id <= 3; id++ {
		var mine []string
		for _, l := range lines {
			if rest, ok := strings.CutPrefix(l, fmt.Sprintf("[thread %d] ", id)); ok {
				mine = append(mine, rest)
			}
		}
		n := id*id + 1
		want := []string{
			fmt.Sprintf("→ wait_for_go(n = %d)", id), fmt.Sprintf("  → square(n = %d)", id),
			fmt.Sprintf("  ← square = %d", n), fmt.Sprintf("← wait_for_go = %d", n),
		}
		if !slices.Equal(mine, want) {
			t.Errorf("thread %d: %q, want %q", id, mine, want)
		}
	}
}

// TestBreakInConstant refuses a breakpoint where a function keeps constants or jump tables, and in the middle of an
// instruction.
func TestBreakInConstant(t *testing.T) {
	s, _ := open(t, "rs_values/rs_values-196-release.wasm", nil)
	im := s.image
	m := machineFor(im.object.Map.Target.Machine)
	seen := 0
	for _, f := range im.funcs {
		data := im.dataIn(m, f)
		if len(data) == 0 {
			continue
		}
		at := data[0].Lo
		if places, message := im.bind(&BreakpointSpec{Text: &at}); len(places) > 0 || !strings.Contains(message, "holds a constant of ") {
			t.Errorf("%#x: %d places, %q", at, len(places), message)
		}
		for _, in := range f.Read().Insts[:1] {
			if places, message := im.bind(&BreakpointSpec{Text: &in.Text}); len(places) != 1 {
				t.Errorf("the first instruction of function %d at %#x: %q", f.Index, in.Text, message)
			}
		}
		if seen++; seen == 20 {
			break
		}
	}
	if seen == 0 {
		t.Error("no function has constants")
	}
	f := s.image.funcs[0]
	list, err := s.DisassembleFunction(f.Text)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range list {
		for n := range in.Bytes {
			at := in.Text + abi.TextOffset(n)
			_, message := im.bind(&BreakpointSpec{Text: &at})
			if inside := strings.Contains(message, "is inside of the instruction at "); inside != (n > 0) {
				t.Errorf("byte %d of %s at %#x: %q", n, in.Asm, in.Text, message)
			}
		}
	}
}
