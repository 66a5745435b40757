package debugger

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sphex/aot/wasm"
	"sphex/debugger/value"
)

// TestEmbeddedSource shows the source that a source map holds, which no file here has under its name.
func TestEmbeddedSource(t *testing.T) {
	s, _ := open(t, "asc_primes/bin/primes.wasm", nil)
	mustBreak(t, s, BreakpointSpec{Function: "print"})
	f := mustStop(t, s.Continue).Frame
	if _, ok := s.SourcePath(f.File); ok || !s.HasSource(f.File) {
		t.Errorf("%s: on disk %v, has source %v", f.File, ok, s.HasSource(f.File))
	}
	want, err := os.ReadFile("../testdata/programs/asc_primes/primes.ts")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Source(f.File); err != nil || strings.Join(got, "\n")+"\n" != string(want) {
		t.Errorf("%v: %q", err, got)
	}
	// A part of AssemblyScript's library, whose text is not in the map.
	i := slices.IndexFunc(s.Files(), func(f string) bool { return strings.HasSuffix(f, "rt/stub.ts") })
	if i < 0 || s.HasSource(s.Files()[i]) {
		t.Errorf("%q", s.Files())
	}
}

// TestModuleText compares the line of each stop site with the instruction that stands there.
func TestModuleText(t *testing.T) {
	for _, program := range []string{"wat_collatz/bin/collatz.wasm", "c_split/bin/names.wasm"} {
		s, _ := open(t, program, nil)
		im := s.image
		sites := 0
		for _, f := range im.funcs {
			body := &im.module.Code[int(f.Index)-im.module.NumImportedFuncs]
			var r wasm.Reader
			var in wasm.Inst
			r.Reset(im.module, body)
			for i := range f.Sites {
				r.Seek(f.Sites[i].Wasm)
				if !r.Next(&in) {
					t.Fatalf("%s: function %d: no instruction at %#x", program, f.Index, f.Sites[i].Wasm)
				}
				row, ok := im.table.Row(f.Sites[i].Text)
				if !ok || !row.Stmt {
					t.Fatalf("%s: function %d: no statement at the site of %#x", program, f.Index, in.Offset)
				}
				lines, first, _, err := s.SourcePart(row.File, row.Line, row.Line)
				if err != nil || first != row.Line || len(lines) != 1 {
					t.Fatalf("%s: line %d: %q, %v", program, row.Line, lines, err)
				}
				want := in.Op.String()
				if r.Offset() == body.End {
					want = ")"
				}
				if got, _, _ := strings.Cut(strings.TrimSpace(lines[0]), " "); got != want {
					t.Fatalf("%s: function %d: %s at %#x has line %d: %q", program, f.Index, want, in.Offset, row.Line, lines[0])
				}
				sites++
			}
		}
		if sites < 90 {
			t.Errorf("%s: %d sites", program, sites)
		}
	}
}

// TestOperandStack steps through a program instruction by instruction, and checks what each did
// to the operand stack, the locals and the globals, all of which are variables.
func TestOperandStack(t *testing.T) {
	s, _ := open(t, "wat_collatz/bin/collatz.wasm", func(c *Config) { c.StopOnEntry = true })
	text, err := s.Source("wasm:/collatz.wat")
	if err != nil {
		t.Fatal(err)
	}
	number := func(v *value.Variable) int64 {
		t.Helper()
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil {
			t.Fatalf("%s is %s", v.Name, v)
		}
		return n
	}
	variable := func(name string) int64 {
		t.Helper()
		v, err := s.Eval(0, strings.TrimPrefix(name, "$"))
		if err != nil {
			t.Fatal(err)
		}
		return number(v)
	}
	stack := func() (list []int64) {
		t.Helper()
		vars, err := s.Locals(0)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vars {
			if v.Name == "stack"+strconv.Itoa(len(list)) {
				list = append(list, number(v))
			}
		}
		return list
	}
	checked := map[string]int{}
	f := mustStop(t, s.Continue).Frame
	for range 2500 {
		before, level := stack(), f.Function
		op, arg, _ := strings.Cut(strings.TrimSpace(text[f.Line-1]), " ")
		n := len(before)
		var want []int64
		known := true
		switch op {
		case "local.get", "global.get":
			want = append(before, variable(arg))
		case "i32.const", "i64.const":
			v, err := strconv.ParseInt(arg, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			want = append(before, v)
		case "i32.add", "i64.add":
			want = append(before[:n-2:n-2], before[n-2]+before[n-1])
		case "i32.sub":
			want = append(before[:n-2:n-2], before[n-2]-before[n-1])
		case "i64.mul":
			want = append(before[:n-2:n-2], before[n-2]*before[n-1])
		case "i64.and":
			want = append(before[:n-2:n-2], before[n-2]&before[n-1])
		case "i64.shr_u":
			want = append(before[:n-2:n-2], before[n-2]>>before[n-1])
		case "i32.wrap_i64", "i64.extend_i32_u":
			want = before
		case "local.set", "global.set", "drop":
			want = before[:n-1]
		case "local.tee":
			want = before
		case "i32.store", "i32.store8":
			want = before[:n-2]
		default:
			known = false
		}
		stop, err := s.StepIn()
		if err != nil {
			t.Fatal(err)
		}
		if stop.Exited() {
			break
		}
		f = stop.Frame
		if !known || f.Function != level {
			continue
		}
		if got := stack(); !slices.Equal(got, want) {
			t.Fatalf("%s %s on %v leaves %v, want %v", op, arg, before, got, want)
		}
		if strings.HasSuffix(op, ".set") || op == "local.tee" {
			if got := variable(arg); got != before[n-1] {
				t.Fatalf("%s %s of %d: it is %d", op, arg, before[n-1], got)
			}
		}
		checked[op]++
	}
	for _, op := range []string{"local.get", "global.get", "i32.const", "i64.add", "i64.mul", "i64.and", "i64.shr_u", "local.set", "global.set"} {
		if checked[op] < 5 {
			t.Errorf("%s was checked %d times", op, checked[op])
		}
	}
}

// TestTextOfOtherModules asks for lines that are not there.
func TestTextOfOtherModules(t *testing.T) {
	s, _ := open(t, "wat_collatz/bin/collatz.wasm", nil)
	for _, r := range [][2]int{{1000, 1010}, {5, 4}, {-3, 0}} {
		if lines, _, total, err := s.SourcePart("wasm:/collatz.wat", r[0], r[1]); err != nil || len(lines) > 0 || total != 139 {
			t.Errorf("%v: %q of %d, %v", r, lines, total, err)
		}
	}
	if _, err := s.Eval(0, "steps"); !errors.Is(err, ErrLoaded) {
		t.Errorf("%v", err)
	}
}
