package info

import (
	"bytes"
	stddwarf "debug/dwarf"
	"reflect"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/internal/dwarftest"
)

const root = "../.."

// std opens a program's DWARF with the standard library.
func std(t *testing.T, p *dwarftest.Program) *stddwarf.Data {
	s := &p.Sections
	d, err := stddwarf.New(s.Abbrev, nil, nil, s.Info, s.Line, nil, s.Ranges, s.Str)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range p.Raw {
		switch name {
		case ".debug_addr", ".debug_line_str", ".debug_str_offsets", ".debug_rnglists", ".debug_types":
			if err := d.AddSection(name, data); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

// TestAgainstStandardLibrary compares every entry and attribute with debug/dwarf.
func TestAgainstStandardLibrary(t *testing.T) {
	for _, p := range dwarftest.Programs(t, root) {
		t.Run(p.Name, func(t *testing.T) { compareStd(t, p) })
	}
	t.Run("gcc", func(t *testing.T) {
		for _, version := range []string{"-gdwarf-2", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5"} {
			t.Run(version, func(t *testing.T) {
				compareStd(t, dwarftest.Native(t, "a.c", nativeSource, "gcc", version, "-O1", "-o", "OUT", "FILE"))
			})
		}
	})
	t.Run("go", func(t *testing.T) {
		compareStd(t, dwarftest.Native(t, "a.go", "package main\nfunc main() { println(len([]int{1,2,3})) }\n", "go", "build", "-ldflags=-compressdwarf=false", "-o", "OUT", "FILE"))
	})
}

const nativeSource = `
#include <stdio.h>
struct point { int x, y; unsigned bits : 3; };
enum color { red, green = -5 };
static int table[4] = { 1, 2, 3, 4 };
static int sum(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }
int main(int argc, char **argv) {
	struct point p = { argc, 2, 5 };
	enum color c = green;
	printf("%d %d\n", sum(table, 4) + p.x, (int)c);
	return p.y;
}
`

func compareStd(t *testing.T, p *dwarftest.Program) {
	d, err := New(&p.Sections)
	if err != nil {
		t.Fatal(err)
	}
	r := std(t, p).Reader()
	entries, attrs := 0, 0
	for _, u := range d.Units {
		if u.section != ".debug_info" {
			continue
		}
		w := u.Walk()
		var e Entry
		for w.Next(&e) {
			want, err := r.Next()
			for want != nil && want.Tag == 0 {
				want, err = r.Next()
			}
			if err != nil || want == nil {
				t.Fatalf("oracle ended at entry %d (0x%x): %v", entries, e.Offset, err)
			}
			entries++
			if Offset(want.Offset) != e.Offset || uint32(want.Tag) != uint32(e.Tag()) || want.Children != e.HasChildren() {
				t.Fatalf("entry: 0x%x %v %v, want 0x%x %v %v", e.Offset, e.Tag(), e.HasChildren(), want.Offset, want.Tag, want.Children)
			}
			i := 0
			for v := range e.Attrs() {
				if i == len(want.Field) {
					t.Fatalf("0x%x: more attributes than %d", e.Offset, i)
				}
				f := want.Field[i]
				if uint32(f.Attr) != uint32(v.Attr) {
					t.Fatalf("0x%x: attribute %v, want %v", e.Offset, v.Attr, f.Attr)
				}
				compareValue(t, &e, v, f)
				i++
				attrs++
			}
			if i != len(want.Field) {
				t.Fatalf("0x%x: %d attributes, want %d", e.Offset, i, len(want.Field))
			}
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
	}
	for {
		e, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if e == nil {
			break
		}
		if e.Tag != 0 {
			t.Fatalf("no more entries, but oracle has one at 0x%x", e.Offset)
		}
	}
	if entries == 0 {
		t.Fatal("no entries")
	}
	t.Logf("%d units, %d entries, %d attributes", len(d.Units), entries, attrs)
}

func compareValue(t *testing.T, e *Entry, v Value, f stddwarf.Field) {
	t.Helper()
	var got any
	var ok bool
	switch want := f.Val.(type) {
	case string:
		got, ok = v.Str()
	case bool:
		got, ok = v.Flag()
	case int64:
		switch f.Class {
		case stddwarf.ClassConstant:
			got, ok = v.Int()
			if v.Form == dwarf.FormData1 || v.Form == dwarf.FormData2 || v.Form == dwarf.FormData4 {
				// The oracle extends some by sign, depending on the attribute.
				if s, _ := v.SignExtended(); s == want {
					got = s
				}
			}
		default:
			var u uint64
			u, ok = v.SecOffset()
			if !ok { // data forms whose class depends on the attribute
				u, ok = v.Uint()
			}
			got = int64(u)
		}
	case uint64:
		switch v.Class() {
		case ClassAddress:
			got, ok = v.Addr()
		case ClassOffset:
			got, ok = v.SecOffset()
			if v.Form == dwarf.FormLoclistx { // the oracle resolves only rnglistx
				got = v.Raw()
			}
		default:
			got, ok = v.Raw(), true
		}
	case stddwarf.Offset:
		var off Offset
		off, ok = v.Ref()
		got = stddwarf.Offset(off)
	case []byte:
		b, isBlock := v.Block()
		got, ok = b, isBlock
		if isBlock && bytes.Equal(b, want) {
			got = want
		}
	default:
		t.Fatalf("0x%x %v: oracle has %T", e.Offset, v.Attr, f.Val)
	}
	if !ok || !reflect.DeepEqual(got, f.Val) {
		t.Fatalf("0x%x: %v in %v is %v (%v), want %v (%v)", e.Offset, v.Attr, v.Form, got, ok, f.Val, f.Class)
	}
}
