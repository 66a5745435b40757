package split

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// readPackage reads the sections of a package of testdata.
func readPackage(t testing.TB, version string) *dwarf.Sections {
	t.Helper()
	b, err := os.ReadFile("../../testdata/programs/cpp_split/" + version + "/packed/split.wasm.dwp")
	if err != nil {
		t.Fatal(err)
	}
	customs, _, err := wasm.CustomSections(b)
	if err != nil {
		t.Fatal(err)
	}
	s := &dwarf.Sections{}
	for _, c := range customs {
		s.Set(strings.TrimSuffix(c.Name, ".dwo"), c.Data)
	}
	return s
}

// Each row of an index leads to a unit that can be read by itself.
func TestPackage(t *testing.T) {
	for _, version := range []string{"O0-dw4", "O0-dw5", "O1-dw4", "O1-dw5"} {
		p, err := ReadPackage(readPackage(t, version))
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for id := range p.units {
			s, _ := p.Unit(id)
			d, err := info.New(s)
			if err != nil || len(d.Units) != 1 {
				t.Fatalf("%s: unit %#x: %d units, %v", version, id, len(d.Units), err)
			}
			root, err := d.Units[0].Root()
			if err != nil {
				t.Fatal(err)
			}
			names[root.Name()] = true
			if got, ok := d.Units[0].SplitID(); !ok || got != id {
				t.Errorf("%s: the unit of %#x has the id %#x", version, id, got)
			}
		}
		if p.Len() != 2 || !names["main.cpp"] || !names["list.cpp"] {
			t.Errorf("%s: units %v", version, names)
		}
		// By the sources: List<int, 8>, its Node, Item, Text, and Mood.
		types := map[string]bool{}
		for _, s := range p.Types() {
			d, err := info.New(s)
			if err != nil || len(d.Units) != 1 {
				t.Fatalf("%s: a part with %d type units, %v", version, len(d.Units), err)
			}
			e, err := d.Entry(d.Units[0].TypeEntry)
			if err != nil {
				t.Fatal(err)
			}
			types[e.Name()] = true
		}
		for _, name := range []string{"List<int, 8>", "Item", "Text", "Mood"} {
			if types[name] != strings.HasPrefix(version, "O0") {
				t.Errorf("%s: type unit for %s: %t", version, name, types[name])
			}
		}
	}
}

func TestDamagedPackage(t *testing.T) {
	for _, test := range []struct {
		what  string
		harm  func(index []byte)
		units int
		err   string
	}{
		{"a version of the future", func(b []byte) { b[0] = 6 }, 0, "unsupported version"},
		{"columns without end", func(b []byte) { b[7] = 0xff }, 0, "does not fit"},
		{"rows without end", func(b []byte) { b[11] = 0xff }, 0, "does not fit"},
		{"slots without end", func(b []byte) { b[15] = 0xff }, 0, "does not fit"},
		{"a part behind the section's end", func(b []byte) { binary.LittleEndian.PutUint32(b[len(b)-4:], 1<<31) }, 1, "outside of its section"},
		{"a part that overlaps another's", func(b []byte) {
			// The offsets of the second row in all columns but the unit's own become 1.
			cols, rows, slots := int(b[4]), int(b[8]), int(b[12])
			offsets := b[16+12*slots+4*cols:]
			sizes := offsets[4*cols*rows:]
			for i := range cols {
				binary.LittleEndian.PutUint32(offsets[4*(cols+i):], 1)
				binary.LittleEndian.PutUint32(sizes[4*(cols+i):], 8)
			}
		}, 1, "overlap"},
		{"nothing", func([]byte) {}, 2, ""},
	} {
		s := readPackage(t, "O1-dw5")
		s.CUIndex = append([]byte(nil), s.CUIndex...)
		test.harm(s.CUIndex)
		p, err := ReadPackage(s)
		if p.Len() != test.units || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %d units, %v; want %d, %q", test.what, p.Len(), err, test.units, test.err)
		}
	}
	s := readPackage(t, "O1-dw5")
	for n := range s.CUIndex {
		cut := *s
		cut.CUIndex = s.CUIndex[:n]
		if p, err := ReadPackage(&cut); n > 0 && (err == nil || p.Len() > 0) {
			t.Fatalf("an index of %d bytes: %d units, %v", n, p.Len(), err)
		}
	}
}

func FuzzReadPackage(f *testing.F) {
	for _, version := range []string{"O0-dw4", "O0-dw5"} {
		s := readPackage(f, version)
		f.Add(s.CUIndex, s.TUIndex, version == "O0-dw5")
	}
	f.Fuzz(func(t *testing.T, cus, tus []byte, five bool) {
		version := "O0-dw4"
		if five {
			version = "O0-dw5"
		}
		s := readPackage(t, version)
		s.CUIndex, s.TUIndex = cus, tus
		p, _ := ReadPackage(s)
		total := 0
		parts := append([]*dwarf.Sections(nil), p.Types()...)
		for id := range p.units {
			u, _ := p.Unit(id)
			parts = append(parts, u)
		}
		for _, u := range parts {
			total += len(u.Info) + len(u.Types)
		}
		if total > len(s.Info)+len(s.Types) {
			t.Errorf("the units have %d bytes, their sections %d", total, len(s.Info)+len(s.Types))
		}
	})
}
