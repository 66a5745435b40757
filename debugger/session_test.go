package debugger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sphex/aot/abi"
	"sphex/runtime"
)

// expected reads what a program prints.
func expected(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "programs", name, "expected.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func mustStop(t *testing.T, run func() (*Stop, error)) *Stop {
	t.Helper()
	stop, err := run()
	if err != nil {
		t.Fatal(err)
	}
	return stop
}

func mustBreak(t *testing.T, s *Session, spec BreakpointSpec) Breakpoint {
	t.Helper()
	b, err := s.SetBreakpoint(spec)
	if err != nil {
		t.Fatal(err)
	}
	if !b.Bound() {
		t.Fatalf("breakpoint %v is not bound: %s", &spec, b.Message)
	}
	return b
}

func TestRunToEnd(t *testing.T) {
	s, out := open(t, "c_callback/c_callback-O0.wasm", nil)
	if s.State() != Loaded {
		t.Fatal(s.State())
	}
	if _, _, err := s.Frames(0, 1); !errors.Is(err, ErrLoaded) {
		t.Errorf("frames before the start: %v", err)
	}
	stop := mustStop(t, s.Continue)
	if !stop.Exited() || stop.ExitCode != 3 || stop.Err != nil {
		t.Fatalf("%v", stop)
	}
	if want := expected(t, "c_callback"); out.String() != want {
		t.Errorf("output %q, want %q", out, want)
	}
	if _, err := s.Continue(); !errors.Is(err, ErrExited) {
		t.Errorf("continue after the end: %v", err)
	}
	out.Reset()
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	if stop := mustStop(t, s.Continue); !stop.Exited() || out.String() != expected(t, "c_callback") {
		t.Errorf("second run: %v, %q", stop, out)
	}
}

func TestStopOnEntry(t *testing.T) {
	for name, want := range map[string]string{
		"c_steps/c_steps-O0.wasm": "main.c:50 main",
		"orders/orders.wasm":      "main.rs:66 main::main",
	} {
		s, _ := open(t, name, func(c *Config) { c.StopOnEntry = true })
		stop := mustStop(t, s.Continue)
		if got := frameLine(stop.Frame); !stop.Has(ReasonEntry) || !strings.HasSuffix(got, strings.Fields(want)[1]) || !strings.HasPrefix(got, strings.Fields(want)[0]) {
			t.Errorf("%s: %s [%v], want %s", name, got, stop, want)
		}
	}
}

// testPatience is how long a slow machine may take to do what comes at once.
const testPatience = time.Minute

// TestPause stops a loop that never ends, looks around, changes breakpoints while it runs,
// and ends it.
func TestPause(t *testing.T) {
	s, _ := open(t, "c_callback/c_callback-O0.wasm", func(c *Config) { c.Args = []string{"spin"} })
	mustBreak(t, s, BreakpointSpec{Function: "spin", Temporary: true})
	mustStop(t, s.Continue)
	for range 3 {
		done := make(chan *Stop)
		go func() {
			stop, err := s.Continue()
			if err != nil {
				t.Error(err)
			}
			done <- stop
		}()
		for s.State() != Running {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
		if _, err := s.Continue(); !errors.Is(err, ErrRunning) {
			t.Errorf("continue while it runs: %v", err)
		}
		b := mustBreak(t, s, BreakpointSpec{Function: "triple"})
		if err := s.RemoveBreakpoint(b.ID); err != nil {
			t.Error(err)
		}
		if s.State() != Running {
			t.Fatal("a breakpoint stopped the program: ", s.LastStop())
		}
		s.Pause()
		select {
		case stop := <-done:
			if !stop.Has(ReasonPause) || stop.Frame.Function != "spin" {
				t.Fatalf("%v in %v", stop, stop.Frame)
			}
		case <-time.After(testPatience):
			t.Fatal("pause has no effect")
		}
	}
	rounds := func() int64 {
		v, err := s.Eval(0, "rounds")
		if err != nil {
			t.Fatal(err)
		}
		n, _ := v.Int()
		return n
	}
	before := rounds()
	if stop := mustStop(t, s.StepOver); !stop.Has(ReasonStep) || stop.Frame.Function != "spin" {
		t.Errorf("%v in %v", stop, stop.Frame)
	}
	mustStop(t, s.StepOver)
	if after := rounds(); after <= before || after > before+2 {
		t.Errorf("rounds went from %d to %d in two steps", before, after)
	}
	// A breakpoint that is set while the loop runs stops it.
	done := make(chan *Stop)
	go func() {
		stop, _ := s.Continue()
		done <- stop
	}()
	for s.State() != Running {
		time.Sleep(time.Millisecond)
	}
	mustBreak(t, s, BreakpointSpec{File: "c_callback/main.c", Line: 18})
	if stop := <-done; !stop.Has(ReasonBreakpoint) || stop.Frame.Line != 18 {
		t.Errorf("%v", stop)
	}
	s.Kill()
	if s.State() != Exited {
		t.Error(s.State())
	}
}

func TestKillRunning(t *testing.T) {
	s, _ := open(t, "c_callback/c_callback-O0.wasm", func(c *Config) { c.Args = []string{"spin"} })
	done := make(chan *Stop)
	go func() {
		stop, _ := s.Continue()
		done <- stop
	}()
	time.Sleep(20 * time.Millisecond)
	s.Kill()
	select {
	case stop := <-done:
		if !stop.Exited() || !errors.Is(stop.Err, runtime.ErrKilled) {
			t.Errorf("%v", stop)
		}
	case <-time.After(testPatience):
		t.Fatal("kill has no effect")
	}
}

func TestTraps(t *testing.T) {
	for _, test := range []struct {
		mode string
		trap abi.Trap
		line int    // in main.c, of the first frame there
		in   string // its function
	}{
		{"div0", abi.TrapDivideByZero, 13, "div_by"},
		{"divmin", abi.TrapOverflow, 13, "div_by"},
		{"rem0", abi.TrapDivideByZero, 14, "rem_by"},
		{"float", abi.TrapConversionRange, 15, "to_int"},
		{"nan", abi.TrapConversion, 15, "to_int"},
		{"oob", abi.TrapMemory, 16, "read_at"},
		{"oobwrite", abi.TrapMemory, 17, "write_at"},
		{"unreachable", abi.TrapUnreachable, 43, "main"},
		{"abort", abi.TrapUnreachable, 44, "main"},
		{"stack", abi.TrapMemory, 18, "deep"},
		{"callstack", abi.TrapMemory, 24, "deep_small"}, // the stack in linear memory ends first
		{"nullcall", abi.TrapUninitialized, 48, "main"},
		{"badcall", abi.TrapIndirectBounds, 49, "main"},
		{"sigcall", abi.TrapSignature, 50, "main"},
	} {
		t.Run(test.mode, func(t *testing.T) {
			s, out := open(t, "c_trap/c_trap-O0-dw5.wasm", func(c *Config) { c.Args = []string{test.mode} })
			stop := mustStop(t, s.Continue)
			trap := stop.Trap()
			if trap == nil || s.State() != Stopped {
				t.Fatalf("%v, output %s", stop, out)
			}
			if got, want := strings.Contains(trap.Text, "stack has overflowed"), strings.HasSuffix(test.mode, "stack"); got != want {
				t.Errorf("trap %q: overflow %v, want %v", trap.Text, got, want)
			}
			if trap.Trap != test.trap {
				t.Errorf("trap %d (%s), want %d", trap.Trap, trap.Text, test.trap)
			}
			frames, _, err := s.Frames(0, 20)
			if err != nil {
				t.Fatal(err)
			}
			for len(frames) > 0 && filepath.Base(frames[0].File) != "main.c" {
				frames = frames[1:]
			}
			if len(frames) == 0 || frames[0].Line != test.line || frames[0].Function != test.in {
				t.Errorf("frames %v, want %s at line %d", frames, test.in, test.line)
			}
			var text bytes.Buffer
			if err := s.WriteTrapBacktrace(&text, 40); err != nil || !strings.Contains(text.String(), fmt.Sprintf("main.c:%d", test.line)) {
				t.Errorf("%v:\n%s", err, &text)
			}
			if n := strings.Count(text.String(), "\n"); n > 60 {
				t.Errorf("a backtrace of %d lines", n)
			}
			if stop = mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != TrapStatus || stop.Err != nil {
				t.Errorf("after the trap: %v (%v)", stop, stop.Err)
			}
		})
	}
}

// TestDeepStack reads the ends of a very deep stack without unwinding more than needed.
func TestDeepStack(t *testing.T) {
	s, _ := open(t, "c_trap/c_trap-O0-dw5.wasm", func(c *Config) { c.Args = []string{"callstack"} })
	mustStop(t, s.Continue)
	start := time.Now()
	frames, more, err := s.Frames(0, 20)
	if err != nil || len(frames) != 20 || !more {
		t.Fatal(len(frames), more, err)
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("20 frames took %v", d)
	}
	n, more := 0, true
	for more && n < 1_000_000 {
		if frames, more, err = s.Frames(n, 1000); err != nil {
			t.Fatal(err)
		}
		n += len(frames)
	}
	if n < 1000 {
		t.Errorf("%d frames", n)
	}
	found := false
	for _, f := range frames {
		found = found || f.Function == "main"
	}
	if !found {
		t.Errorf("the outermost of %d frames are %v", n, frames)
	}
}

func TestBreakpointKinds(t *testing.T) {
	s, _ := open(t, "c_steps/c_steps-O0.wasm", nil)
	fact := mustBreak(t, s, BreakpointSpec{Function: "fact", Condition: "n == 2"})
	stop := mustStop(t, s.Continue)
	if ids := stop.Breakpoints(); len(ids) != 1 || ids[0] != fact.ID || stop.Frame.Line != 16 {
		t.Fatalf("%v at %v", stop, stop.Frame)
	}
	if v, err := s.Eval(0, "n"); err != nil || v.String() != "2" {
		t.Errorf("n = %v, %v", v, err)
	}
	// fact(4) is the first of three activations on the stack.
	if v, err := s.Eval(2, "n"); err != nil || v.String() != "4" {
		t.Errorf("n two frames out = %v, %v", v, err)
	}
	if err := s.RemoveBreakpoint(fact.ID); err != nil {
		t.Fatal(err)
	}
	if s.RemoveBreakpoint(fact.ID) == nil {
		t.Error("a breakpoint was removed twice")
	}

	// The same places by other names.
	place := fact.Places[0]
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	for _, spec := range []BreakpointSpec{
		{Text: &place.Text}, {Code: &place.Code}, {Offset: &place.Offset}, {File: "c_steps/main.c", Line: 16}, {File: place.File, Line: place.Line},
	} {
		b := mustBreak(t, s, spec)
		if len(b.Places) != 1 || b.Places[0] != place {
			t.Errorf("%v: %v, want %v", &spec, b.Places, place)
		}
	}
	stop = mustStop(t, s.Continue)
	if len(stop.Reasons) != 5 {
		t.Errorf("five breakpoints at one place: %v", stop)
	}
	for _, b := range s.Breakpoints() {
		if b.Hits != 1 {
			t.Errorf("breakpoint %d has %d hits", b.ID, b.Hits)
		}
		if _, err := s.ChangeBreakpoint(b.ID, BreakpointSpec{Disabled: true}); err != nil {
			t.Error(err)
		}
	}
	// Hits: classify is called four times.
	third := mustBreak(t, s, BreakpointSpec{Function: "classify", HitCondition: "3"})
	if stop = mustStop(t, s.Continue); !stop.Has(ReasonBreakpoint) || stop.Frame.Function != "classify" {
		t.Fatalf("%v", stop)
	}
	if v, err := s.Eval(0, "n"); err != nil || v.String() != "2" { // called with 0, 1, 2
		t.Errorf("n = %v, %v", v, err)
	}
	_ = s.RemoveBreakpoint(third.ID)
	// Temporary ones go when they have stopped.
	mustBreak(t, s, BreakpointSpec{Function: "is_even", Temporary: true})
	count := len(s.Breakpoints())
	if stop = mustStop(t, s.Continue); stop.Frame == nil || stop.Frame.Function != "is_even" {
		t.Fatalf("%v", stop)
	}
	if n := len(s.Breakpoints()); n != count-1 {
		t.Errorf("%d breakpoints of %d are left", n, count)
	}
	// A condition that fails says so and stops.
	mustBreak(t, s, BreakpointSpec{Function: "is_odd", Condition: "nosuch == 1"})
	if stop = mustStop(t, s.Continue); len(stop.Reasons) != 1 || stop.Reasons[0].Problem == nil {
		t.Errorf("%v", stop)
	}
}

func TestUnbound(t *testing.T) {
	s, _ := open(t, "c_steps/c_steps-O0.wasm", nil)
	for _, test := range []struct {
		spec BreakpointSpec
		want string
	}{
		{BreakpointSpec{File: "nosuch.c", Line: 1}, "nosuch.c"},
		{BreakpointSpec{File: "c_steps/main.c", Line: 1000}, "64"},
		{BreakpointSpec{Function: "clasify"}, "clasify"},
	} {
		b, err := s.SetBreakpoint(test.spec)
		if err != nil || b.Bound() || !strings.Contains(b.Message, test.want) {
			t.Errorf("%v: bound %v, %q, %v", &test.spec, b.Bound(), b.Message, err)
		}
	}
	b := mustBreak(t, s, BreakpointSpec{File: "c_steps/main.c", Line: 14})
	if b.Places[0].Line != 16 || !strings.Contains(b.Message, "moved to line 16") {
		t.Errorf("%v %q", b.Places, b.Message)
	}
	if _, err := s.SetBreakpoint(BreakpointSpec{Function: "main", Condition: "1 +"}); err == nil {
		t.Error("a condition that is no expression was accepted")
	}
}

// TestRandomStops runs programs under breakpoints, steps and pauses at random places: they
// must print what they print without.
func TestRandomStops(t *testing.T) {
	for _, name := range []string{"c_steps/c_steps-O0.wasm", "c_steps/c_steps-O2.wasm", "c_multi/c_multi-O0-dw5.wasm", "c_multi/c_multi-O2-dw5.wasm", "orders/orders.wasm", "orders/orders-release.wasm"} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s-%d", filepath.Base(name), seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 1))
				s, out := open(t, name, nil)
				want := strings.TrimSpace(expected(t, filepath.Dir(name)))
				var sites []abi.TextOffset
				for _, f := range s.image.funcs {
					for _, site := range f.Sites {
						sites = append(sites, site.Text)
					}
				}
				var insts []abi.TextOffset
				for range 20 {
					f := s.image.funcs[r.IntN(len(s.image.funcs))]
					list, err := s.DisassembleFunction(f.Text)
					if err != nil {
						t.Fatal(err)
					}
					insts = append(insts, list[r.IntN(len(list))].Text)
				}
				for i := range 60 {
					text := sites[r.IntN(len(sites))]
					if i < len(insts) {
						text = insts[i]
					}
					if b, err := s.SetBreakpoint(BreakpointSpec{Text: &text, HitCondition: fmt.Sprintf("< %d", 1+r.IntN(20))}); err != nil || !b.Bound() {
						t.Fatal(err, b.Message)
					}
				}
				for range 400 {
					var stop *Stop
					switch r.IntN(7) {
					case 0:
						stop = mustStop(t, s.StepOver)
					case 1, 2:
						stop = mustStop(t, s.StepIn)
					case 3:
						stop = mustStop(t, func() (*Stop, error) { return s.StepOut(0) })
					case 4:
						stop = mustStop(t, func() (*Stop, error) { return s.StepInstruction(r.IntN(2) == 0) })
					default:
						go s.Pause()
						stop = mustStop(t, s.Continue)
					}
					if stop.Trap() != nil {
						t.Fatalf("%v at %v", stop, stop.Frame)
					}
					if stop.Exited() {
						break
					}
					if _, _, err := s.Frames(0, 50); err != nil {
						t.Fatal(err)
					}
					if _, err := s.Locals(0); err != nil {
						t.Fatal(err)
					}
				}
				for _, b := range s.Breakpoints() {
					_ = s.RemoveBreakpoint(b.ID)
				}
				for s.State() != Exited {
					if stop := mustStop(t, s.Continue); stop.Trap() != nil {
						t.Fatalf("%v", stop)
					}
				}
				if got := strings.TrimSpace(out.String()); got != want {
					t.Errorf("output:\n%s\nwant:\n%s", got, want)
				}
			})
		}
	}
}

// TestPauseInHost stops a program that waits for input inside of a host function.
func TestPauseInHost(t *testing.T) {
	r, w := io.Pipe()
	s, out := open(t, "rs_calc/rs_calc-debug-dw5.wasm", func(c *Config) { c.Stdin = r })
	done := make(chan *Stop, 1)
	run := func() {
		stop, err := s.Continue()
		if err != nil {
			t.Error(err)
		}
		done <- stop
	}
	var b Breakpoint
	var stop *Stop
	var frames []*Frame
	var err error
	for again := true; again; again = err == nil && !frames[0].Host { // it may not have come to the input
		go run()
		for s.State() != Running {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
		if b.ID == 0 {
			b = mustBreak(t, s, BreakpointSpec{Function: "precedence", Condition: "op == '*'"}) // while it waits
		}
		s.Pause()
		select {
		case stop = <-done:
		case <-time.After(testPatience):
			t.Fatal("pause has no effect in a host function")
		}
		frames, _, err = s.Frames(0, 100)
	}
	if err != nil || !stop.Has(ReasonPause) || !frames[0].Host {
		t.Fatalf("%v, %v, %v", stop, frames, err)
	}
	inMain := false
	for i, f := range frames {
		if f.Function == "main::main" {
			inMain = true
			if vars, err := s.Locals(i); err != nil || len(vars) == 0 {
				t.Errorf("locals of main: %v, %v", vars, err)
			}
		}
	}
	if !inMain {
		t.Errorf("no frame of main in %v", frames)
	}
	go run()
	go func() {
		_, _ = io.WriteString(w, "1 + 2\n3 * 4\n")
		w.Close()
	}()
	if stop = <-done; !slices.Equal(stop.Breakpoints(), []int{b.ID}) {
		t.Fatalf("%v", stop)
	}
	if stop := mustStop(t, s.Continue); !stop.Exited() || !strings.Contains(out.String(), "12") {
		t.Errorf("%v, %s", stop, out)
	}
}

// TestSetVariable changes what the program does next.
func TestSetVariable(t *testing.T) {
	s, out := open(t, "c_callback/c_callback-O0.wasm", nil)
	mustBreak(t, s, BreakpointSpec{File: "c_callback/main.c", Line: 24})
	mustStop(t, s.Continue)
	old, err := s.Eval(0, "b")
	if err != nil || old.String() != "33" {
		t.Fatalf("b = %v, %v", old, err)
	}
	if v, err := s.SetVariable(0, "b", "a * 100"); err != nil || v.String() != "500" {
		t.Fatalf("b = %v, %v", v, err)
	}
	mustStop(t, s.Continue)
	if want := "a 5 b 500\ndone\n"; out.String() != want {
		t.Errorf("output %q, want %q", out, want)
	}
	// A value that was read before the program ran on is void.
	if c := old.Children(0, 1); old.String() == "33" && len(c) > 0 {
		t.Errorf("an old value is still read: %v", old)
	}
}

// TestRestartWithArguments keeps breakpoints and counts their hits anew.
func TestRestartWithArguments(t *testing.T) {
	s, out := open(t, "c_trap/c_trap-O0-dw5.wasm", nil)
	b := mustBreak(t, s, BreakpointSpec{Function: "main"})
	for _, mode := range []string{"exit", "rem0"} {
		out.Reset()
		if err := s.Restart([]string{mode}); err != nil {
			t.Fatal(err)
		}
		if stop := mustStop(t, s.Continue); !stop.Has(ReasonBreakpoint) {
			t.Fatalf("%v", stop)
		}
		if list := s.Breakpoints(); len(list) != 1 || list[0].Hits != 1 || list[0].ID != b.ID {
			t.Errorf("%+v", list)
		}
		mustStop(t, s.StepOver)
		if v, err := s.Eval(0, "mode"); err != nil || !strings.Contains(v.String(), mode) {
			t.Errorf("mode = %v, %v", v, err)
		}
		stop := mustStop(t, s.Continue)
		if mode == "exit" && stop.ExitCode != 7 || mode == "rem0" && stop.Trap() == nil {
			t.Errorf("%s: %v", mode, stop)
		}
	}
}

// TestInvoke runs an exported function with arguments.
func TestInvoke(t *testing.T) {
	s, _ := open(t, "c_steps/c_steps-O0.wasm", func(c *Config) { c.Invoke = "_start" })
	if stop := mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != 0 {
		t.Errorf("%v", stop)
	}
	if _, err := Open(t.Context(), Config{Program: "../testdata/programs/c_steps/c_steps-O0.wasm", Invoke: "nosuch", Compile: compileOnce("c_steps/c_steps-O0.wasm")}); err == nil || !strings.Contains(err.Error(), "_start") {
		t.Errorf("an unknown function: %v", err)
	}
}

func FuzzBreakpointTexts(f *testing.F) {
	f.Add(">= 3", "x is {x + 1}, {{literal}}")
	f.Add("% 0", "{")
	f.Fuzz(func(t *testing.T, hit, log string) {
		if h, err := parseHitCondition(hit); err == nil {
			if h.op == "<" && h.n <= 1 && h.holds(1) {
				t.Errorf("%q holds for the first hit", hit)
			}
		}
		_, _ = parseLogMessage(log)
	})
}
