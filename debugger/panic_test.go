package debugger

import (
	"regexp"
	"strings"
	"testing"
)

// TestPanicStops lets programs give up in many ways and compares what the stop says with what the program
// itself prints right behind it.
func TestPanicStops(t *testing.T) {
	for _, program := range []string{"rs_panic/rs_panic-debug.wasm", "rs_panic/rs_panic-release-dw5.wasm", "rs_panic/rs_panic-163-lto.wasm"} {
		for _, test := range []struct {
			mode string
			line int // in main.rs
		}{
			{"unwrap", 12}, {"oob", 15}, {"div0", 27}, {"divmin", 27}, {"expect", 71}, {"key", 72}, {"slice", 73},
			{"str", 74}, {"refcell", 45}, {"unreachable", 76}, {"todo", 77}, {"assert", 78},
		} {
			t.Run(program+" "+test.mode, func(t *testing.T) {
				s, out := open(t, program, func(c *Config) { c.Args, c.CatchPanics = []string{test.mode}, true })
				stop := mustStop(t, s.Continue)
				if !stop.Has(ReasonPanic) || stop.Event() == nil {
					t.Fatalf("%v", stop)
				}
				if strings.Contains(out.String(), "panicked") || strings.Contains(out.String(), "drop") {
					t.Errorf("it stopped too late: %s", out)
				}
				frames, _, err := s.Frames(0, 20)
				if err != nil {
					t.Fatal(err)
				}
				for len(frames) > 0 && (frames[0].Machinery || !strings.HasSuffix(frames[0].File, "/rs_panic/main.rs")) {
					frames = frames[1:]
				}
				if len(frames) == 0 || frames[0].Line != test.line {
					t.Errorf("frames %v, want line %d", frames, test.line)
				}
				text := stop.Event().Text
				stop = mustStop(t, s.Continue)
				if stop.Trap() == nil { // the abort behind it is no second panic
					t.Errorf("then %v", stop)
				}
				if want := printedPanic(out.String()); text != want {
					t.Errorf("the stop says\n%s\nand the program\n%s", text, want)
				}
			})
		}
	}
}

// printedPanic puts the message of Rust's default hook, of old and of new, in our form: message (place).
func printedPanic(out string) string {
	if m := regexp.MustCompile(`(?s)panicked at '(.*)', (\S+:\d+:\d+)\n`).FindStringSubmatch(out); m != nil {
		return m[1] + " (" + m[2] + ")"
	}
	m := regexp.MustCompile(`(?s)panicked at (\S+:\d+:\d+):\n(.*?)\nnote: `).FindStringSubmatch(out)
	if m == nil {
		return "(no panic in: " + out + ")"
	}
	return m[2] + " (" + m[1] + ")"
}

// TestPanicsOfC stops where C programs give up: the texts are those of the source and of musl.
func TestPanicsOfC(t *testing.T) {
	for _, program := range []string{"c_trap/c_trap-O0-dw5.wasm", "c_trap/c_trap-O2-dw4.wasm"} {
		for _, test := range []struct{ mode, text string }{
			{"abort", "abort was called"},
			{"assert", `assertion failed: local == 0 && "local must be zero" (main.c:45: main)`},
		} {
			s, _ := open(t, program, func(c *Config) { c.Args, c.CatchPanics = []string{test.mode}, true })
			stop := mustStop(t, s.Continue)
			if e := stop.Event(); e == nil || e.Kind != ReasonPanic || e.Text != test.text {
				t.Errorf("%s %s: %v, want %s", program, test.mode, stop, test.text)
			}
			if stop = mustStop(t, s.Continue); stop.Trap() == nil {
				t.Errorf("%s %s: then %v", program, test.mode, stop)
			}
		}
	}
}

// TestTrapWords checks what stops say of traps: operands by hand from the source.
func TestTrapWords(t *testing.T) {
	for _, test := range []struct{ mode, text string }{
		{"div0", "integer divide by zero: i32.div_s of 6 by 0"},
		{"divmin", "integer overflow: i32.div_s of -2147483648 by -1"},
		{"rem0", "integer divide by zero: i32.rem_s of 6 by 0"},
		{"float", "integer overflow: i32.trunc_f64_s of a number out of range"},
		{"nan", "invalid conversion to integer: i32.trunc_f64_s of NaN"},
		{"oob", "out of bounds memory access: load of 4 bytes at 0x80000180, beyond the memory of 0x20000 bytes (i32.load)"},
		{"oobwrite", "out of bounds memory access: store of 1 byte at 0xffffffff, beyond the memory of 0x20000 bytes (i32.store8)"},
		{"unreachable", "unreachable"},
		{"nullcall", "uninitialized element: indirect call of element 0, which is null"},
		{"badcall", "undefined element: indirect call of element 99999 of a table of "},
		{"sigcall", "indirect call type mismatch: indirect call of element "},
	} {
		for _, program := range []string{"c_trap/c_trap-O0-dw5.wasm", "c_trap/c_trap-O2-dw4.wasm"} {
			if test.mode == "nullcall" && strings.Contains(program, "-O2") {
				continue // the compiler leaves it out
			}
			s, _ := open(t, program, func(c *Config) { c.Args = []string{test.mode} })
			stop := mustStop(t, s.Continue)
			trap := stop.Trap()
			if trap == nil || !strings.HasPrefix(trap.Text, test.text) || !strings.HasSuffix(test.text, " ") && trap.Text != test.text {
				t.Errorf("%s %s: %v, want %s", program, test.mode, stop, test.text)
			}
			if test.mode == "sigcall" && !strings.HasSuffix(trap.Text, ": it is wrong, (f64, f64) -> f64, and the call expects (i32)") {
				t.Errorf("%s: %s", test.mode, trap.Text)
			}
		}
	}
}

// TestCatchpoints catches host calls by name, the exit, and nothing where it is switched off.
func TestCatchpoints(t *testing.T) {
	s, out := open(t, "c_trap/c_trap-O0-dw5.wasm", func(c *Config) { c.Args = []string{"exit"} })
	set := func(spec BreakpointSpec) Breakpoint {
		t.Helper()
		b, err := s.SetBreakpoint(spec)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	write := set(BreakpointSpec{Catch: CatchHost, CatchName: "fd_wr*"})
	set(BreakpointSpec{Catch: CatchExit})
	if b := set(BreakpointSpec{Catch: CatchHost, CatchName: "nosuch"}); b.Bound() || b.Message == "" {
		t.Errorf("a host function that is not there: %+v", b)
	}
	stop := mustStop(t, s.Continue)
	if e := stop.Event(); e == nil || !strings.HasPrefix(e.Text, "call of wasi_snapshot_preview1.fd_write(1, ") || len(stop.Breakpoints()) != 1 || out.Len() > 0 {
		t.Fatalf("%v, output %q", stop, out)
	}
	if frames, _, err := s.Frames(0, 30); err != nil || len(frames) < 3 || frames[1].Function != "__wasi_fd_write" {
		t.Errorf("frames %v, %v", frames, err)
	}
	stop = mustStop(t, s.Continue)
	if e := stop.Event(); e == nil || e.Catch != CatchExit || e.Text != "the program exits with status 7" || out.String() != "mode exit local 6\n" {
		t.Errorf("%v, output %q", stop, out)
	}
	if stop = mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != 7 {
		t.Errorf("%v", stop)
	}

	// A program that only returns from main, and a trap that nobody wants to see.
	if err := s.Restart([]string{}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveBreakpoint(write.ID); err != nil {
		t.Fatal(err)
	}
	stop = mustStop(t, s.Continue)
	if e := stop.Event(); e == nil || e.Text != "the program ends" || !strings.HasSuffix(out.String(), "survived 3\n") {
		t.Errorf("%v, output %q", stop, out)
	}
	if err := s.Restart([]string{"div0"}); err != nil {
		t.Fatal(err)
	}
	for _, b := range s.Catchpoints() {
		if b.ID == trapCatchpoint {
			b.Disabled = true
			if _, err := s.ChangeBreakpoint(b.ID, b.BreakpointSpec); err != nil {
				t.Fatal(err)
			}
		}
	}
	if stop = mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != TrapStatus || stop.Err == nil {
		t.Errorf("an uncaught trap: %v", stop)
	}
}

// TestThrowWithoutExceptions stops where the library of a C++ program that is compiled without
// exceptions would throw, and where it gives up, with the text that it would print.
func TestThrowWithoutExceptions(t *testing.T) {
	s, _ := open(t, "cpp_check/cpp_check-O0.wasm", func(c *Config) { c.CatchPanics = true })
	mustBreak(t, s, BreakpointSpec{Catch: CatchThrow})
	stop := mustStop(t, s.Continue)
	if e := stop.Event(); e == nil || e.Catch != CatchThrow || e.Text != "the library throws out_of_range, without exceptions" {
		t.Fatalf("%v", stop)
	}
	frames, _, err := s.Frames(0, 4)
	if err != nil || len(frames) < 3 || frames[1].Short != "std::__2::vector<int>::at" && frames[1].Line != 17 || frames[2].Line != 25 {
		t.Errorf("%v, %v", frames, err)
	}
	stop = mustStop(t, s.Continue)
	if e := stop.Event(); !stop.Has(ReasonPanic) || e == nil || e.Text != `out_of_range was thrown in -fno-exceptions mode with message "vector"` {
		t.Errorf("%v", stop)
	}
}
