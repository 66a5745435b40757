package object_test

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/dwarf/frame"
	"sphex/internal/testneeds"
)

// compile compiles a program of testdata.
func compile(t *testing.T, program string) *object.File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../testdata/programs", program))
	if err != nil {
		t.Fatal(err)
	}
	f, err := aot.Compile(b, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// dump is what llvm-dwarfdump prints of a file, with addresses of the text moved.
func dump(t *testing.T, path string, text uint64, by uint64) []string {
	t.Helper()
	out, err := exec.Command("llvm-dwarfdump-22", "--debug-info", "--debug-line", "--debug-aranges", "--debug-addr", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`\b(0x[0-9a-f]+|[0-9a-f]{8,16})\b`)
	var lines []string
	for l := range strings.Lines(string(out)) {
		if strings.Contains(l, "file format") {
			continue
		}
		lines = append(lines, number.ReplaceAllStringFunc(l, func(s string) string {
			v, err := strconv.ParseUint(strings.TrimPrefix(s, "0x"), 16, 64)
			if err == nil && v-object.TextBase <= text {
				return fmt.Sprintf("0x%016x", v+by)
			}
			if err == nil && v-object.TextBase-by <= text {
				return fmt.Sprintf("0x%016x", v)
			}
			return s
		}))
	}
	return lines
}

// The image says the same as the object, at other addresses: llvm-dwarfdump prints the same of
// both where addresses of the text are moved.
func TestImage(t *testing.T) {
	testneeds.Tool(t, "llvm-dwarfdump-22")
	const base = 0x7f12_3456_7000
	for _, program := range []string{
		"c_types/c_types-O0-dw4.wasm", "c_types/c_types-O2-dw5.wasm", "cpp_shapes/cpp_shapes-O2.wasm", "orders/orders-release.wasm",
	} {
		t.Run(filepath.Base(program), func(t *testing.T) {
			t.Parallel()
			f := compile(t, program)
			original, err := f.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			image, err := f.Image(abi.Addr(base))
			if err != nil {
				t.Fatal(err)
			}
			compareFrames(t, f, image, base)
			opened, err := object.ReadSealed(original) // whose code map is read later
			if err != nil {
				t.Fatal(err)
			}
			if again, err := opened.Image(abi.Addr(base)); err != nil || !bytes.Equal(again, image) {
				t.Fatalf("the image of the object that was read is another: %v", err)
			}
			again, err := f.Bytes()
			if err != nil || !bytes.Equal(original, again) {
				t.Fatalf("making the image has changed the object: %v", err)
			}
			e, err := elf.NewFile(bytes.NewReader(image))
			if err != nil {
				t.Fatal(err)
			}
			if s := e.Section(".text"); s.Addr != base || s.Size != uint64(len(f.Text)) {
				t.Errorf(".text at %#x, %d bytes", s.Addr, s.Size)
			}
			symbols, err := e.Symbols()
			if err != nil || len(symbols) != len(f.Symbols) {
				t.Fatalf("%d symbols, want %d: %v", len(symbols), len(f.Symbols), err)
			}
			for i, s := range symbols {
				if want := base + uint64(f.Symbols[i].Text); s.Value != want {
					t.Errorf("symbol %s at %#x, want %#x", s.Name, s.Value, want)
				}
			}
			dir := t.TempDir()
			a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
			for path, data := range map[string][]byte{a: original, b: image} {
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			size := uint64(len(f.Text))
			x, y := dump(t, a, size, base-object.TextBase), dump(t, b, size, base-object.TextBase)
			moved := 0
			for i := range min(len(x), len(y)) {
				if x[i] != y[i] {
					t.Fatalf("line %d:\n%s%s", i+1, x[i], y[i])
				}
				if strings.Contains(x[i], "0x00007f1234") {
					moved++
				}
			}
			if len(x) != len(y) || moved < 1000 {
				t.Errorf("%d lines, then %d; %d with an address", len(x), len(y), moved)
			}
			if bytes.Contains(image, []byte(".sphex")) {
				t.Error("the image holds our own sections")
			}
		})
	}
}

// compareFrames wants call frame information in the image that gives each function and thunk a description of
// its own (lldb 16 needs that), in which the rows are those of the object.
func compareFrames(t *testing.T, f *object.File, image []byte, base uint64) {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		t.Fatal(err)
	}
	section, err := file.Section(".debug_frame").Data()
	if err != nil {
		t.Fatal(err)
	}
	native, err := frame.Parse(section, 8)
	if err != nil {
		t.Fatal(err)
	}
	own, err := frame.Parse(f.Debug[".debug_frame"], 8)
	if err != nil {
		t.Fatal(err)
	}
	compare := func(begin, end abi.TextOffset) {
		fde, ok := native.Find(base + uint64(begin))
		if !ok || fde.Begin != base+uint64(begin) || fde.End != base+uint64(end) {
			t.Fatalf("the code in [%#x, %#x) has no description of its own: %+v", begin, end, fde)
		}
		for at := begin; at < min(end, begin+300); at++ { // to the first rows of a long one
			shared, ok := own.Find(object.TextBase + uint64(at))
			if !ok {
				t.Fatalf("%#x has no description in the object", at)
			}
			want, err := shared.Row(object.TextBase + uint64(at))
			if err != nil {
				t.Fatal(err)
			}
			got, err := fde.Row(base + uint64(at))
			if err != nil || !reflect.DeepEqual(got.CFA, want.CFA) || !reflect.DeepEqual(got.Regs, want.Regs) {
				t.Fatalf("%#x: %+v, %v; in the object %+v", at, got, err, want)
			}
		}
	}
	for i := range f.Map.Funcs[:min(len(f.Map.Funcs), 60)] {
		compare(f.Map.Funcs[i].Text, f.Map.Funcs[i].TextEnd)
	}
	for i := range f.Map.Thunks {
		compare(f.Map.Thunks[i].Text, f.Map.Thunks[i].TextEnd)
	}
}

// Damage is an error.
func TestImageOfDamage(t *testing.T) {
	f := compile(t, "c_types/c_types-O2-dw5.wasm")
	for name, data := range f.Debug {
		switch name {
		case ".debug_str", ".debug_line_str", ".debug_names", ".debug_str_offsets":
			continue // without addresses
		case ".debug_frame":
			continue // made anew
		}
		broken := *f
		broken.Debug = map[string][]byte{}
		for n, d := range f.Debug {
			broken.Debug[n] = d
		}
		broken.Debug[name] = data[:len(data)-5]
		if _, err := broken.Image(0x10000); err == nil && name != ".debug_abbrev" {
			t.Errorf("%s is cut and nobody noticed", name)
		}
	}
}
