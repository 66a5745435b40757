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
// that.
func TestAvailability(t *testing.T) {
	guest(t)
	for _, tc := range []struct {
		plain, module string
		stops         int
	}{
		{"c_kinds/c_kinds-O0", "c_kinds/c_kinds-O0", 60},
		{"c_kinds/c_kinds-O0", "c_kinds/c_kinds-O2", 40},
		{"cpp_shapes/cpp_shapes-O0", "cpp_shapes/cpp_shapes-O2", 10},
		{"cpp_kinds/cpp_kinds-O0", "cpp_kinds/cpp_kinds-O2", 100},
		{"orders/orders", "orders/orders-release", 100},
		{"c_types/c_types-O0-dw5", "c_types/c_types-O2-dw5", 60},
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
			for _, m := range a.Missing {
				t.Errorf("allowed and not shown: %s", m)
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
