//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime"
	"sphex/runtime/wasi"
)

// program compiles a program of testdata.
func program(t testing.TB, path string) *runtime.Module {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "programs", path))
	if err != nil {
		t.Fatal(err)
	}
	o, err := aot.Compile(b, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := runtime.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// launch makes an instance with WASI that writes to out.
func launch(t testing.TB, m *runtime.Module, stdin string, out *bytes.Buffer, args ...string) *runtime.Instance {
	t.Helper()
	sys, err := wasi.New(wasi.Config{Args: append([]string{"program"}, args...), Stdin: strings.NewReader(stdin), Stdout: out, Stderr: out})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sys.Close() })
	imports := runtime.NewImports()
	sys.Define(imports)
	in, err := runtime.Instantiate(context.Background(), m, imports, runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	return in
}

// entry returns the index of _start.
func entry(in *runtime.Instance) uint32 {
	_, i := in.ExportedFunc("_start").Instance()
	return i
}

func innermostFrame(t testing.TB, in *runtime.Instance) runtime.Frame {
	t.Helper()
	for f := range in.Frames() {
		return f
	}
	t.Fatal("no frames")
	return runtime.Frame{}
}

// expected is what a program of testdata prints.
func expected(t testing.TB, program string) (stdin, stdout string) {
	t.Helper()
	dir := filepath.Join("..", "testdata", "programs", program)
	in, _ := os.ReadFile(filepath.Join(dir, "stdin.txt"))
	out, err := os.ReadFile(filepath.Join(dir, "expected.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(in), string(out)
}

// record is a frame of the shadow stack: what held when its function was entered.
type record struct {
	cfa    abi.Addr
	caller abi.TextOffset // where it returns to
	regs   map[codemap.Reg][2]uint64
}

// TestUnwindEveryInstruction steps through real programs one instruction at a time, beside a
// stack of its own that it keeps from the calls and returns that it sees, and compares: at
// every instruction, prologues and epilogues too, the unwinder must find the same frames with
// the registers that their functions had.
func TestUnwindEveryInstruction(t *testing.T) {
	for _, p := range []struct{ dir, file string }{
		{"c_steps", "c_steps-O0.wasm"}, {"c_steps", "c_steps-O2.wasm"}, {"c_types", "c_types-O2-dw5.wasm"},
		{"cpp_shapes", "cpp_shapes-O2.wasm"}, {"rs_calc", "rs_calc-release.wasm"}, {"orders", "orders.wasm"},
		{"rs_kinds", "rs_kinds-debug.wasm"}, // big frames
	} {
		t.Run(p.file, func(t *testing.T) {
			stdin, want := expected(t, p.dir)
			m := program(t, filepath.Join(p.dir, p.file))
			var out bytes.Buffer
			in := launch(t, m, stdin, &out)
			if err := in.Start(context.Background(), entry(in)); err != nil {
				t.Fatal(err)
			}
			limit := 60000
			if testing.Short() {
				limit = 3000
			}
			steps, frames := shadow(t, in, limit)
			t.Logf("%d instructions, %d frames compared", steps, frames)
			s := in.Resume()
			if s.Reason != runtime.StopExited && s.Reason != runtime.StopReturned || s.ExitCode != 0 {
				t.Fatal(s)
			}
			if out.String() != want {
				t.Fatalf("stepping changed the output:\n%s\nwant\n%s", &out, want)
			}
		})
	}
}

// kept are the registers that a function may keep for its caller: those that any function of
// the module saves.
func kept(m *runtime.Module) []codemap.Reg {
	set := map[codemap.Reg]bool{}
	for i := range m.Map().Funcs {
		for _, s := range m.Map().Funcs[i].Frame.Saved {
			set[s.Reg] = true
		}
	}
	var rs []codemap.Reg
	for r := range set {
		rs = append(rs, r)
	}
	return rs
}

func shadow(t *testing.T, in *runtime.Instance, limit int) (steps, compared int) {
	m := in.Module()
	regs := kept(m)
	var stack []record
	in.Pause()
	s := in.Resume()
	for ; steps < limit && !s.Final(); steps++ {
		if s.Reason != runtime.StopPaused && s.Reason != runtime.StopStep {
			t.Fatalf("step %d: %v", steps, s)
		}
		k := 0
		var last runtime.Frame
		for f := range in.Frames() {
			last = f
			if f.Thunk != nil && f.Thunk.Kind == codemap.EntryThunk {
				break
			}
			if k > 0 && k <= len(stack) {
				want := stack[len(stack)-k]
				if f.PC != want.caller {
					t.Fatalf("step %d at %#x: frame %d stands at %#x, want %#x", steps, s.PC, k, f.PC, want.caller)
				}
				for r, v := range want.regs {
					if got, ok := f.Reg(r); ok && got[0] != v[0] {
						t.Fatalf("step %d at %#x: frame %d at %#x: register %d = %#x, want %#x", steps, s.PC, k, f.PC, r, got, v)
					}
				}
			}
			if k < len(stack) && f.CFA != stack[len(stack)-1-k].cfa {
				t.Fatalf("step %d at %#x: frame %d at %#x: CFA %#x, want %#x", steps, s.PC, k, f.PC, f.CFA, stack[len(stack)-1-k].cfa)
			}
			compared++
			if k++; k > 30 && rand.IntN(50) > 0 {
				break // deep ones now and then
			}
		}
		if k <= 30 && k != len(stack) {
			t.Fatalf("step %d at %#x: %d frames, want %d; the last at %#x", steps, s.PC, k, len(stack), last.PC)
		}
		before := innermostFrame(t, in)
		s = in.StepInstruction()
		if s.Final() {
			break
		}
		after := innermostFrame(t, in)
		switch {
		case after.SP == before.SP-8 && begins(m, after.PC): // a call
			r := record{cfa: after.SP + 8, regs: map[codemap.Reg][2]uint64{}}
			var word [8]byte
			if err := in.ReadNative(after.SP, word[:]); err != nil {
				t.Fatal(err)
			}
			ret := abi.Addr(0)
			for i := 7; i >= 0; i-- {
				ret = ret<<8 | abi.Addr(word[i])
			}
			r.caller, _ = m.TextOffset(ret)
			for _, g := range regs {
				if v, ok := before.Reg(g); ok {
					r.regs[g] = v
				}
			}
			stack = append(stack, r)
		case len(stack) > 0 && after.SP == stack[len(stack)-1].cfa && after.PC == stack[len(stack)-1].caller: // its return
			stack = stack[:len(stack)-1]
		}
	}
	return steps, compared
}

// begins reports whether pc is the first instruction of a function or a thunk.
func begins(m *runtime.Module, pc abi.TextOffset) bool {
	if f := m.FuncAt(pc); f != nil {
		return f.Text == pc
	}
	th := m.ThunkAt(pc)
	return th != nil && th.Text == pc
}

// TestRandomStops stops a program at random places in every way there is; its output stays.
func TestRandomStops(t *testing.T) {
	for _, p := range []struct{ dir, file string }{
		{"rs_calc", "rs_calc-release.wasm"}, {"c_multi", "c_multi-O0-dw5.wasm"}, {"rs_types", "rs_types-release-dw5.wasm"}, {"cpp_shapes", "cpp_shapes-O0.wasm"},
	} {
		t.Run(p.file, func(t *testing.T) {
			stdin, want := expected(t, p.dir)
			m := program(t, filepath.Join(p.dir, p.file))
			for round := range 3 {
				var out bytes.Buffer
				in := launch(t, m, stdin, &out)
				var set []abi.TextOffset
				toggle := func() {
					if len(set) > 400 {
						if err := in.ClearBreakpoint(set[0]); err != nil {
							t.Fatal(err)
						}
						set = set[1:]
						return
					}
					f := &m.Map().Funcs[rand.IntN(len(m.Map().Funcs))]
					pc := f.Text
					switch {
					case len(f.Sites) > 0 && rand.IntN(3) > 0:
						pc = f.Sites[rand.IntN(len(f.Sites))].Text
					case len(f.Insts) > 0:
						pc = f.Insts[rand.IntN(len(f.Insts))].Text
					}
					if in.SetBreakpoint(pc) == nil {
						set = append(set, pc)
						if rand.IntN(2) == 0 {
							if err := in.SetHook(pc, func(*runtime.Hit) bool { return rand.IntN(20) == 0 }); err != nil {
								t.Fatal(err)
							}
						}
					}
				}
				for range 400 {
					toggle()
				}
				if err := in.Start(context.Background(), entry(in)); err != nil {
					t.Fatal(err)
				}
				in.Pause()
				counts := map[runtime.StopReason]int{}
				s := in.Resume()
				for n := 0; !s.Final(); n++ {
					counts[s.Reason]++
					if s.Reason == runtime.StopTrap || s.Reason == runtime.StopFault {
						t.Fatal(s)
					}
					k := 0
					for f := range in.Frames() {
						if f.Func == nil && f.Thunk == nil && f.Host == nil {
							t.Fatalf("%v: frame %d at %#x is nowhere", s, k, f.PC)
						}
						k++
					}
					for range rand.IntN(3) {
						toggle()
					}
					if n > 3000 {
						for _, pc := range set {
							in.ClearBreakpoint(pc)
						}
						set = nil
						s = in.Resume()
						continue
					}
					switch rand.IntN(8) {
					case 0, 1, 2:
						s = in.StepInstruction()
					case 3:
						if f := m.FuncAt(s.PC); f != nil {
							s = in.StepRange(f.Text, f.TextEnd)
						} else {
							s = in.StepInstruction()
						}
					case 4:
						in.Pause()
						s = in.Resume()
					default:
						s = in.Resume()
					}
				}
				if s.Reason != runtime.StopExited && s.Reason != runtime.StopReturned || s.ExitCode != 0 || out.String() != want {
					t.Fatalf("round %d: %v, output:\n%s", round, s, &out)
				}
				t.Logf("round %d: %v", round, counts)
			}
		})
	}
}
