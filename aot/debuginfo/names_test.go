package debuginfo_test

import (
	"os/exec"
	"strings"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/internal/testneeds"
)

// TestNames looks up what stands in the source of cpp_shapes.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		program, name string
		want          map[dwarf.Tag]int // at least
	}{
		{"cpp_shapes/cpp_shapes-O0.wasm", "geo", map[dwarf.Tag]int{dwarf.TagNamespace: 1}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "Circle", map[dwarf.Tag]int{dwarf.TagClassType: 1, dwarf.TagSubprogram: 1}}, // and its constructor
		{"cpp_shapes/cpp_shapes-O0.wasm", "area", map[dwarf.Tag]int{dwarf.TagSubprogram: 2}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "_ZNK3geo6Circle4areaEv", map[dwarf.Tag]int{dwarf.TagSubprogram: 1}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "Ring<int, 3>", map[dwarf.Tag]int{dwarf.TagStructureType: 1}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "push", map[dwarf.Tag]int{dwarf.TagSubprogram: 1}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "Metre", map[dwarf.Tag]int{dwarf.TagEnumerator: 1}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "count", map[dwarf.Tag]int{dwarf.TagVariable: 1}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "radius", nil}, // a member
		{"cpp_shapes/cpp_shapes-O0.wasm", "argc", nil},   // a parameter
		// A static function of the C library that is inlined wherever it is called.
		{"cpp_shapes/cpp_shapes-O2.wasm", "close_file", map[dwarf.Tag]int{dwarf.TagInlinedSubroutine: 4}},
	} {
		f, _ := compiled(t, c.program)
		s := dwarf.Sections{Names: f.Debug[".debug_names"], Str: f.Debug[".debug_str"]}
		names, err := index.ParseNames(&s)
		if err != nil {
			t.Fatal(err)
		}
		got := map[dwarf.Tag]int{}
		if err := names.Lookup(c.name, func(e index.Entry) bool { got[e.Tag]++; return true }); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %s is %v, want %v", c.program, c.name, got, c.want)
		}
		for tag, n := range c.want {
			if got[tag] < n {
				t.Errorf("%s: %s is %v, want %v", c.program, c.name, got, c.want)
			}
		}
	}
}

// TestNamesAreComplete has LLVM's verifier compare the index with the entries: it misses none
// that the standard demands, and finds none that is wrong.
func TestNamesAreComplete(t *testing.T) {
	verifier := testneeds.Tool(t, "llvm-dwarfdump-22")
	for _, program := range []string{"cpp_shapes/cpp_shapes-O2.wasm", "rs_types/rs_types-release-dw5.wasm"} {
		_, path := compiled(t, program)
		out, err := exec.Command(verifier, "--verify", path).CombinedOutput()
		if text := string(out); err != nil || !strings.Contains(text, "Verifying .debug_names") || !strings.Contains(text, "No errors.") {
			t.Errorf("%s: %v\n%s", program, err, text[max(0, len(text)-2000):])
		}
	}
}

// TestGDBUsesNames asks gdb for a function of a namespace, which it must find although it does
// not understand the names of an index that is not its own.
func TestGDBUsesNames(t *testing.T) {
	gdb := testneeds.Tool(t, "gdb")
	_, path := compiled(t, "cpp_shapes/cpp_shapes-O0.wasm")
	out, err := exec.Command(gdb, "-nx", "-q", "-batch", "-ex", "info scope geo::Circle::area", "-ex", "ptype geo::Point", path).CombinedOutput()
	text := string(out)
	if err != nil || !strings.Contains(text, "r2") || !strings.Contains(text, "double x;") || strings.Contains(text, "warning") {
		t.Errorf("%v\n%s", err, text)
	}
}
