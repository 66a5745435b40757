package symbols

import (
	"slices"
	"strings"
	"testing"
)

// The lists of types by the index and without it are the same, and have what the sources declare.
func TestTypeNames(t *testing.T) {
	for _, r := range []struct {
		file, part string
		want       []string // some of the list
	}{
		{"orders/orders.wasm", "Paym", []string{"main::Payment"}},
		{"orders/orders.wasm", "main::", []string{"main::Order", "main::Payment", "main::Till"}},
		{"cpp_shapes/cpp_shapes-O0.wasm", "geo::", []string{"geo::Circle", "geo::Shape"}},
		{"c_types/c_types-O0-dw5.wasm", "nosuchtype", nil},
	} {
		indexed, scanned := compiled(t, "../../testdata/programs/"+r.file)
		a, moreA := indexed.TypeNames(r.part, 100000)
		b, moreB := scanned.TypeNames(r.part, 100000)
		if !slices.Equal(a, b) || moreA || moreB {
			t.Errorf("%s %s: %s", r.file, r.part, difference(strings.Join(a, "\n")+"\n", strings.Join(b, "\n")+"\n"))
		}
		for _, w := range r.want {
			if !slices.Contains(a, w) {
				t.Errorf("%s %s: no %s in %q", r.file, r.part, w, a)
			}
		}
		if r.want == nil && len(a) > 0 {
			t.Errorf("%s %s: %q", r.file, r.part, a)
		}
		if len(a) > 1 {
			if few, more := indexed.TypeNames(r.part, 1); len(few) != 1 || !more {
				t.Errorf("%s %s: of at most one: %q, %v", r.file, r.part, few, more)
			}
		}
	}
	indexed, scanned := compiled(t, "../../testdata/programs/orders/orders.wasm")
	if got, ok := indexed.FunctionsBeginning("pr", 1000); !ok || !slices.Contains(got, "price") {
		t.Errorf("%q %v", got, ok)
	}
	if got, ok := scanned.FunctionsBeginning("pr", 1000); ok {
		t.Errorf("without an index: %q", got)
	}
}
