package debuginfo_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/dwarf/info"
	"sphex/internal/testneeds"
)

// damagedUnits are what is done to one unit of a module, in place. b is .debug_info, from the unit's
// header on; length is what it says.
var damagedUnits = []struct {
	name   string
	damage func(b []byte, length uint32)
}{
	{"a length that covers the next unit", func(b []byte, length uint32) {
		if next := b[4+length:]; len(next) >= 4 {
			setLength(b, length+4+binary.LittleEndian.Uint32(next))
		}
	}},
	{"a length that ends in the next unit", func(b []byte, length uint32) { setLength(b, length+20) }},
	{"a length that leaves half of it out", func(b []byte, length uint32) { setLength(b, length/2) }},
	{"a length of the header alone", func(b []byte, length uint32) { setLength(b, 7) }},
	{"a length beyond the section", func(b []byte, length uint32) { setLength(b, 0x00ff_fff0) }},
	{"no abbreviation in the middle", func(b []byte, length uint32) {
		copy(b[4+length/2:], []byte{0xff, 0xff, 0xff, 0x7f})
	}},
	{"zeros to its end", func(b []byte, length uint32) { clear(b[4+length/2 : 4+length]) }},
}

func setLength(b []byte, length uint32) { binary.LittleEndian.PutUint32(b, length) }

// TestLaterDamaged holds that units are the same alone and among others when one of them is damaged, and
// that LLVM's verifier has no more to say of the object than of the same program undamaged or of the module.
func TestLaterDamaged(t *testing.T) {
	dwarfdump := testneeds.Tool(t, "llvm-dwarfdump-22")
	for _, program := range []string{"c_multi/c_multi-O2-dw5.wasm", "cpp_shapes/cpp_shapes-O2.wasm", "c_split/bin/wasm-opt.wasm"} {
		path := filepath.Join("../../testdata/programs", program)
		module, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		known := complaints(t, dwarfdump, objectFile(t, module, path))
		for _, d := range damagedUnits {
			t.Run(program+"/"+d.name, func(t *testing.T) {
				t.Parallel()
				for _, which := range []int{0, 1} {
					broken := damageUnit(t, module, which, d.damage)
					whole, f := compileLaterOf(t, broken, path)
					later, _ := f.Later.(*debuginfo.Later)
					if later == nil {
						t.Fatal("there is nothing to translate")
					}
					c := laterComparison{T: t, whole: whole, later: later}
					c.compare()
					c.names()
					sections := later.Sections()
					for name, want := range whole {
						if !bytes.Equal(sections[name], want) {
							t.Errorf("unit %d: %s: the finished section differs", which, name)
						}
					}
					file := filepath.Join(t.TempDir(), "x.wasm")
					if err := os.WriteFile(file, broken, 0o600); err != nil {
						t.Fatal(err)
					}
					in := complaints(t, dwarfdump, file)
					for message, n := range complaints(t, dwarfdump, objectFile(t, broken, path)) {
						if n > max(known[message], in[message]) {
							t.Errorf("unit %d: %d times, undamaged %d times, in the module %d times: %s", which, n, known[message], in[message], message)
						}
					}
				}
			})
		}
	}
}

// damageUnit returns the module with a damaged unit: one of its own, not of a file beside it.
func damageUnit(t *testing.T, module []byte, which int, damage func(b []byte, length uint32)) []byte {
	t.Helper()
	broken := bytes.Clone(module)
	m, err := wasm.Decode(broken)
	if err != nil {
		t.Fatal(err)
	}
	section := m.Custom(".debug_info") // which is a part of broken
	d, _ := info.New(debuginfo.Sections(m))
	u := d.Units[min(which, len(d.Units)-1)]
	b := section[u.Offset:]
	damage(b, binary.LittleEndian.Uint32(b))
	if bytes.Equal(broken, module) && which == 0 {
		t.Fatal("nothing was damaged")
	}
	return broken
}

// objectFile compiles a module to a file.
func objectFile(t *testing.T, module []byte, path string) string {
	t.Helper()
	f, err := aot.Compile(module, aot.Options{Companions: &aot.Companions{Module: path}, Text: debuginfo.TextFills})
	if err != nil {
		t.Fatal(err)
	}
	return writeObject(t, f)
}

func writeObject(t *testing.T, f *object.File) string {
	t.Helper()
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.elf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
