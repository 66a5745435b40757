package debuginfo

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// folder is a Finder over files in memory, some of which are damaged.
type folder struct {
	files map[string][]byte // by base name
	rnd   *rand.Rand        // nil: none is damaged
}

func (f *folder) Find(c *Companion) ([]byte, string, error) {
	name := filepath.Base(c.Name)
	switch c.Kind {
	case SplitPackage:
		name = "split.wasm.dwp"
	case ByBuildID:
		name = "23456789abcdef.debug"
	}
	b, ok := f.files[name]
	if !ok {
		return nil, "", &NotFoundError{Looked: []string{name}}
	}
	if f.rnd != nil {
		b = harmed(b, f.rnd)
	}
	if err := c.Accept(b); err != nil {
		return nil, "", &NotFoundError{Refused: []string{name + ": " + err.Error()}}
	}
	return b, name, nil
}

// harmed returns a file with some bytes changed, or cut short; its sections stay in their places
// for the most part.
func harmed(b []byte, rnd *rand.Rand) []byte {
	b = bytes.Clone(b)
	for range rnd.Intn(12) {
		i := 8 + rnd.Intn(len(b)-8)
		if rnd.Intn(3) == 0 {
			b[i] = []byte{0, 1, 0x7f, 0x80, 0xff, 0xed}[rnd.Intn(6)]
		} else {
			b[i] ^= 1 << rnd.Intn(8)
		}
	}
	if rnd.Intn(16) == 0 {
		b = b[:8+rnd.Intn(len(b)-8)]
	}
	return b
}

// companionCases are modules whose debug information is elsewhere.
func companionCases(t testing.TB) (modules []*wasm.Module, files []map[string][]byte) {
	t.Helper()
	for _, dir := range []string{"O0-dw4", "O0-dw5", "O1-dw4", "O1-dw5", "O0-dw5/packed", "O1-dw4/packed", "external", "id"} {
		dir = "../../testdata/programs/cpp_split/" + dir
		found := map[string][]byte{}
		var module *wasm.Module
		for _, pattern := range []string{"*", "debug/01/*"} {
			paths, err := filepath.Glob(dir + "/" + pattern)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range paths {
				b, err := os.ReadFile(p)
				if err != nil {
					continue // a folder
				}
				switch base := filepath.Base(p); base {
				case "split.wasm", "app.wasm":
					if module, err = wasm.Decode(b); err != nil {
						t.Fatal(err)
					}
				default:
					found[base] = b
				}
			}
		}
		if module == nil || len(found) == 0 {
			t.Fatal("nothing in", dir)
		}
		modules, files = append(modules, module), append(files, found)
	}
	return modules, files
}

func translateFrom(t testing.TB, m *wasm.Module, f Finder) (*Report, []string) {
	in := Open(m, f)
	cm := fakeCode(m, Statements(in))
	out, report := Translate(in, cm, abi.NewLayout(m))
	if tt, ok := t.(*testing.T); ok {
		checkReadable(tt, out)
	}
	return report, in.Notes()
}

// Whole companions leave nothing to be desired.
func TestCompanions(t *testing.T) {
	modules, files := companionCases(t)
	for i, m := range modules {
		report, notes := translateFrom(t, m, &folder{files: files[i]})
		if report.Subprograms < 2 || report.Variables < 15 || len(notes) > 0 || len(report.Notes()) > 0 {
			t.Errorf("case %d: %d functions, %d variables, notes %q", i, report.Subprograms, report.Variables, report.Notes())
		}
	}
}

func FuzzCompanions(f *testing.F) {
	modules, files := companionCases(f)
	for i := range int64(24) {
		f.Add(i, uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed int64, which uint8) {
		i := int(which) % len(modules)
		rnd := rand.New(rand.NewSource(seed))
		m := modules[i]
		if seed%2 == 0 {
			m = mutated(m, rnd)
		}
		translateFrom(t, m, &folder{files[i], rnd})
	})
}

// TestDamagedCompanions is the fuzz target's everyday run.
func TestDamagedCompanions(t *testing.T) {
	modules, files := companionCases(t)
	for i, m := range modules {
		for seed := range int64(150) {
			func() {
				defer func() {
					if t.Failed() {
						t.Logf("case %d, seed %d", i, seed)
					}
				}()
				translateFrom(t, m, &folder{files[i], rand.New(rand.NewSource(seed))})
			}()
		}
	}
}
