package proof

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/internal/testneeds"
)

// sample is what a test proves.
type sample struct {
	path string
	runs [][]string
	// live is how many pairs must at least have been compared while the program ran.
	live  int
	each  bool // look at each instruction, too
	calls int
	flat  bool // no frame further out has variables
	bare  bool // without its names and debug information: the text is the source
}

var programs = []sample{
	{path: "c_types/c_types-O0-dw5", live: 2700, calls: 1},
	{path: "c_types/c_types-O2-dw4", live: 1900, each: true},
	{path: "c_kinds/c_kinds-O2", live: 1000},
	{path: "c_trap/c_trap-O2-dw4", live: 700, runs: [][]string{{"div0"}, {"float"}, {"badcall"}, {"assert"}, {"memcpy"}}},
	// The stack goes below address 0, where its pointer is near 2^32.
	{path: "c_trap/c_trap-O0-dw5", live: 600, runs: [][]string{{"stack"}}},
	// Operands where out-of-line code traps.
	{path: "c_trap/c_trap-O2-dw4", live: 35_000, runs: [][]string{{"badcall"}, {"divmin"}, {"float"}, {"memcpy"}}, bare: true},
	// Entry values, procedures, values of variables.
	{path: "ops/ops", live: 146, flat: true},
	{path: "c_half/c_half-O2", live: 22},
	{path: "c_old/c_old-O2", live: 55},
	{path: "rs_half/rs_half-O1", live: 10},
	{path: "cpp_shapes/cpp_shapes-O0", live: 1000},
	{path: "cpp_shapes/cpp_shapes-O2", live: 1000, each: true},
	{path: "cpp_kinds/cpp_kinds-O2", live: 1000},
	{path: "orders/orders", live: 1600, calls: 1},
	{path: "orders/orders-release", live: 1100, each: true},
	{path: "rs_kinds/rs_kinds-release", live: 1000},
	{path: "c_vectors/c_vectors-O0", live: 700},
	{path: "c_vectors/c_vectors-O2", live: 1350, each: true}, // vectors in registers, on the stack and in constants
	{path: "c_tail/c_tail-O0", live: 20, flat: true},
	{path: "c_far/c_far-O0", live: 59, flat: true},
	{path: "c_far/c_far-O2", live: 51},
	{path: "cpp_throw/cpp_throw-O0", live: 100},
	{path: "cpp_throw/cpp_throw-O2", live: 50},
	{path: "cpp_exc/cpp_exc-exnref-O2", live: 1500},
	{path: "rs_panic/rs_panic-release-dw5", live: 500, runs: [][]string{{"unwrap"}, {"oob"}, {"div0"}}},
}

// exceptions are what is not conserved, and why: by program, kind, function and variable. One that
// holds again must go.
var exceptions = map[string]string{}

func readProgram(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(testneeds.Unpacked(t, filepath.Join("..", "..", "testdata", "programs", path+".wasm")))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func guest(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
}

// withoutCustoms is the module without its custom sections.
func withoutCustoms(t *testing.T, b []byte) []byte {
	out := bytes.Clone(b[:8])
	for at := 8; at < len(b); {
		size, n := binary.Uvarint(b[at+1:])
		end := at + 1 + n + int(size)
		if n <= 0 || end > len(b) {
			t.Fatal("the module is damaged")
		}
		if b[at] != 0 {
			out = append(out, b[at:end]...)
		}
		at = end
	}
	return out
}

// TestConservation proves for each program that its debug information says after the translation
// what it said before.
func TestConservation(t *testing.T) {
	guest(t)
	if testing.Short() {
		t.Skip("runs programs for seconds")
	}
	met := make(chan string, 1000)
	t.Run("programs", func(t *testing.T) {
		for _, p := range programs {
			t.Run(p.path, func(t *testing.T) {
				t.Parallel()
				prove(t, p, false, met)
				if p.each {
					prove(t, p, true, met)
				}
			})
		}
	})
	close(met)
	seen := map[string]bool{}
	for k := range met {
		seen[k] = true
	}
	for k, reason := range exceptions {
		if !seen[k] {
			t.Errorf("%s holds now; it is listed: %s", k, reason)
		}
	}
}

func prove(t *testing.T, p sample, each bool, met chan<- string) {
	path := filepath.Join("..", "..", "testdata", "programs", p.path+".wasm")
	module := readProgram(t, p.path)
	if p.bare {
		module = withoutCustoms(t, module)
	}
	r, err := Prove(module, Config{Runs: p.runs, Instructions: each, Calls: p.calls, Companions: &aot.Companions{Module: path}})
	if err != nil {
		t.Fatal(err)
	}
	var row bytes.Buffer
	r.Row(&row, filepath.Base(p.path))
	t.Logf("\n%s%s", Header, row.String())
	for i := range r.Exceptions {
		e := &r.Exceptions[i]
		k := strings.Join([]string{p.path, e.Kind, e.Function, e.Variable}, ": ")
		if exceptions[k] == "" {
			t.Errorf("%s: %s", p.path, e)
		}
		met <- k
	}
	if r.Variables.Live < p.live {
		t.Errorf("%d pairs compared while the program ran, want %d at least", r.Variables.Live, p.live)
	}
	if r.Variables.Unchecked > 0 || r.Variables.Percent() < 100 && r.Holds() {
		t.Errorf("%d of %d pairs were not compared", r.Variables.Unchecked, r.Variables.Pairs)
	}
	for what, n := range map[string]int{"statics": r.Statics.Pairs, "lines": r.Lines.Compared, "rows": r.Rows.Compared, "frames further out": r.Outer.Compared} {
		if n == 0 && !(p.flat && what == "frames further out") {
			t.Errorf("no %s were compared", what)
		}
	}
}

// TestDamage proves that a proof can fail: what one changes in the output is found.
func TestDamage(t *testing.T) {
	guest(t)
	module := readProgram(t, "c_types/c_types-O0-dw5")
	for _, tc := range []struct {
		name   string
		damage func(*proof) int
		kind   string
	}{
		{"nothing", func(*proof) int { return 0 }, ""},
		{"another frame offset", func(p *proof) int {
			return p.change(func(f *function, v *variable) bool {
				code := v.outAt.code
				if len(code) < 2 || dwarf.Op(code[0]) != dwarf.OpFbreg {
					return false
				}
				v.outAt.code = append([]byte{code[0]}, dwarf.AppendSLEB(nil, 4)...)
				return true
			})
		}, "different"},
		{"no location", func(p *proof) int {
			return p.change(func(f *function, v *variable) bool { v.outAt = location{}; return true })
		}, "lost"},
		{"no entry", func(p *proof) int {
			return p.change(func(f *function, v *variable) bool { v.out = info.Entry{}; return true })
		}, "lost"},
		{"another local's register", func(p *proof) int {
			n := 0
			for _, f := range p.order {
				if f.name == "add" || f.name == "main" || f.name == "scalars" {
					f.out, n = p.functions[p.order[len(p.order)-1].Index].out, n+1
				}
			}
			return n
		}, "different"},
		{"a shifted block", func(p *proof) int {
			for _, f := range p.order {
				for i := range f.scopes {
					if s := &f.scopes[i]; len(s.there) > 0 {
						s.there[0].High = s.there[0].Low
						return 1
					}
				}
			}
			return 0
		}, "scope"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := prepare(module, Config{})
			if err != nil {
				t.Fatal(err)
			}
			n := tc.damage(p)
			r, err := p.prove()
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, e := range r.Exceptions {
				found = found || e.Kind == tc.kind
			}
			switch {
			case tc.kind == "" && !r.Holds():
				t.Errorf("does not hold: %v", &r.Exceptions[0])
			case tc.kind != "" && (n == 0 || !found):
				t.Errorf("%d changes; found %v", n, r.Exceptions)
			}
		})
	}
}

// change damages the first variable of main.c that it can.
func (p *proof) change(f func(*function, *variable) bool) int {
	for _, fn := range p.order {
		if fn.unit != "main.c" {
			continue
		}
		for _, v := range fn.vars {
			if f(fn, v) {
				return 1
			}
		}
	}
	return 0
}
