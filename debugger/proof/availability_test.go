package proof

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot"
)

// TestAvailability holds that whatever the module's DWARF gives of the variables in scope, the
// debugger shows at every statement that a run reaches: all of it, and where it gives a part,
// that, but for the variables that are named here.
func TestAvailability(t *testing.T) {
	guest(t)
	for _, tc := range []struct {
		plain, module string
		stops         int
		unshown       map[string]string // variable: why its part shows nothing
	}{
		{"c_kinds/c_kinds-O0", "c_kinds/c_kinds-O0", 60, nil},
		{"c_kinds/c_kinds-O0", "c_kinds/c_kinds-O2", 40, nil},
		{"cpp_shapes/cpp_shapes-O0", "cpp_shapes/cpp_shapes-O2", 10, nil},
		{"cpp_kinds/cpp_kinds-O0", "cpp_kinds/cpp_kinds-O2", 100, map[string]string{
			"method": "half of a pointer to a member function means nothing",
		}},
		{"orders/orders", "orders/orders-release", 100, nil},
		{"c_types/c_types-O0-dw5", "c_types/c_types-O2-dw5", 60, map[string]string{
			"z": "half of a complex number",
		}},
	} {
		t.Run(tc.module, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("..", "..", "testdata", "programs", tc.module+".wasm")
			own := func(file string) bool {
				return strings.HasPrefix(file, "/src/") || strings.HasPrefix(file, "/corpus/")
			}
			a, err := Available(path, readProgram(t, tc.module), readProgram(t, tc.plain), own, Config{Companions: &aot.Companions{Module: path}})
			if err != nil {
				t.Fatal(err)
			}
			var row bytes.Buffer
			a.Row(&row, filepath.Base(tc.module))
			t.Logf("\n%s%s", AvailabilityHeader, row.String())
			met := map[string]bool{}
			for _, m := range a.Missing {
				_, rest, _ := strings.Cut(m, "line ")
				_, rest, _ = strings.Cut(rest, ": ")
				name, _, _ := strings.Cut(rest, ":")
				met[name] = true
				if tc.unshown[name] == "" {
					t.Errorf("allowed and not shown: %s", m)
				}
			}
			for name, why := range tc.unshown {
				if !met[name] {
					t.Errorf("%s shows now; it is listed: %s", name, why)
				}
			}
			if a.Asked.WholeShown != a.Asked.Whole || a.StaticShown != a.StaticAllowed {
				t.Errorf("%d of %d whole variables and %d of %d statics are shown", a.Asked.WholeShown, a.Asked.Whole, a.StaticShown, a.StaticAllowed)
			}
			if a.Stops < tc.stops {
				t.Errorf("only %d stops", a.Stops)
			}
		})
	}
}
