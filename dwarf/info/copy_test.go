package info_test

import (
	"bytes"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/internal/dwarftest"
)

// copied is an entry as it must come out: its own attributes that are copied as they are.
type copied struct {
	in    info.Entry
	depth int
}

// leaveOut decides which entries the test does not copy: it leaves out every seventh entry with its children,
// so that entries which were to have children have none.
func leaveOut(e *info.Entry) bool { return e.Depth > 1 && e.Offset%7 == 0 }

func decide(_ dwarf.Tag, v info.Value) info.Action {
	switch v.Attr {
	case dwarf.AttrSibling, dwarf.AttrStrOffsetsBase:
		return info.Drop
	}
	switch v.Class() {
	case info.ClassConstant, info.ClassString, info.ClassFlag, info.ClassRef, info.ClassBlock:
		return info.Copy
	}
	return info.Drop
}

// TestCopier copies what can be copied without knowing where things are, and reads it again.
func TestCopier(t *testing.T) {
	for _, p := range dwarftest.Programs(t, "../..") {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			d, err := info.New(&p.Sections)
			if err != nil {
				t.Fatal(err)
			}
			out, want, lost := copyAll(t, d)
			got, err := info.New(&dwarf.Sections{Info: out.Info, Abbrev: out.Abbrev, Str: out.Str, LineStr: out.LineStr})
			if err != nil {
				t.Fatal(err)
			}
			compareCopies(t, got, want, lost)
		})
	}
}

// copyAll returns the copy, and by unit the entries that were copied, in order; lost tells of
// which attributes the targets were left out.
func copyAll(t *testing.T, d *info.Data) (out *info.Output, want [][]copied, lost int) {
	set := make([]uint64, d.End()/64+1)
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			if leaveOut(&e) {
				w.SkipChildren()
				continue
			}
			set[e.Offset/64] |= 1 << (e.Offset % 64)
		}
	}
	w := info.NewWriter(dwarf.NewStringTable(d.Sections.Str), dwarf.NewStringTable(d.Sections.LineStr))
	w.SetKeys(info.NewKeys(set))
	c := info.Copier{
		Decide: decide,
		Write:  func(*info.Entry, info.Value) {},
		File:   func(n uint64) (uint64, bool) { return n, true },
		Lost:   func(*info.Entry, info.Value) { t.Error("something is lost") },
	}
	for _, in := range d.Units {
		u := w.NewUnit(dwarf.UnitCompile)
		u.LowKey = uint64(in.Offset)
		c.Out = u
		if err := c.Start(in); err != nil {
			t.Fatal(err)
		}
		var entries []copied
		open := 0
		walk := in.Walk()
		var e info.Entry
		for walk.Next(&e) {
			for ; open > e.Depth; open-- {
				u.End()
			}
			if leaveOut(&e) {
				walk.SkipChildren()
				continue
			}
			entries = append(entries, copied{e, e.Depth})
			open++
			p := c.Plan(&e)
			switch {
			case p.Whole && e.Offset%3 != 0:
				c.Whole(&e, p, uint64(e.Offset))
			default: // attribute by attribute
				u.Begin(e.Tag(), uint64(e.Offset))
				c.Attrs(&e, p)
			}
		}
		for ; open > 0; open-- {
			u.End()
		}
		if err := walk.Err(); err != nil {
			t.Fatal(err)
		}
		lost += len(u.Finish())
		w.Append(u)
		want = append(want, entries)
	}
	out, unresolved := w.Finish()
	return out, want, lost + len(unresolved)
}

func compareCopies(t *testing.T, got *info.Data, want [][]copied, lost int) {
	if len(got.Units) != len(want) {
		t.Fatalf("%d units, want %d", len(got.Units), len(want))
	}
	at := map[info.Offset]info.Offset{} // of entries: of the input to the output
	for i, u := range got.Units {
		w := u.Walk()
		var e info.Entry
		for _, c := range want[i] {
			if !w.Next(&e) || e.Tag() != c.in.Tag() || e.Depth != c.depth {
				t.Fatalf("unit %d: %v at depth %d (%v), want %v at depth %d", i, e.Tag(), e.Depth, w.Err(), c.in.Tag(), c.depth)
			}
			at[c.in.Offset] = e.Offset
		}
		if w.Next(&e) || w.Err() != nil {
			t.Fatalf("unit %d: %v behind the last entry, %v", i, e.Tag(), w.Err())
		}
	}
	zero := 0
	for i, u := range got.Units {
		w := u.Walk()
		var e info.Entry
		for k := 0; w.Next(&e); k++ {
			var values []info.Value
			for v := range want[i][k].in.Attrs() {
				if decide(0, v) == info.Copy {
					values = append(values, v)
				}
			}
			for v := range e.Attrs() {
				if len(values) == 0 || values[0].Attr != v.Attr {
					t.Fatalf("entry at 0x%x: %v, want %v", e.Offset, v.Attr, values)
				}
				zero += compareValue(t, values[0], v, at)
				values = values[1:]
			}
			if len(values) > 0 {
				t.Fatalf("entry at 0x%x has no %v", e.Offset, values[0].Attr)
			}
			children := k+1 < len(want[i]) && want[i][k+1].depth > want[i][k].depth
			if e.HasChildren() != children {
				t.Fatalf("entry at 0x%x says that it has children: %v, want %v", e.Offset, e.HasChildren(), children)
			}
		}
	}
	if zero != lost {
		t.Errorf("%d references to nothing, but %d were told", zero, lost)
	}
}

// compareValue returns 1 for a reference to an entry that was left out.
func compareValue(t *testing.T, in, out info.Value, at map[info.Offset]info.Offset) int {
	switch in.Class() {
	case info.ClassRef:
		if in.Form == dwarf.FormRefSig8 {
			if in.Raw() != out.Raw() {
				t.Errorf("%v: %x, want %x", in.Attr, out.Raw(), in.Raw())
			}
			return 0
		}
		off, _ := in.Ref()
		target, there := at[off]
		got, ok := out.Ref()
		if there && (!ok || got != target) || !there && out.Raw() != 0 {
			t.Errorf("%v refers to 0x%x, want 0x%x (%v)", in.Attr, got, target, there)
		}
		if !there {
			return 1
		}
	case info.ClassString:
		a, _ := in.Str()
		if b, ok := out.Str(); a != b || !ok {
			t.Errorf("%v: %q, want %q", in.Attr, b, a)
		}
	case info.ClassBlock:
		a, _ := in.Block()
		if b, _ := out.Block(); !bytes.Equal(a, b) {
			t.Errorf("%v: % x, want % x", in.Attr, b, a)
		}
	default:
		if in.Raw() != out.Raw() {
			t.Errorf("%v: %d, want %d", in.Attr, out.Raw(), in.Raw())
		}
	}
	return 0
}
