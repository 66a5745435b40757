package symbols

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/dwarf/info"
	"sphex/internal/testneeds"
)

// laterTables opens a program whose units are translated when somebody asks for them, and again each time
// that somebody asked for all of them.
type laterTables struct {
	t      *testing.T
	module []byte
	open   *Table
	opened int
	asked  int // how often for the table
}

// mostOpened bounds how often.
const mostOpened = 6

func (l *laterTables) table() *Table {
	l.t.Helper()
	l.asked++
	if l.open != nil {
		select {
		case <-l.open.data.Later.Awaited():
		default:
			return l.open
		}
	}
	l.opened++
	f, err := aot.Compile(l.module, aot.Options{LaterFrom: 1})
	if err != nil {
		l.t.Fatal(err)
	}
	f.Later.(*debuginfo.Later).Part = 1
	l.open = Open(f)
	return l.open
}

// inWhole is the offset in an object that was made at once, of which t has the units, for an offset in one
// that is made later.
func inWhole(t *Table, off info.Offset) info.Offset {
	i := info.LaterUnit(off)
	return t.info.Units[i].Offset + off - info.LaterOffset(i, 0)
}

// TestLaterAgrees asks for what is there when units are translated one by one.
func TestLaterAgrees(t *testing.T) {
	for _, name := range []string{
		"cpp_shapes/cpp_shapes-O2.wasm", "cpp_kinds/cpp_kinds-O0.wasm", "rs_kinds/rs_kinds-release.wasm", "rs_panic/rs_panic-163-lto.wasm",
		"c_wasi/c_wasi-O2-dw5.wasm", "c_split/bin/split.wasm",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(testneeds.Unpacked(t, filepath.Join("../../testdata/programs", name)))
			if err != nil {
				t.Fatal(err)
			}
			f, err := aot.Compile(b, aot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			later := &laterTables{t: t, module: b}
			whole := Open(f)
			sameUnits(t, later.table(), whole)
			sameLines(t, later.table(), whole)
			laterFunctions(t, later, whole)
			laterData(t, later, whole)
			if later.asked < 10*(later.opened-1) {
				t.Errorf("for %d of %d questions all had to be translated", later.opened-1, later.asked)
			}
			sameAddresses(t, later.table(), whole, f)
		})
	}
}

func sameUnits(t *testing.T, later, whole *Table) {
	a, b := later.Units(), whole.Units()
	if len(a) != len(b) {
		t.Fatalf("%d units, want %d", len(a), len(b))
	}
	for i := range a {
		x, y := a[i], b[i]
		if x.Name != y.Name || x.CompDir != y.CompDir || x.Producer != y.Producer || x.Language != y.Language || !slices.Equal(x.ranges, y.ranges) {
			t.Errorf("unit %d: %s %v, want %s %v", i, x.Name, x.ranges, y.Name, y.ranges)
		}
	}
}

func sameLines(t *testing.T, later, whole *Table) {
	files := whole.Files()
	if !slices.Equal(later.Files(), files) {
		t.Fatalf("files %q, want %q", later.Files(), files)
	}
	for _, f := range every(files, 40) {
		for _, line := range []int{1, 20, 100} {
			_, bound, places, err := later.LinePlaces(f, line)
			_, want, there, failed := whole.LinePlaces(f, line)
			if bound != want || (err == nil) != (failed == nil) || describePlaces(places) != describePlaces(there) {
				t.Errorf("%s:%d is at line %d (%v), want %d (%v):\n%s%s", f, line, bound, err, want, failed, describePlaces(places), describePlaces(there))
			}
		}
	}
}

func describePlaces(ps []Place) string {
	var b strings.Builder
	for _, p := range ps {
		name := ""
		if p.Func != nil {
			name = p.Func.Name
		}
		fmt.Fprintf(&b, "%#x %s %v %s:%d:%d\n", p.Text, name, p.Inlined, p.File, p.Line, p.Column)
	}
	return b.String()
}

func laterFunctions(t *testing.T, later *laterTables, whole *Table) {
	var queries []string
	list := slices.Concat(every(whole.AllFunctions(), 25), every(whole.InlinedFunctions(), 10))
	for _, f := range list {
		bare := stripArgs(f.Name)
		queries = append(queries, f.Name, bare, f.Linkage)
		if _, rest, ok := strings.Cut(bare, "::"); ok {
			queries = append(queries, rest)
		}
	}
	slices.Sort(queries)
	for _, q := range slices.Compact(queries) {
		if q == "" || later.opened > mostOpened {
			continue
		}
		if got, want := describeFunctions(later.table().Functions(q)), describeFunctions(whole.Functions(q)); got != want {
			t.Errorf("functions %q:\n%s", q, difference(got, want))
		}
		got, err := later.table().FuncPlaces(q)
		want, failed := whole.FuncPlaces(q)
		if (err == nil) != (failed == nil) || describePlaces(got) != describePlaces(want) {
			t.Errorf("places of %q: %v\n%s%v\n%s", q, err, describePlaces(got), failed, describePlaces(want))
		}
	}
}

// laterData asks for types and variables.
func laterData(t *testing.T, later *laterTables, whole *Table) {
	for _, u := range every(whole.units, 10) {
		var names []string
		for name := range u.typeNames() {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range every(names, 6) {
			if later.opened > mostOpened {
				return
			}
			got, ok := later.table().TypeNamed(name)
			want, found := whole.TypeNamed(name)
			if ok != found || ok && inWhole(whole, got) != want {
				t.Errorf("type %q: %#x %v, want %#x %v", name, uint64(got), ok, uint64(want), found)
			}
			like, liked := later.table().TypesLike(name), whole.TypesLike(name)
			for i := range like {
				like[i] = inWhole(whole, like[i])
			}
			slices.Sort(like)
			slices.Sort(liked)
			if !slices.Equal(like, liked) {
				t.Errorf("types like %q: %#x, want %#x", name, like, liked)
			}
		}
		for _, g := range every(u.Globals(), 6) {
			got, want := later.table().GlobalsNamed(g.Full, nil), whole.GlobalsNamed(g.Full, nil)
			same := slices.EqualFunc(got, want, func(x, y *Variable) bool {
				return x.Full == y.Full && inWhole(whole, x.entry.Offset) == y.entry.Offset
			})
			if !same {
				t.Errorf("%d variables %q, want %d", len(got), g.Full, len(want))
			}
		}
	}
}

// sameAddresses asks what is at an address of some functions: their frames, scopes and variables.
func sameAddresses(t *testing.T, later, whole *Table, f *object.File) {
	describe := func(tab *Table, fr *Frame, at Range) string {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %v %s:%d:%d %v\n", fr.Func.Name, fr.Inlined, fr.File, fr.Line, fr.Column, fr.Ranges)
		for _, s := range tab.Scopes(fr, at.Lo) {
			for _, v := range s.Vars {
				fmt.Fprintf(&b, "%d %v %s %v\n", s.Depth, s.Ranges, v.Name, v.located)
			}
		}
		return b.String()
	}
	for _, fn := range every(f.Map.Funcs, 150) {
		at := Range{Lo: fn.BodyText + (fn.TextEnd-fn.BodyText)/2}
		got, want := later.Frames(at.Lo), whole.Frames(at.Lo)
		if len(got) != len(want) {
			t.Errorf("at %#x: %d frames, want %d", at.Lo, len(got), len(want))
			continue
		}
		for i := range got {
			if x, y := describe(later, got[i], at), describe(whole, want[i], at); x != y {
				t.Errorf("at %#x: %swant %s", at.Lo, x, y)
			}
		}
	}
}
