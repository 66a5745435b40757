package debuginfo

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// hostileSections are all sections whose contents are read, or that a module with debug
// information may have.
var hostileSections = []string{
	".debug_abbrev", ".debug_info", ".debug_types", ".debug_line", ".debug_loc", ".debug_loclists", ".debug_ranges",
	".debug_rnglists", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr", ".debug_aranges", ".debug_names",
	".debug_frame", ".eh_frame", ".debug_macro", ".debug_macinfo", ".debug_cu_index", ".debug_tu_index", ".debug_pubnames",
	".debug_info.dwo", ".debug_abbrev.dwo", ".debug_str.dwo",
	"sourceMappingURL", "external_debug_info", "build_id", "producers", "name", "dylink.0",
}

// sectionModules are small modules with all kinds of sections between them.
func sectionModules(t testing.TB) []*wasm.Module {
	ms := smallModules(t)
	for _, p := range []string{
		"c_macros/dw4.wasm", "c_macros/dw5.wasm", "c_macros/split.wasm", "d_kinds/kinds-O2.wasm", "cpp_split/O0-dw5/split.wasm",
		"cpp_split/O1-dw4/split.wasm", "cpp_split/single/split.wasm",
	} {
		b, err := os.ReadFile(filepath.Join("../../testdata/programs", p))
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

// withSection returns the module with other contents of a section. raw stands for all of it, or
// at a place in what there is, as the seed says; without raw some bytes are changed.
func withSection(m *wasm.Module, name string, seed int64, raw []byte) *wasm.Module {
	c := *m
	c.Customs = slices.Clone(m.Customs)
	i := slices.IndexFunc(c.Customs, func(s wasm.Custom) bool { return s.Name == name })
	if i < 0 {
		i = len(c.Customs)
		c.Customs = append(c.Customs, wasm.Custom{Name: name})
	}
	s := &c.Customs[i]
	rnd := rand.New(rand.NewSource(seed))
	data := bytes.Clone(s.Data)
	switch {
	case len(raw) > 0 && (seed == 0 || len(data) == 0):
		data = bytes.Clone(raw)
	case len(raw) > 0:
		copy(data[rnd.Intn(len(data)):], raw)
	case len(data) == 0:
		data = make([]byte, rnd.Intn(200))
		rnd.Read(data)
	default:
		damageBytes(data, rnd)
		if rnd.Intn(8) == 0 {
			data = data[:rnd.Intn(len(data))]
		}
	}
	s.Data = data
	return &c
}

// damageBytes changes some bytes, most of them near the beginning, where headers are.
func damageBytes(b []byte, rnd *rand.Rand) {
	for range 1 + rnd.Intn(6) {
		i := rnd.Intn(len(b))
		if rnd.Intn(3) == 0 {
			i = rnd.Intn(min(len(b), 40))
		}
		switch rnd.Intn(4) {
		case 0:
			b[i] = []byte{0, 1, 0x7f, 0x80, 0xff, 0xed, 0x9f, 0x31}[rnd.Intn(8)]
		case 1:
			for k := range b[i:min(len(b), i+8)] {
				b[i+k] = 0xff
			}
		case 2:
			from := b[rnd.Intn(len(b)):]
			copy(b[i:], from[:min(len(from), 16)])
		default:
			b[i] ^= 1 << rnd.Intn(8)
		}
	}
}

// anyFile is a finder that has the same contents for whatever is asked.
type anyFile []byte

func (f anyFile) Find(c *Companion) ([]byte, string, error) {
	if err := c.Accept(f); err != nil {
		return nil, "", &NotFoundError{Refused: []string{err.Error()}}
	}
	return f, "file", nil
}

// translateSection translates a module and checks that the output is well-formed and that memory
// is in proportion to the input.
func translateSection(t *testing.T, m *wasm.Module, f Finder, extra int) {
	size := extra
	for i := range m.Customs {
		size += len(m.Customs[i].Data)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in := Open(m, f)
	cm := fakeCode(m, Statements(in))
	out, _ := Translate(in, cm, abi.NewLayout(m))
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20+4096*uint64(size) {
		t.Errorf("%d MB were allocated for %d KB of debug information", n>>20, size>>10)
	}
	checkReadable(t, out)
}

// FuzzSection puts hostile contents into one section of a module, or has a hostile companion.
func FuzzSection(f *testing.F) {
	ms := sectionModules(f)
	for i := range hostileSections {
		f.Add(uint8(i), uint8(i), int64(i), []byte(nil))
	}
	for i, m := range ms {
		for k := range m.Customs {
			if n := slices.Index(hostileSections, m.Customs[k].Name); n >= 0 && len(m.Customs[k].Data) < 1000 {
				f.Add(uint8(i+1), uint8(n), int64(0), m.Customs[k].Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, module, section uint8, seed int64, raw []byte) {
		m := withSection(ms[int(module)%len(ms)], hostileSections[int(section)%len(hostileSections)], seed, raw)
		translateSection(t, m, anyFile(raw), len(raw))
	})
}

// TestSections is the fuzz target's everyday run: each section that a module has, and those
// that it has not.
func TestSections(t *testing.T) {
	for i, m := range sectionModules(t) {
		for _, name := range hostileSections {
			seeds := int64(12)
			if m.Custom(name) == nil {
				seeds = 2
			}
			for seed := range seeds {
				translateSection(t, withSection(m, name, seed+1, nil), nil, 0)
				if t.Failed() {
					t.Fatalf("module %d, section %s, seed %d", i, name, seed+1)
				}
			}
		}
	}
}
