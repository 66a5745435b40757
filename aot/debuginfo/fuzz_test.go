package debuginfo

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

func smallModules(t testing.TB) []*wasm.Module {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.wasm")
	if err != nil || len(paths) == 0 {
		t.Fatal("no modules in testdata")
	}
	var ms []*wasm.Module
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		m, err := wasm.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		ms = append(ms, m)
	}
	return ms
}

// mutated returns the module with some bytes of its debug information changed, a section cut
// short, or one that is missing.
func mutated(m *wasm.Module, rnd *rand.Rand) *wasm.Module {
	c := *m
	c.Customs = append([]wasm.Custom(nil), m.Customs...)
	for range 1 + rnd.Intn(4) {
		s := &c.Customs[rnd.Intn(len(c.Customs))]
		if !strings.HasPrefix(s.Name, ".debug_") || len(s.Data) == 0 {
			continue
		}
		s.Data = bytes.Clone(s.Data)
		switch rnd.Intn(8) {
		case 0:
			s.Data = s.Data[:rnd.Intn(len(s.Data))]
		case 1:
			s.Data = nil
		default:
			for range 1 + rnd.Intn(8) {
				if i := rnd.Intn(len(s.Data)); rnd.Intn(3) == 0 {
					s.Data[i] = []byte{0, 1, 0x7f, 0x80, 0xff, 0xed}[rnd.Intn(6)]
				} else {
					s.Data[i] ^= 1 << rnd.Intn(8)
				}
			}
		}
		if len(s.Data) == 0 {
			s.Data = nil
		}
	}
	return &c
}

// checkReadable walks over all of an output: whatever the input, that must be well-formed.
func checkReadable(t *testing.T, sections map[string][]byte) {
	t.Helper()
	s := dwarf.SectionsOf(sections)
	d, err := info.New(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			if v, ok := e.Attr(dwarf.AttrLocation); ok && v.Class() == info.ClassOffset {
				if _, err := v.Locations(nil); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := e.Ranges(); err != nil {
				t.Fatal(err)
			}
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
		root, err := u.Root()
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := root.Attr(dwarf.AttrStmtList); ok {
			off, _ := v.SecOffset()
			p, err := line.Parse(s, off, 8, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Rows(func(*line.Row) bool { return true }); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func FuzzTranslate(f *testing.F) {
	ms := smallModules(f)
	for i := range int64(20) {
		f.Add(i, uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed int64, which uint8) {
		m := mutated(ms[int(which)%len(ms)], rand.New(rand.NewSource(seed)))
		cm := fakeCode(m, Statements(Open(m, nil)))
		out, _ := Translate(Open(m, nil), cm, abi.NewLayout(m))
		checkReadable(t, out)
	})
}

// FuzzTextFills lets the module's own text stand in for the lines that damage took away. Every body
// has statements then.
func FuzzTextFills(f *testing.F) {
	ms := smallModules(f)
	for i := range int64(20) {
		f.Add(i, uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed int64, which uint8) {
		fillText(t, mutated(ms[int(which)%len(ms)], rand.New(rand.NewSource(seed))))
	})
}

func fillText(t *testing.T, m *wasm.Module) {
	in := OpenText(m, nil, TextFills)
	if len(in.Sections.Info) > 0 && !in.Synthetic {
		if left := in.lines().withoutLines(m); len(left) > 0 {
			t.Errorf("%d of %d bodies have no lines", len(left), len(m.Code))
		}
	}
	out, _ := Translate(in, fakeCode(m, Statements(in)), abi.NewLayout(m))
	checkReadable(t, out)
}

// TestMutated is the fuzz targets' everyday run.
func TestMutated(t *testing.T) {
	for _, m := range smallModules(t) {
		for seed := range int64(1500) {
			c := mutated(m, rand.New(rand.NewSource(seed)))
			cm := fakeCode(c, Statements(Open(c, nil)))
			out, _ := Translate(Open(c, nil), cm, abi.NewLayout(c))
			checkReadable(t, out)
			if seed%16 == 0 {
				fillText(t, c)
			}
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	}
}
