package debuginfo_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
	"sphex/internal/testneeds"
)

// laterPrograms have type units, split units of either kind and in either package, units that refer to
// each other (after link-time optimisation), location lists, entry values, no DWARF at all.
var laterPrograms = []string{
	"cpp_split/O0-dw4/split.wasm", "cpp_split/O1-dw4/packed/split.wasm", "cpp_split/O1-dw5/split.wasm",
	"cpp_split/O0-dw5/packed/split.wasm", "cpp_split/single/split.wasm", "c_split/bin/split.wasm", "c_split/bin/wasm-opt.wasm",
	"c_multi/c_multi-O2-dw5.wasm", "c_macros/dw4.wasm", "c_macros/dw5.wasm", "cpp_shapes/cpp_shapes-O2.wasm",
	"cpp_kinds/cpp_kinds-O0.wasm", "rs_panic/rs_panic-163-lto.wasm", "rs_kinds/rs_kinds-release.wasm",
	"zig_kinds/kinds-Debug.wasm", "tinygo_trap/tinygo_trap.wasm", "asc_primes/bin/primes.wasm", "wat_collatz/bin/collatz.wasm",
}

// TestLater compares what a unit is when it is translated alone with what it is among the others, entry
// by entry, row by row and name by name, and once more when the others are there, too.
func TestLater(t *testing.T) {
	across := 0
	for _, program := range laterPrograms {
		t.Run(program, func(t *testing.T) {
			whole, f := compileLater(t, program)
			later := f.Later.(*debuginfo.Later)
			c := laterComparison{T: t, whole: whole, later: later}
			c.compare()
			c.names()
			select {
			case <-later.Awaited():
				t.Error("to find a name, everything had to be translated")
			default:
			}
			if t.Failed() {
				return
			}
			sections := later.Sections()
			for name, want := range whole {
				if !bytes.Equal(sections[name], want) {
					t.Errorf("%s: the finished section differs", name)
				}
			}
			c.compare() // with references that were kept from before

			_, f = compileLater(t, program)
			c.later = f.Later.(*debuginfo.Later)
			c.later.Finish()
			c.compare()
			c.names()
			across += c.across
		})
	}
	if across == 0 {
		t.Error("no unit refers to another")
	}
}

// compileLater compiles a program in both ways.
func compileLater(t *testing.T, program string) (whole map[string][]byte, later *object.File) {
	t.Helper()
	path := filepath.Join("../../testdata/programs", program)
	module, err := os.ReadFile(testneeds.Unpacked(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return compileLaterOf(t, module, path)
}

// compileLaterOf is compileLater for a module that stands at a path.
func compileLaterOf(t *testing.T, module []byte, path string) (whole map[string][]byte, later *object.File) {
	t.Helper()
	o := aot.Options{Companions: &aot.Companions{Module: path}, Text: debuginfo.TextFills}
	f, err := aot.Compile(module, o)
	if err != nil {
		t.Fatal(err)
	}
	o.LaterFrom, o.Companions = 1, &aot.Companions{Module: path}
	if later, err = aot.Compile(module, o); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Notes, later.Notes) {
		t.Errorf("notes: %q, want %q", later.Notes, f.Notes)
	}
	if later.Debug != nil || later.Later == nil {
		t.Fatal("nothing was left for later")
	}
	later.Later.(*debuginfo.Later).Part = 1
	return f.Debug, later
}

// laterComparison compares a finished translation with one that is made later.
type laterComparison struct {
	*testing.T
	whole    map[string][]byte
	later    *debuginfo.Later
	sections dwarf.Sections
	data     *info.Data // of whole
	across   int        // references between units
}

func (c *laterComparison) compare() {
	for name, b := range c.whole {
		c.sections.Set(name, b)
	}
	c.data, _ = info.New(&c.sections)
	if len(c.data.Units) != c.later.Units() {
		c.Fatalf("%d units, want %d", c.later.Units(), len(c.data.Units))
	}
	var ranges = map[uint64][]index.Arange{}
	if err := index.Sets(c.sections.Aranges, func(unit uint64, rs []index.Arange) { ranges[unit] = rs }); err != nil {
		c.Fatal(err)
	}
	// Backwards, so that references lead to units that are not there yet.
	for i := len(c.data.Units) - 1; i >= 0; i-- {
		a, b := c.data.Units[i], c.later.Data().Units[i]
		if a.Type != b.Type || a.Signature != b.Signature {
			c.Fatalf("unit %d: type %v, want %v", i, b.Type, a.Type)
		}
		code := []index.Arange{}
		for _, r := range c.later.Code(i) {
			code = append(code, index.Arange{Low: object.TextBase + uint64(r.Lo), High: object.TextBase + uint64(r.Hi), Unit: uint64(a.Offset)})
		}
		if a.Type != dwarf.UnitTypes && !slices.EqualFunc(code, ranges[uint64(a.Offset)], func(x, y index.Arange) bool { return x.Low == y.Low && x.High == y.High }) {
			c.Errorf("unit %d: code %v, want %v", i, code, ranges[uint64(a.Offset)])
		}
		c.root(i, a)
		c.entries(i, a, b)
		c.lines(i, a)
		if c.Failed() {
			return
		}
	}
}

func (c *laterComparison) root(i int, a *info.Unit) {
	e, err := a.Root()
	if err != nil {
		c.Fatal(err)
	}
	lang, _ := e.Uint(dwarf.AttrLanguage)
	want := debuginfo.Root{Name: e.Name(), CompDir: e.Str(dwarf.AttrCompDir), Producer: e.Str(dwarf.AttrProducer), Language: dwarf.Lang(lang)}
	if got := c.later.Root(i); got != want {
		c.Errorf("unit %d: root %+v, want %+v", i, got, want)
	}
}

// entries compares all entries of a unit.
func (c *laterComparison) entries(i int, a, b *info.Unit) {
	x, y := a.Walk(), b.Walk()
	var e, f info.Entry
	for {
		more := x.Next(&e)
		if again := y.Next(&f); more != again {
			c.Fatalf("unit %d: at %#x: one has %v, %v, the other not: %v", i, e.Offset, more, x.Err(), y.Err())
		}
		if !more {
			return
		}
		if e.Offset-a.Offset != f.Offset-b.Offset || e.Tag() != f.Tag() || e.Depth != f.Depth || e.HasChildren() != f.HasChildren() {
			c.Fatalf("unit %d: entry %v at %#x, want %v at %#x", i, f.Tag(), f.Offset-b.Offset, e.Tag(), e.Offset-a.Offset)
		}
		want, got := slices.Collect(e.Attrs()), slices.Collect(f.Attrs())
		if len(want) != len(got) {
			c.Fatalf("unit %d: entry at %#x: attributes %v, want %v", i, e.Offset, got, want)
		}
		for k := range want {
			if want[k].Attr != got[k].Attr || want[k].Form != got[k].Form {
				c.Fatalf("unit %d: entry at %#x: %v in %v, want %v in %v", i, e.Offset, got[k].Attr, got[k].Form, want[k].Attr, want[k].Form)
			}
			c.value(fmt.Sprintf("unit %d: entry at %#x: %v", i, e.Offset, want[k].Attr), want[k], got[k], a, b)
		}
		if c.Failed() {
			return
		}
	}
}

// sameEntry reports whether an Offset of the whole and one of what is made later mean the same entry.
func (c *laterComparison) sameEntry(a, b info.Offset) bool {
	u, ok := c.data.UnitAt(a)
	if !ok {
		return false
	}
	return slices.Index(c.data.Units, u) == info.LaterUnit(b) && a-u.Offset == b-info.LaterOffset(info.LaterUnit(b), 0)
}

func (c *laterComparison) value(where string, want, got info.Value, a, b *info.Unit) {
	switch want.Class() {
	case info.ClassRef:
		x, ok := want.Ref()
		y, also := got.Ref()
		if want.Form == dwarf.FormRefAddr {
			c.across++
			ok = ok && x != 0 // what refers to nothing
		}
		if ok != also || ok && !c.sameEntry(x, y) {
			c.Errorf("%s: refers to %#x (%v), want %#x (%v)", where, y, also, x, ok)
		}
	case info.ClassString:
		x, _ := want.Str()
		if y, _ := got.Str(); x != y {
			c.Errorf("%s: %q, want %q", where, y, x)
		}
	case info.ClassBlock:
		x, _ := want.Block()
		if y, _ := got.Block(); !bytes.Equal(x, y) {
			c.Errorf("%s: % x, want % x", where, y, x)
		}
	case info.ClassExpr:
		x, _ := want.Expr()
		y, _ := got.Expr()
		c.expression(where, x, y, a, b)
	case info.ClassOffset:
		switch want.Attr {
		case dwarf.AttrStmtList, dwarf.AttrMacros:
		case dwarf.AttrRanges:
			x, err := want.Ranges(nil)
			y, failed := got.Ranges(nil)
			if err != nil || failed != nil || !slices.Equal(x, y) {
				c.Errorf("%s: %v (%v), want %v (%v)", where, y, failed, x, err)
			}
		default:
			x, err := want.Locations(nil)
			y, failed := got.Locations(nil)
			if err != nil || failed != nil || len(x) != len(y) {
				c.Errorf("%s: %d places (%v), want %d (%v)", where, len(y), failed, len(x), err)
				return
			}
			for k := range x {
				c.expression(where, x[k].Expr, y[k].Expr, a, b)
				x[k].Expr, y[k].Expr = nil, nil
				if !sameLocation(x[k], y[k]) {
					c.Errorf("%s: place %d: %+v, want %+v", where, k, y[k], x[k])
				}
			}
		}
	default:
		if want.Raw() != got.Raw() {
			c.Errorf("%s: %#x, want %#x", where, got.Raw(), want.Raw())
		}
	}
}

func sameLocation(a, b list.Location) bool {
	return a.Low == b.Low && a.High == b.High && a.Dead == b.Dead && a.Default == b.Default
}

// expression compares expressions, in which references across units differ.
func (c *laterComparison) expression(where string, want, got []byte, a, b *info.Unit) {
	if bytes.Equal(want, got) {
		return
	}
	x, err := expr.Decode(nil, want, a.Format())
	y, failed := expr.Decode(nil, got, b.Format())
	if err != nil || failed != nil || len(x) != len(y) {
		c.Errorf("%s: % x, want % x", where, got, want)
		return
	}
	for k := range x {
		p, q := x[k].EntryRef(), y[k].EntryRef()
		if p == nil || q == nil || !x[k].InSection() {
			continue
		}
		c.across++
		to, ok := a.Across(*p)
		also, found := b.Across(*q)
		if ok != found || ok && !c.sameEntry(to, also) {
			c.Errorf("%s: an operation refers to %#x, want %#x", where, also, to)
		}
		*p = *q
	}
	if fmt.Sprint(x) != fmt.Sprint(y) {
		c.Errorf("%s: %v, want %v", where, y, x)
	}
}

// lines compares the line number programs.
func (c *laterComparison) lines(i int, a *info.Unit) {
	root, _ := a.Root()
	v, has := root.Attr(dwarf.AttrStmtList)
	got, err := c.later.Lines(i)
	if err != nil || has != (got != nil) || has != (c.later.Files(i) != nil) {
		c.Fatalf("unit %d: lines %v, want %v: %v", i, got != nil, has, err)
	}
	if !has {
		return
	}
	off, _ := v.SecOffset()
	want, err := line.Parse(&c.sections, off, a.AddrSize, "")
	if err != nil {
		c.Fatal(err)
	}
	files := c.later.Files(i)
	for n := range uint64(len(want.Files) + 1) {
		if got.Path(n) != want.Path(n) || files.Path(n) != want.Path(n) {
			c.Errorf("unit %d: file %d: %q, alone %q, want %q", i, n, got.Path(n), files.Path(n), want.Path(n))
		}
	}
	if len(files.Files) != len(want.Files) || len(files.Dirs) != len(want.Dirs) {
		c.Errorf("unit %d: %d files, want %d", i, len(files.Files), len(want.Files))
	}
	rows := func(p *line.Program) (out []line.Row) {
		if err := p.Rows(func(r *line.Row) bool { out = append(out, *r); return true }); err != nil {
			c.Error(err)
		}
		return out
	}
	if !slices.Equal(rows(got), rows(want)) {
		c.Errorf("unit %d: the rows differ", i)
	}
}

// looked lists the units in which a closer look finds the name; nil if there is no such look any more.
func (c *laterComparison) looked(name string) []int {
	c.later.Part = 0
	defer func() { c.later.Part = 1 }()
	units, _ := c.later.MayHave(name)
	return units
}

// foundName is an entry of an index, with the number of its unit. Of its parent only that counts which
// indexes of all sizes tell.
type foundName struct {
	unit int
	die  uint64
	tag  dwarf.Tag
	top  bool // it stands in no other entry
}

func byPlace(a, b foundName) int {
	return cmp.Or(cmp.Compare(a.unit, b.unit), cmp.Compare(a.die, b.die))
}

// names looks every name of the index up, and some that are in none.
func (c *laterComparison) names() {
	all, err := index.ParseNames(&c.sections)
	if err != nil {
		c.Fatal(err)
	}
	names := []string{"no such name", "<", "int<"}
	for _, e := range c.data.Units {
		if r, err := e.Root(); err == nil && r.Name() != "" {
			names = append(names, r.Name())
		}
	}
	if err := all.Texts(func(text []byte, _ index.ID) bool { names = append(names, string(text)); return true }); err != nil {
		c.Fatal(err)
	}
	if most := 400; len(names) > most { // as many from everywhere
		step := len(names) / most
		for i := range most {
			names[i] = names[i*step]
		}
		names = names[:most]
	}
	for _, name := range names {
		var want, got []foundName
		err := all.Lookup(name, func(e index.Entry) bool {
			u, _ := c.data.UnitAt(info.Offset(e.Unit))
			want = append(want, foundName{slices.Index(c.data.Units, u), e.DIE, e.Tag, e.ParentKnown && e.Parent == 0})
			return true
		})
		failed := c.later.Lookup(name, func(e index.Entry) bool {
			got = append(got, foundName{info.LaterUnit(info.Offset(e.Unit)), e.DIE, e.Tag, e.ParentKnown && e.Parent == 0})
			return true
		})
		if units := c.looked(name); units != nil {
			for _, w := range want {
				if !slices.Contains(units, w.unit) {
					c.Errorf("%q: a closer look does not find unit %d", name, w.unit)
				}
			}
		}
		slices.SortFunc(want, byPlace)
		slices.SortFunc(got, byPlace)
		if err != nil || failed != nil || !slices.Equal(want, got) {
			c.Errorf("%q: found %v (%v), want %v (%v)", name, got, failed, want, err)
		}
	}
}
