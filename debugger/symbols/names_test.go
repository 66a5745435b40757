package symbols

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/internal/testneeds"
)

// compiled compiles a module and opens its object twice: by its indexes, and by scans.
func compiled(t *testing.T, file string) (indexed, scanned *Table) {
	t.Helper()
	b, err := os.ReadFile(testneeds.Unpacked(t, file))
	if err != nil {
		t.Fatal(err)
	}
	f, err := aot.Compile(b, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := dataOf(f)
	if len(d.Sections.Info) > 0 && len(d.Sections.Names) == 0 {
		t.Fatalf("%s: the object has no index of names", file)
	}
	indexed = New(d)
	d.Indexed = false
	return indexed, New(d)
}

func dataOf(f *object.File) Data { return Open(f).data }

// walkedUnits counts the units that a question has walked.
func (t *Table) walkedUnits() (n int) {
	for _, u := range t.units {
		if u.funcs != nil || u.globals != nil || u.inlined != nil {
			n++
		}
	}
	return n
}

func describeFunctions(fs []*Function) string {
	var b strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&b, "%s %s %#x %d %v\n", f.Name, f.Linkage, f.Entry, len(f.Ranges), f.Unit != nil)
	}
	return b.String()
}

// difference tells which lines only one of two texts has.
func difference(index, scan string) string {
	a, b := strings.SplitAfter(index, "\n"), strings.SplitAfter(scan, "\n")
	var out strings.Builder
	for _, l := range a {
		if !slices.Contains(b, l) {
			out.WriteString("by index: " + l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			out.WriteString("by scan: " + l)
		}
	}
	if out.Len() == 0 {
		return fmt.Sprintf("%d and %d lines in different order", len(a), len(b))
	}
	return out.String()
}

// every keeps about n of a list.
func every[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	var out []T
	for i := range n {
		out = append(out, list[i*len(list)/n])
	}
	return out
}

// TestIndexAndScanAgree asks both ways for what is there, and for suffixes and variations of it.
func TestIndexAndScanAgree(t *testing.T) {
	files, err := filepath.Glob("../../testdata/programs/*/*.wasm")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d programs, %v", len(files), err)
	}
	for i, file := range files {
		// The first and the last build of each program.
		dir := filepath.Dir(file)
		if i > 0 && filepath.Dir(files[i-1]) == dir && i+1 < len(files) && filepath.Dir(files[i+1]) == dir {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			indexed, scanned := compiled(t, file)
			sameFunctions(t, indexed, scanned)
			sameGlobals(t, indexed, scanned)
			sameTypes(t, indexed, scanned)
			sameFiles(t, indexed, scanned)
			sameNames(t, indexed, scanned)
			if indexed.data.Sections.Info != nil && indexed.nameIndex() == nil {
				t.Errorf("the index was given up: %v", indexed.Problems())
			}
		})
	}
}

func sameFunctions(t *testing.T, indexed, scanned *Table) {
	queries := []string{"", "main", "::main", "new", "fmt", "operator()", "operator+", "run", "nothing like it", "wasm function 3", "{closure#0}", "drop_in_place"}
	all := scanned.AllFunctions()
	for _, f := range every(all, 30) {
		queries = append(queries, f.Name, f.Short, f.Linkage, stripArgs(f.Name), Unversioned(stripArgs(f.Name)))
		if i := strings.Index(stripArgs(f.Name), "::"); i >= 0 {
			queries = append(queries, stripArgs(f.Name)[i+2:])
		}
	}
	var origins []info.Offset
	for o := range scanned.copies {
		origins = append(origins, o)
	}
	slices.Sort(origins)
	for _, o := range every(origins, 30) {
		f := scanned.abstractFunction(o)
		queries = append(queries, f.Name, f.Short, f.Linkage)
	}
	slices.Sort(queries)
	for _, q := range slices.Compact(queries) {
		if got, want := describeFunctions(indexed.Functions(q)), describeFunctions(scanned.Functions(q)); got != want {
			t.Errorf("functions %q:\n%s", q, difference(got, want))
		}
	}
	for _, q := range every(slices.Compact(queries), 40) {
		a, errA := indexed.FuncPlaces(q)
		b, errB := scanned.FuncPlaces(q)
		if (errA == nil) != (errB == nil) || len(a) != len(b) {
			t.Errorf("places of %q: %v %v, %v %v", q, a, errA, b, errB)
			continue
		}
		for i := range a {
			x, y := a[i], b[i]
			x.Func, y.Func = nil, nil
			if x != y || a[i].Func.Name != b[i].Func.Name {
				t.Errorf("place %d of %q: %+v %s, %+v %s", i, q, x, a[i].Func.Name, y, b[i].Func.Name)
			}
		}
		var x, y *FuncError
		if errors.As(errA, &x) && errors.As(errB, &y) && !slices.Equal(x.Nearest, y.Nearest) {
			t.Errorf("names near %q: %q, %q", q, x.Nearest, y.Nearest)
		}
	}
}

func sameGlobals(t *testing.T, indexed, scanned *Table) {
	queries := []string{"nothing", "x", "std::nothing"}
	scanned.scanAll()
	var all []*Variable
	for _, u := range scanned.units {
		all = append(all, u.globals...)
	}
	for _, g := range every(all, 100) {
		queries = append(queries, g.Name, g.Full, visible.Replace(g.Full))
		if head, rest, ok := strings.Cut(g.Full, "::"); ok && !strings.ContainsAny(head, "<({[") {
			queries = append(queries, rest)
		}
	}
	list := func(gs []*Variable) string {
		var b strings.Builder
		for _, g := range gs {
			fmt.Fprintf(&b, "%s %s %#x\n", g.Name, g.Full, uint64(g.entry.Offset))
		}
		return b.String()
	}
	slices.Sort(queries)
	for _, q := range slices.Compact(queries) {
		if q == "" {
			continue
		}
		if got, want := list(indexed.GlobalsNamed(q, nil)), list(scanned.GlobalsNamed(q, nil)); got != want {
			t.Errorf("globals %q:\n%s", q, difference(got, want))
		}
	}
}

func sameTypes(t *testing.T, indexed, scanned *Table) {
	queries := []string{"int", "u32", "nothing", "a::nothing", "Option<i32>"}
	var enums []string
	for _, u := range every(scanned.units, 30) {
		var names []string
		for name := range u.typeNames() {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range every(names, 20) {
			queries = append(queries, name)
			if head, rest, ok := strings.Cut(name, "::"); ok && !strings.ContainsAny(head, "<({[") {
				queries = append(queries, rest)
			}
		}
		names = nil
		for name := range u.enums {
			names = append(names, name)
		}
		slices.Sort(names)
		enums = append(enums, every(names, 5)...)
	}
	slices.Sort(queries)
	for _, q := range slices.Compact(queries) {
		got, ok := indexed.TypeNamed(q)
		want, found := scanned.TypeNamed(q)
		if got != want || ok != found {
			t.Errorf("type %q: by index %#x %v, by scan %#x %v", q, uint64(got), ok, uint64(want), found)
		}
	}
	for _, q := range append(enums, "nothing") {
		got, ok := indexed.EnumOf(q, nil)
		want, found := scanned.EnumOf(q, nil)
		if got != want || ok != found {
			t.Errorf("enumeration of %q: by index %#x %v, by scan %#x %v", q, uint64(got), ok, uint64(want), found)
		}
	}
}

// sameFiles compares the search for files with one over all of them.
func sameFiles(t *testing.T, indexed, scanned *Table) {
	all := scanned.Files()
	for _, f := range every(all, 50) {
		for _, q := range []string{f, path.Base(f), "/" + path.Base(f), path.Join(path.Base(path.Dir(f)), path.Base(f))} {
			var want []string
			for _, g := range all {
				if g == q || strings.HasSuffix(g, "/"+strings.TrimPrefix(q, "/")) {
					want = append(want, g)
				}
			}
			got := indexed.FindFiles(q)
			if slices.Contains(all, q) {
				want = []string{q}
			} else if len(got) < len(want) && len(got) > 0 { // those without code are left out
				want = slices.DeleteFunc(want, func(g string) bool { return scanned.lastLine(g) == 0 })
			}
			if !slices.Equal(got, want) {
				t.Errorf("files %q: %q, want %q", q, got, want)
			}
		}
	}
}

func sameNames(t *testing.T, indexed, scanned *Table) {
	for _, part := range []string{"main", "print", "alloc", "::fmt", "stats", "Vec<", "ring::push", "closure", "malloc", "x", "nothing like it"} {
		got, want := indexed.FunctionNames(part), scanned.FunctionNames(part)
		if !slices.Equal(got, want) {
			t.Errorf("functions with %q:\n%s", part, difference(strings.Join(got, "\n")+"\n", strings.Join(want, "\n")+"\n"))
		}
	}
	list := func(gs []*Variable) string {
		var b strings.Builder
		for _, g := range gs {
			fmt.Fprintf(&b, "%s %#x\n", g.Name, uint64(g.entry.Offset))
		}
		return b.String()
	}
	if got, want := list(indexed.GlobalsEnding("{vtable}")), list(scanned.GlobalsEnding("{vtable}")); got != want {
		t.Errorf("vtables:\n%s", difference(got, want))
	}
}

// TestIndexIsLazy sets breakpoints in a program of many units and counts those that were
// walked.
func TestIndexIsLazy(t *testing.T) {
	tab, _ := compiled(t, "../../testdata/programs/rs_types/rs_types-debug.wasm")
	if n := len(tab.units); n < 50 {
		t.Fatalf("%d units are too few to tell", n)
	}
	walked := func(what string, most int) {
		t.Helper()
		if n := tab.walkedUnits(); n > most {
			t.Errorf("%s: %d of %d units were walked, want at most %d", what, n, len(tab.units), most)
		}
	}
	walked("opening", 0)
	if _, err := tab.FuncPlaces("main::enums"); err != nil {
		t.Fatal(err)
	}
	walked("a breakpoint at a function", 1)
	if _, _, _, err := tab.LinePlaces("main.rs", 60); err != nil {
		t.Fatal(err)
	}
	walked("a breakpoint at a line", 1)
	if tab.GlobalsNamed("no_such_static", nil) != nil {
		t.Error("there is a no_such_static")
	}
	if _, ok := tab.TypeNamed("NoSuchType"); ok {
		t.Error("there is a NoSuchType")
	}
	walked("names that are not there", 1)
	if fs := tab.Functions("main"); len(fs) == 0 || fs[0].Name != "main::main" {
		t.Errorf("functions called main: %s", describeFunctions(fs))
	}
	walked("main", 3)
}

// TestDamagedIndex damages the index of names: the answers stay.
func TestDamagedIndex(t *testing.T) {
	b, err := os.ReadFile("../../testdata/programs/c_steps/c_steps-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	f, err := aot.Compile(b, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	whole := f.Debug[".debug_names"]
	want := describeFunctions(Open(f).Functions("main"))
	if want == "" {
		t.Fatal("no main")
	}
	for n := 0; n < len(whole); n += 1 + len(whole)/100 {
		f.Debug[".debug_names"] = whole[:n]
		if got := describeFunctions(Open(f).Functions("main")); got != want {
			t.Fatalf("cut at %d: %q, want %q", n, got, want)
		}
	}
	// An entry that leads elsewhere costs what it is about, no more: it must not panic.
	for i := range whole {
		bad := slices.Clone(whole)
		bad[i] ^= 0x55
		f.Debug[".debug_names"] = bad
		tab := Open(f)
		tab.Functions("main")
		tab.TypeNamed("int")
		tab.lookup("main", func(dwarf.Tag) bool { return true })
		if i > 4000 {
			break
		}
	}
}
