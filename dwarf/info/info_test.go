package info_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/internal/dwarftest"
)

// build makes a unit by hand: a root, a namespace with two functions, a variable.
func build(t testing.TB) *info.Data {
	w := info.NewWriter(dwarf.NewStringTable(nil), dwarf.NewStringTable(nil))
	u := w.NewUnit(dwarf.UnitCompile)
	u.Begin(dwarf.TagCompileUnit, 1)
	u.Str(dwarf.AttrName, "unit.c")
	u.Begin(dwarf.TagNamespace, 2)
	u.Str(dwarf.AttrName, "ns")
	u.Begin(dwarf.TagSubprogram, 3)
	u.Str(dwarf.AttrName, "first")
	u.Addr(dwarf.AttrLowPC, 0x1000)
	u.Uint(dwarf.AttrHighPC, 0x100)
	u.Begin(dwarf.TagVariable, 4)
	u.Str(dwarf.AttrName, "x")
	u.Ref(dwarf.AttrType, 6)
	u.End()
	u.End()
	u.Begin(dwarf.TagSubprogram, 5)
	u.Str(dwarf.AttrName, "second")
	u.RefAddr(dwarf.AttrSpecification, 3)
	u.End()
	u.End()
	u.Begin(dwarf.TagBaseType, 6)
	u.Str(dwarf.AttrName, "int")
	u.Uint(dwarf.AttrByteSize, 4)
	u.End()
	u.End()
	if bad := u.Finish(); bad != nil {
		t.Fatal(bad)
	}
	w.Append(u)
	out, bad := w.Finish()
	if bad != nil {
		t.Fatal(bad)
	}
	d, err := info.New(&dwarf.Sections{Abbrev: out.Abbrev, Info: out.Info, Str: out.Str})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNavigation(t *testing.T) {
	d := build(t)
	root, err := d.Units[0].Root()
	if err != nil {
		t.Fatal(err)
	}
	var show func(e info.Entry) string
	show = func(e info.Entry) string {
		var parts []string
		for c := range e.Children() {
			if p, ok := c.Parent(); !ok || p.Offset != e.Offset {
				t.Errorf("parent of %s is %s", c.Name(), p.Name())
			}
			parts = append(parts, show(c))
		}
		if parts == nil {
			return e.Name()
		}
		return e.Name() + "(" + strings.Join(parts, " ") + ")"
	}
	if got := show(root); got != "unit.c(ns(first(x) second) int)" {
		t.Error(got)
	}
	if _, ok := root.Parent(); ok {
		t.Error("the root has a parent")
	}
	var seen []string
	w := root.Walk()
	var e info.Entry
	for w.Next(&e) {
		seen = append(seen, fmt.Sprint(e.Name(), e.Depth))
		if e.Name() == "first" {
			w.SkipChildren()
			rs, err := e.Ranges()
			if err != nil || len(rs) != 1 || rs[0].Low != 0x1000 || rs[0].High != 0x1100 {
				t.Errorf("ranges %v, %v", rs, err)
			}
		}
		if e.Name() == "second" {
			if f, ok := e.Follow(dwarf.AttrSpecification); !ok || f.Name() != "first" {
				t.Errorf("second refers to %q", f.Name())
			}
			if _, ok := e.Uint(dwarf.AttrByteSize); ok {
				t.Error("second has a size")
			}
		}
	}
	if got := strings.Join(seen, " "); got != "unit.c0 ns1 first2 second2 int1" {
		t.Error(got)
	}
	if _, err := d.Entry(root.Offset + 1); err == nil {
		t.Log("an offset in the middle of an entry may read as one") // that is all that can be said
	}
	for _, off := range []info.Offset{0, 5, info.Offset(len(d.Sections.Info)), 1 << 40} {
		if _, err := d.Entry(off); err == nil {
			t.Errorf("an entry at 0x%x", off)
		}
	}
}

// TestUnresolved: references to what is not there are reported, not dropped.
func TestUnresolved(t *testing.T) {
	w := info.NewWriter(dwarf.NewStringTable(nil), dwarf.NewStringTable(nil))
	u := w.NewUnit(dwarf.UnitCompile)
	u.Begin(dwarf.TagCompileUnit, 1)
	u.Ref(dwarf.AttrType, 77)
	u.RefAddr(dwarf.AttrImport, 88)
	u.Expr(dwarf.AttrLocation, []byte{0xa8, 0, 0, 0, 0}, []expr.Ref{{At: 1, Kind: expr.RefULEB, Key: 99}})
	u.End()
	if bad := u.Finish(); fmt.Sprint(bad) != "[77 99]" {
		t.Error(bad)
	}
	w.Append(u)
	if _, bad := w.Finish(); fmt.Sprint(bad) != "[88]" {
		t.Error(bad)
	}
}

// TestHeaders: damaged headers are errors with a place, and the units before them are kept.
func TestHeaders(t *testing.T) {
	good := build(t)
	n := uint64(len(good.Sections.Info))
	for _, c := range []struct {
		name string
		tail string
		at   uint64
	}{
		{"truncated length", "\x05", n},
		{"too long", "\xff\x00\x00\x00\x05\x00", n + 4},
		{"reserved length", "\xf0\xff\xff\xff", n + 4},
		{"version", "\x08\x00\x00\x00\x06\x00\x01\x08\x00\x00\x00\x00", n},
		{"unit type", "\x08\x00\x00\x00\x05\x00\x09\x08\x00\x00\x00\x00", n + 12},
		{"address size", "\x07\x00\x00\x00\x04\x00\x00\x00\x00\x00\x03", n},
	} {
		s := good.Sections
		s.Info = append(s.Info[:n:n], c.tail...)
		d, err := info.New(&s)
		var e *dwarf.Error
		if !errors.As(err, &e) || e.Section != ".debug_info" || e.Offset != c.at || len(d.Units) != 1 {
			t.Errorf("%s: %v, %d units", c.name, err, len(d.Units))
		}
	}
}

// TestConcurrent reads units from many goroutines, for the race detector.
func TestConcurrent(t *testing.T) {
	p := dwarftest.Programs(t, root)[0]
	d, err := info.New(&p.Sections)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	counts := make([]int, 8)
	for i := range counts {
		wg.Go(func() {
			for _, u := range d.Units {
				w := u.Walk()
				var e info.Entry
				for w.Next(&e) {
					if p, ok := e.Parent(); ok && p.Tag() != 0 {
						counts[i]++
					}
				}
			}
		})
	}
	wg.Wait()
	for _, n := range counts {
		if n == 0 || n != counts[0] {
			t.Fatal(counts)
		}
	}
}

// TestAbbrevBudget: many units that each name a long table at another offset must not make
// the reader take memory out of proportion.
func TestAbbrevBudget(t *testing.T) {
	var abbrev []byte
	for code := range 100_000 {
		var b [3]byte
		dwarf.PutPaddedULEB(b[:], uint64(code+1))
		abbrev = append(append(abbrev, b[:]...), 0x11, 0, 0, 0)
	}
	abbrev = append(abbrev, 0)
	var data []byte
	for i := range 2000 {
		off := uint32(7 * i)
		data = append(data, 9, 0, 0, 0, 4, 0, byte(off), byte(off>>8), byte(off>>16), 0, 4, byte(i+1)|0x80, byte((i+1)>>7))
	}
	d, err := info.New(&dwarf.Sections{Info: data, Abbrev: abbrev})
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, u := range d.Units {
		if _, err := u.Root(); err != nil {
			failed++
		}
	}
	if failed == 0 || failed > 1995 {
		t.Errorf("%d of 2000 units have errors", failed)
	}
}

// everything reads all that can be read of units.
func everything(d *info.Data, limit int) (entries int) {
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			if entries++; entries > limit {
				return entries
			}
			for v := range e.Attrs() {
				v.Class()
				v.Addr()
				v.Ref()
				v.StrBytes()
				v.SignExtended()
				v.SecOffset()
				if v.Class() == info.ClassOffset {
					_, _ = v.Ranges(nil)
					_, _ = v.Locations(nil)
				}
				if code, ok := v.Expr(); ok {
					_, _ = expr.Decode(nil, code, u.Format())
				}
			}
			_, _ = e.Ranges()
			e.Follow(dwarf.AttrType)
			if entries%8 == 0 {
				e.Parent()
				w.SkipChildren()
			}
		}
		if root, err := u.Root(); err == nil {
			for range root.Children() {
				entries++
			}
		}
	}
	return entries
}

func FuzzUnits(f *testing.F) {
	d := build(f)
	f.Add(d.Sections.Info, d.Sections.Abbrev, d.Sections.Str, []byte{})
	for _, p := range dwarftest.Programs(f, root)[:4] {
		s := &p.Sections
		cut := func(b []byte, n int) []byte { return b[:min(n, len(b))] }
		f.Add(cut(s.Info, 0x55), cut(s.Abbrev, 400), cut(s.Str, 300), cut(s.Ranges, 100))
	}
	f.Fuzz(func(t *testing.T, data, abbrev, str, other []byte) {
		s := dwarf.Sections{Info: data, Types: other, Abbrev: abbrev, Str: str, LineStr: str, Ranges: other, Rnglists: other,
			Loc: other, Loclists: other, Addr: other, StrOffsets: other}
		d, _ := info.New(&s)
		// Children of a root may be counted a second time, and types.
		if n := everything(d, 100_000); n > 2*(len(data)+len(other))+2 {
			t.Fatalf("%d entries from %d bytes", n, len(data)+len(other))
		}
		mended, _ := info.New(&s)
		before := len(mended.Units)
		damage := mended.Mend()
		if len(damage) == 0 && len(mended.Units) != before {
			t.Fatalf("%d units became %d, and nothing was damaged", before, len(mended.Units))
		}
		for i, u := range mended.Units {
			if u.End < u.First || i > 0 && u.Offset < mended.Units[i-1].End {
				t.Fatalf("unit %d is at %#x–%#x", i, u.Offset, u.End)
			}
		}
		if n := everything(mended, 100_000); n > 2*(len(data)+len(other))+2 {
			t.Fatalf("%d entries from %d bytes after mending", n, len(data)+len(other))
		}
	})
}

func BenchmarkWalk(b *testing.B) {
	d, size := big(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, u := range d.Units {
			w := u.Walk()
			var e info.Entry
			for w.Next(&e) {
				for v := range e.Attrs() {
					_ = v.Raw()
				}
			}
		}
	}
}

func BenchmarkRewrite(b *testing.B) {
	d, size := big(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		rewrite(b, d)
	}
}

// big is the program with the most entries.
func big(b *testing.B) (*info.Data, int64) {
	var best *dwarftest.Program
	for _, p := range dwarftest.Programs(b, root) {
		if best == nil || len(p.Sections.Info) > len(best.Sections.Info) {
			best = p
		}
	}
	d, err := info.New(&best.Sections)
	if err != nil {
		b.Fatal(err)
	}
	return d, int64(len(best.Sections.Info))
}
