package debugger

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"sphex/runtime/coredump"
)

func openCore(t *testing.T, name string, dump []byte) *Session {
	t.Helper()
	s, err := OpenCore(context.Background(), Config{Program: filepath.Join("..", "testdata", "programs", name), Compile: compileOnce(name)}, dump)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// everything renders the frames with their variables.
func everything(t *testing.T, s *Session) string {
	t.Helper()
	frames, _, err := s.Frames(0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range frames {
		b.WriteString(f.Brief() + "\n")
		args, err := s.Arguments(f.Level)
		if err != nil {
			t.Fatal(err)
		}
		locals, err := s.Locals(f.Level)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range append(args, locals...) {
			b.WriteString("  " + v.Name + " = " + v.String() + "\n")
		}
	}
	return b.String()
}

// A dump shows what the live program showed: frames and all variables.
func TestCoreOfProgram(t *testing.T) {
	for _, r := range []struct{ program, function, condition string }{
		{"orders/orders.wasm", "main::total", ""},
		{"orders/orders-release.wasm", "main::order", ""},
		{"c_ledger/c_ledger-O0.wasm", "fact", "n == 1"},
		{"c_ledger/c_ledger-O2.wasm", "snprintf", ""},
		{"cpp_shapes/cpp_shapes-O0.wasm", "main", ""},
	} {
		if files, _ := filepath.Glob(filepath.Join("..", "testdata", "programs", r.program)); files == nil {
			continue
		}
		t.Run(filepath.Base(r.program), func(t *testing.T) {
			live, _ := open(t, r.program, nil)
			mustRunTo(t, live, r.function, r.condition)
			want := everything(t, live)
			dump, err := live.WriteCore("program.wasm")
			if err != nil {
				t.Fatal(err)
			}
			dead := openCore(t, r.program, dump)
			dead.shown, dead.stack = live.shown, nil // what a stop hides is not in the dump
			if got := everything(t, dead); got != want {
				g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
				for i := range w {
					if i >= len(g) || g[i] != w[i] {
						t.Fatalf("line %d:\n got %s\nwant %s", i, at(g, i), w[i])
					}
				}
			}
			for _, run := range []func() (*Stop, error){dead.Continue, dead.StepIn, dead.StepOver,
				func() (*Stop, error) { return dead.StepInstruction(false) },
				func() (*Stop, error) { return dead.ReturnEarly(0, "1") },
				func() (*Stop, error) { return nil, dead.Restart(nil) }} {
				_, err := run()
				mustFailWith(t, err, "core dump")
			}
		})
	}
}

// Dumps of wasmtime hold no locals: where a function takes a fixed room on its stack, what is there is found all the same.
func TestCoreWithoutLocals(t *testing.T) {
	const program = "c_trap/c_trap-O0-dw5.wasm"
	live, _ := open(t, program, func(c *Config) { c.Args = []string{"div0"} })
	stop, err := live.Continue()
	if err != nil || stop.Trap() == nil {
		t.Fatal(stop, err)
	}
	b, err := live.WriteCore("c_trap.wasm")
	if err != nil {
		t.Fatal(err)
	}
	d, err := coredump.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Threads[0].Frames {
		f := &d.Threads[0].Frames[i]
		f.Locals, f.Stack = nil, nil
	}
	d.Threads[0].Frames = append(d.Threads[0].Frames, coredump.Frame{Instance: coredump.Absent, Func: coredump.Absent})
	s := openCore(t, program, d.Bytes())
	frames, _, err := s.Frames(0, 2)
	if err != nil || len(frames) != 2 || frames[0].Function != "div_by" || frames[1].Line != 35 {
		t.Fatal(frames, err)
	}
	for expr, want := range map[string]string{"a": "6", "b": "0"} {
		wantValue(t, s, expr, want)
	}
	if v, err := s.Eval(1, "local"); err != nil || v.String() != "6" { // argc * 3
		t.Errorf("local = %v, %v", v, err)
	}
	if v, err := s.Eval(1, "cfg.name"); err != nil || !strings.HasSuffix(v.String(), `"default"`) {
		t.Errorf("cfg.name = %v, %v", v, err)
	}
}

// What is no dump, or another program's, is refused in words.
func TestCoreRefused(t *testing.T) {
	cfg := Config{Program: filepath.Join("..", "testdata", "programs", "c_trap/c_trap-O0-dw5.wasm"), Compile: compileOnce("c_trap/c_trap-O0-dw5.wasm")}
	for _, d := range []coredump.Dump{
		{Threads: []coredump.Thread{{}}, Memories: []coredump.Memory{{Pages: 1}}},
		{Threads: []coredump.Thread{{}}, Memories: []coredump.Memory{{Pages: 1 << 40}}},
	} {
		if s, err := OpenCore(context.Background(), cfg, d.Bytes()); err == nil {
			s.Close()
			t.Errorf("%+v is opened", d)
		}
	}
	if _, err := OpenCore(context.Background(), cfg, []byte("no dump")); err == nil {
		t.Error("text is opened")
	}
	// Indices and offsets that fit nothing are left out.
	d := coredump.Dump{Threads: []coredump.Thread{{Frames: []coredump.Frame{{Func: 7, Code: 1 << 31}, {Func: 1 << 30}, {Func: 9, Locals: make([]coredump.Value, 5)}}}}}
	s, err := OpenCore(context.Background(), cfg, d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_ = everything(t, s)
}
