package debuginfo

import (
	"bytes"
	"encoding/binary"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// TestLyingSkeletons has skeletons and packages that do not fit each other: what is not there is
// told, and nothing is read twice.
func TestLyingSkeletons(t *testing.T) {
	const folderName = "../../testdata/programs/cpp_split/O0-dw5/"
	read := func(name string) []byte {
		b, err := os.ReadFile(folderName + name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// In version 5 a skeleton's id stands in its header: behind the length, version, type, size of
	// addresses and offset of the abbreviations.
	const id = 12
	first := func(m *wasm.Module) []byte {
		for i := range m.Customs {
			if c := &m.Customs[i]; c.Name == ".debug_info" {
				c.Data = bytes.Clone(c.Data)
				for at := 0; ; at += 4 + int(binary.LittleEndian.Uint32(c.Data[at:])) {
					if c.Data[at+4] == 5 && c.Data[at+6] == 4 {
						return c.Data[at:]
					}
				}
			}
		}
		t.Fatal("no skeleton")
		return nil
	}
	for _, c := range []struct {
		name  string
		pack  bool
		lie   func(m *wasm.Module)
		whole int // functions of the program whose units are found
		note  string
	}{
		{"the truth", false, func(*wasm.Module) {}, 2, ""},
		{"the truth, packed", true, func(*wasm.Module) {}, 2, ""},
		{"an id of no unit", false, func(m *wasm.Module) { first(m)[id] ^= 0xff }, 1, "another build"},
		{"an id of no unit, packed", true, func(m *wasm.Module) { first(m)[id] ^= 0xff }, 1, "not there"},
		{"3,000 skeletons of one unit", false, repeatInfo, 2, "not found"},
		{"3,000 skeletons of one unit, packed", true, repeatInfo, 2, "not found"},
	} {
		m, err := wasm.Decode(read("split.wasm"))
		files := map[string][]byte{"main.dwo": read("main.dwo"), "list.dwo": read("list.dwo")}
		if c.pack {
			m, err = wasm.Decode(read("packed/split.wasm"))
			files = map[string][]byte{"split.wasm.dwp": read("packed/split.wasm.dwp")}
		}
		if err != nil {
			t.Fatal(err)
		}
		m.Customs = slices.Clone(m.Customs)
		c.lie(m)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		in := Open(m, &folder{files: files})
		cm := fakeCode(m, Statements(in))
		out, report := Translate(in, cm, abi.NewLayout(m))
		runtime.ReadMemStats(&after)
		checkReadable(t, out)
		split := 0
		for _, u := range in.Data.Units {
			if _, ok := u.Skeleton(); !ok && u.SkeletonUnit() != nil {
				split++
			}
		}
		if split != c.whole || (c.note == "") != (len(in.Notes()) == 0) || !strings.Contains(strings.Join(in.Notes(), " "), c.note) {
			t.Errorf("%s: %d split units, notes %q", c.name, split, in.Notes())
		}
		if c.note != "" && len(report.Losses()) == 0 {
			t.Errorf("%s: the report tells no loss", c.name)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
			t.Errorf("%s: %d MB were allocated", c.name, n>>20)
		}
	}
}

func repeatInfo(m *wasm.Module) {
	for i := range m.Customs {
		if c := &m.Customs[i]; c.Name == ".debug_info" {
			c.Data = bytes.Repeat(c.Data[:len(c.Data):len(c.Data)], 3000)
		}
	}
}
