package interp

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sphex/aot/wasm"
	"sphex/runtime/conformance"
)

type specValue struct {
	Type     string
	LaneType string `json:"lane_type"`
	Value    json.RawMessage
}

// bits is a value's bits, two words of a vector; ok is false for what cannot be compared by them.
func (v *specValue) bits() (bits []uint64, ok bool) {
	if v.Type == "v128" {
		var lanes []string
		if json.Unmarshal(v.Value, &lanes) != nil || len(lanes) == 0 {
			return nil, false
		}
		w := 128 / len(lanes)
		var r vector
		for i, s := range lanes {
			n, err := strconv.ParseUint(s, 10, 64)
			if signed, e := strconv.ParseInt(s, 10, 64); e == nil {
				n, err = uint64(signed), nil
			}
			if err != nil {
				return nil, false
			}
			r.set(w, i, n)
		}
		return r[:], true
	}
	var s string
	if json.Unmarshal(v.Value, &s) != nil {
		return nil, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return []uint64{n}, err == nil && len(v.Type) == 3
}

type specCommand struct {
	Type, Filename, Text string
	Line                 int
	Action               struct {
		Type, Module, Field string
		Args                []specValue
	}
	Expected []specValue
}

// TestSpecification runs the scripts of the specification's suite as far as they call functions
// of modules that import nothing and take numbers.
func TestSpecification(t *testing.T) {
	core, err := conformance.OpenArchive(filepath.Join("..", "conformance", conformance.Archive))
	if err != nil {
		t.Fatal(err)
	}
	for _, suite := range []struct {
		pattern string
		least   int
	}{{"*.json", 53_500}, {"legacy/*.json", 39}, {"proposals/threads/*.json", 200}} {
		files, err := fs.Glob(core, suite.pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no scripts: %v", suite.pattern, err)
		}
		held := 0
		for _, file := range files {
			held += runScript(t, core, file)
		}
		t.Logf("%s: %d assertions hold", suite.pattern, held)
		if held < suite.least {
			t.Errorf("%s: only %d assertions were checked", suite.pattern, held)
		}
	}
}

func runScript(t *testing.T, files fs.FS, file string) (held int) {
	b, err := fs.ReadFile(files, file)
	if err != nil {
		t.Fatal(err)
	}
	var script struct{ Commands []specCommand }
	if err := json.Unmarshal(b, &script); err != nil {
		t.Fatal(err)
	}
	var m *Machine
	for i := range script.Commands {
		c := &script.Commands[i]
		if c.Type == "module" {
			m = load(files, path.Join(path.Dir(file), c.Filename))
			continue
		}
		if m == nil || c.Action.Type != "invoke" || c.Action.Module != "" {
			continue
		}
		f, args, ok := m.prepare(c)
		if !ok {
			m = nil // what it would have done is not known
			continue
		}
		m.Call(f, args...)
		m.Budget = 3_000_000
		err := m.Run()
		var trap Trap
		switch c.Type {
		case "assert_return":
			if errors.Is(err, ErrBudget) {
				continue
			}
			if err != nil || len(m.Results()) != len(c.Expected) {
				t.Errorf("%s:%d: %v, %d results", filepath.Base(file), c.Line, err, len(m.Results()))
				continue
			}
			for k := range c.Expected {
				want, ok := c.Expected[k].bits()
				if r := m.Results()[k]; ok && (r.Bits != want[0] || len(want) == 2 && r.High != want[1]) {
					t.Errorf("%s:%d: %s gives %#x %#x, want %#x", filepath.Base(file), c.Line, c.Action.Field, r.Bits, r.High, want)
				}
			}
			held++
		case "assert_trap", "assert_exception":
			if c.Type == "assert_exception" {
				c.Text = string(TrapException)
			}
			if strings.HasPrefix(c.Text, "null ") && strings.HasSuffix(c.Text, " reference") {
				c.Text = string(TrapNullRef)
			}
			if !errors.As(err, &trap) || !strings.HasPrefix(c.Text, string(trap)) && !strings.HasPrefix(string(trap), c.Text) {
				t.Errorf("%s:%d: %s gives %v, want the trap %q", filepath.Base(file), c.Line, c.Action.Field, err, c.Text)
				continue
			}
			held++
		}
	}
	return held
}

// load makes a machine of a module, nil if that is not for it.
func load(files fs.FS, name string) *Machine {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil
	}
	w, err := wasm.Decode(b)
	if err != nil || w.Validate() != nil || len(w.Imports) > 0 {
		return nil
	}
	var scratch wasm.Scratch
	for i := range w.Code {
		if w.ValidateFunc(i, &scratch) != nil {
			return nil
		}
	}
	m, err := New(w)
	if err != nil {
		return nil
	}
	m.Budget = 1 << 20
	if w.Start != nil {
		m.Call(*w.Start)
		if m.Run() != nil {
			return nil
		}
	}
	return m
}

// prepare finds the function that a command invokes.
func (m *Machine) prepare(c *specCommand) (f uint32, args []uint64, ok bool) {
	for _, e := range m.Module.Exports {
		if e.Kind == wasm.ExternFunc && e.Name == c.Action.Field {
			f, ok = e.Index, true
		}
	}
	for i := range c.Action.Args {
		v, isNumber := c.Action.Args[i].bits()
		ok = ok && isNumber
		args = append(args, v...)
	}
	return f, args, ok
}
