package debugger

import (
	"context"
	"strings"
	"testing"
)

func linkedProgram(t *testing.T) Config {
	return Config{
		Program:     programPath(t, "c_linked/main.wasm"),
		Preloads:    []Preload{{Name: "lib", Path: programPath(t, "c_linked/lib.wasm")}},
		StubImports: StubTrap,
	}
}

// A program of two modules is stopped where it calls into the other one, and traps there: frames of the other module
// are named in between, and its own frames keep their variables.
func TestLinkedModules(t *testing.T) {
	cfg := linkedProgram(t)
	cfg.Invoke, cfg.InvokeArgs = "average", []string{"0"}
	s, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mustBreak(t, s, BreakpointSpec{File: "main.c", Line: 19})
	for spec, want := range map[*BreakpointSpec]string{{File: "lib.c", Line: 7}: "in lib, which is preloaded", {Function: "add"}: "connect --instance lib", {Function: "nowhere"}: "no function nowhere"} {
		b, err := s.SetBreakpoint(*spec)
		if err != nil || len(b.Places) > 0 || !strings.Contains(b.Message, want) || strings.Contains(b.Message, "preloaded") != (want != "no function nowhere") {
			t.Errorf("%v: %q %v", spec, b.Message, err)
		}
	}
	mustStop(t, s.Continue)
	if v, err := s.Eval(0, "all"); err != nil || v.String() != "1" { // total begins with 1
		t.Errorf("all = %v, %v", v, err)
	}
	for range 2 { // again after a restart, with new instances of both
		stop := mustStop(t, s.Continue)
		if stop.Trap() == nil {
			t.Fatalf("stopped for %v", stop)
		}
		frames, _, err := s.Frames(0, 10)
		if err != nil || len(frames) != 3 {
			t.Fatalf("%v %v", frames, err)
		}
		if f := frames[0]; !f.Host || f.Function != "(lib: divide at /src/c_linked/lib.c:11)" {
			t.Errorf("frame 0 is %+v", f)
		}
		if f := frames[2]; f.Function != "average" || f.Line != 19 {
			t.Errorf("frame 2 is %+v", f)
		}
		if v, err := s.Eval(2, "all"); err != nil || v.String() != "1" {
			t.Errorf("all = %v, %v", v, err)
		}
		if err := s.Restart(nil); err != nil {
			t.Fatal(err)
		}
		mustStop(t, s.Continue)
	}
}

// A debugger that attaches to the library's instance has its breakpoints, variables and statics, also while the program calls it.
func TestAttachToPreloaded(t *testing.T) {
	var h Host
	ctx := context.Background()
	attached := make(chan *Session, 1)
	ended := make(chan *HostedRun, 1)
	go func() {
		run, err := h.Run(ctx, linkedProgram(t), func() {
			s, err := h.Attach(ctx, "lib", Config{Program: programPath(t, "c_linked/lib.wasm")})
			if err != nil {
				t.Error(err)
			}
			attached <- s
		})
		if err != nil {
			t.Error(err)
		}
		ended <- run
	}()
	s := <-attached
	if s == nil {
		t.FailNow()
	}
	mustBreak(t, s, BreakpointSpec{File: "lib.c", Line: 7})
	for i := range 2 {
		stop := mustStop(t, s.Continue)
		if !stop.Has(ReasonBreakpoint) || stop.Frame.Function != "add" || stop.Frame.Line != 7 {
			t.Fatalf("stopped at %v for %v", stop.Frame, stop)
		}
		// total is 1 and then 1 + 0; the library's initialize has set calls to 10.
		for expr, want := range map[string]string{"sum": []string{"1", "2"}[i], "b": []string{"0", "1"}[i], "calls": []string{"11", "12"}[i]} {
			if v, err := s.Eval(0, expr); err != nil || v.String() != want {
				t.Errorf("%s = %v, want %s: %v", expr, v, want, err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if run := <-ended; run == nil || run.ExitCode != 37 {
		t.Errorf("the run ended with %+v", run)
	}
}

func TestParseAndRenderValues(t *testing.T) {
	for _, bad := range []string{"", "-", "+1", "0x", "1.0", "--1", "0x-1", "1_0", "4294967296", "-2147483649", "0x100000000"} {
		if v, err := parseInteger(bad, 32); err == nil {
			t.Errorf("%q is %d", bad, v)
		} else if !strings.Contains(err.Error(), "32-bit") {
			t.Error(err)
		}
	}
	for text, want := range map[string]uint64{"-2147483648": 1 << 31, "-0x1": 1<<32 - 1, "0XfF": 255, "007": 7} {
		if v, err := parseInteger(text, 32); err != nil || v[0] != want || v[1] != 0 {
			t.Errorf("%q is %d, %v", text, v, err)
		}
	}
}
