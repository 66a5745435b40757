package list_test

import (
	"bytes"
	stddwarf "debug/dwarf"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-delve/delve/pkg/dwarf/godwarf"
	"github.com/go-delve/delve/pkg/dwarf/loclist"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/internal/dwarftest"
	"sphex/dwarf/list"
)

const source = `
#include <stdio.h>
#include <stdlib.h>
static int f(int n, int m) { int t = 1; for (int i = 0; i < n; i++) { int u = atoi("1"); if (u > m) t += u; else t *= m; } return t; }
int main(int argc, char **argv) { if (__builtin_expect(argc > 5, 0)) abort(); return printf("%d\n", f(argc, 3) + f(7, argc)); }
`

func all(t *testing.T, f func(t *testing.T, p *dwarftest.Program)) {
	for _, p := range dwarftest.Programs(t, "../..") {
		t.Run(p.Name, func(t *testing.T) { f(t, p) })
	}
	for _, version := range []string{"-gdwarf-4", "-gdwarf-5"} {
		t.Run("gcc"+version, func(t *testing.T) {
			f(t, dwarftest.Native(t, "a.c", source, "gcc", version, "-gno-as-loc-support", "-O2", "-o", "OUT", "FILE"))
		})
	}
	t.Run("go", func(t *testing.T) {
		f(t, dwarftest.Native(t, "a.go", "package main\nfunc main() { println(1) }\n", "go", "build", "-ldflags=-compressdwarf=false", "-o", "OUT", "FILE"))
	})
}

func entries(t *testing.T, p *dwarftest.Program, f func(e *info.Entry)) {
	d, err := info.New(&p.Sections)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			f(&e)
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
	}
}

// TestRangesAgainstStandardLibrary compares the addresses of every entry with debug/dwarf.
func TestRangesAgainstStandardLibrary(t *testing.T) {
	all(t, func(t *testing.T, p *dwarftest.Program) {
		s := &p.Sections
		std, err := stddwarf.New(s.Abbrev, nil, nil, s.Info, s.Line, nil, s.Ranges, s.Str)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range p.Raw {
			switch name {
			case ".debug_addr", ".debug_line_str", ".debug_str_offsets", ".debug_rnglists":
				if err := std.AddSection(name, data); err != nil {
					t.Fatal(err)
				}
			}
		}
		n := 0
		r := std.Reader()
		entries(t, p, func(e *info.Entry) {
			if !e.Has(dwarf.AttrRanges) && !e.Has(dwarf.AttrHighPC) {
				return
			}
			r.Seek(stddwarf.Offset(e.Offset))
			se, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			want, err := std.Ranges(se)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Ranges()
			if err != nil {
				t.Fatal(err)
			}
			got = slices.DeleteFunc(got, func(r list.Range) bool { return r.Dead })
			want = slices.DeleteFunc(want, func(r [2]uint64) bool {
				return r[0] == r[1] || list.Tombstone(r[0], e.Unit.AddrSize)
			})
			same := slices.EqualFunc(got, want, func(a list.Range, b [2]uint64) bool {
				lost := e.Unit.AddrSize == 4 && b[1] == 1<<32 // no address of four bytes: the tool lost the end
				return a.Low == b[0] && (a.High == b[1] || lost && a.High == a.Low+1)
			})
			if !same {
				t.Fatalf("0x%x: %v, want %v", e.Offset, got, want)
			}
			n += len(got)
		})
		if n == 0 {
			t.Fatal("no ranges")
		}
		t.Logf("%d ranges", n)
	})
}

// locations calls f for every location list of a program, without the entries that the oracles do
// not look up by address.
func locations(t *testing.T, p *dwarftest.Program, f func(e *info.Entry, v info.Value, ls []list.Location)) {
	entries(t, p, func(e *info.Entry) {
		v, ok := e.Attr(dwarf.AttrLocation)
		if !ok || v.Class() != info.ClassOffset {
			return
		}
		ls, err := v.Locations(nil)
		if err != nil {
			t.Fatal(err)
		}
		f(e, v, slices.DeleteFunc(ls, func(l list.Location) bool { return l.Dead || l.Default }))
	})
}

var (
	dumpEntry    = regexp.MustCompile(`^0x([0-9a-f]+): +DW_TAG`)
	dumpLocation = regexp.MustCompile(`^ +\[0x([0-9a-f]+), 0x([0-9a-f]+)\): (.*)`)
	dumpOp       = regexp.MustCompile(`DW_OP_\w+`)
)

// TestLocationsAgainstDwarfdump compares addresses and operations of every entry with what
// llvm-dwarfdump prints.
func TestLocationsAgainstDwarfdump(t *testing.T) {
	tool := dwarftest.Tool(t, "llvm-dwarfdump-22")
	total := 0
	all(t, func(t *testing.T, p *dwarftest.Program) {
		if len(p.Sections.Info) > 200_000 && !strings.Contains(p.Name, "types-release") {
			return // large
		}
		out, err := exec.Command(tool, "--debug-info", p.Path).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := map[info.Offset][]string{}
		var at uint64
		for _, l := range strings.Split(string(out), "\n") {
			if m := dumpEntry.FindStringSubmatch(l); m != nil {
				at, _ = strconv.ParseUint(m[1], 16, 64)
			} else if m := dumpLocation.FindStringSubmatch(l); m != nil {
				low, _ := strconv.ParseUint(m[1], 16, 64)
				high, _ := strconv.ParseUint(m[2], 16, 64)
				if low != high && low < 0xffff_fffe { // it computes with the marks of dead code
					want[info.Offset(at)] = append(want[info.Offset(at)], fmt.Sprintf("[%x,%x) %v", low, high, dumpOp.FindAllString(m[3], -1)))
				}
			}
		}
		n := 0
		locations(t, p, func(e *info.Entry, v info.Value, ls []list.Location) {
			var got []string
			for _, l := range ls {
				got = append(got, fmt.Sprintf("[%x,%x) %v", l.Low, l.High, names(t, l.Expr, e.Unit.Format())))
			}
			if !slices.Equal(got, want[e.Offset]) {
				t.Fatalf("0x%x:\n got %v\nwant %v", e.Offset, got, want[e.Offset])
			}
			n += len(got)
		})
		total += n
		t.Logf("%d locations", n)
	})
	if total < 1000 {
		t.Fatalf("only %d locations", total)
	}
}

func names(t *testing.T, code []byte, f expr.Format) (ns []string) {
	ops, err := expr.Decode(nil, code, f)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range ops {
		ns = append(ns, o.Code.String())
		if o.Code == dwarf.OpEntryValue || o.Code == dwarf.OpGNUEntryValue {
			ns = append(ns, names(t, o.Data, f)...)
		}
	}
	return ns
}

// TestLocationsAgainstDelve looks up the start of every entry of DWARF 5 with Delve's reader.
func TestLocationsAgainstDelve(t *testing.T) {
	total := 0
	all(t, func(t *testing.T, p *dwarftest.Program) {
		r := loclist.NewDwarf5Reader(p.Sections.Loclists)
		locations(t, p, func(e *info.Entry, v info.Value, ls []list.Location) {
			if e.Unit.Version < 5 {
				return
			}
			off, _ := v.SecOffset()
			b, err := e.Unit.Bases()
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range ls {
				addrs := godwarf.ParseAddr(p.Sections.Addr).GetSubsection(b.Addr)
				want, err := r.Find(int(off), 0, b.LowPC, l.Low, addrs)
				if err != nil || want == nil {
					t.Fatalf("0x%x: oracle has nothing at 0x%x: %v", e.Offset, l.Low, err)
				}
				first := ls[slices.IndexFunc(ls, func(x list.Location) bool { return x.Low <= l.Low && l.Low < x.High })]
				if first.Low != want.LowPC || first.High != want.HighPC || !bytes.Equal(first.Expr, want.Instr) {
					t.Fatalf("0x%x: %+v, want %+v", e.Offset, first, want)
				}
				total++
			}
		})
	})
	if total < 1000 {
		t.Fatalf("only %d locations", total)
	}
	t.Logf("%d locations", total)
}

func addrx(i uint64) (uint64, error) {
	if i > 9 {
		return 0, errors.New("index out of range")
	}
	return 0x100 * i, nil
}

// TestKinds holds one row per kind of entry, with 4-byte addresses.
func TestKinds(t *testing.T) {
	v4 := list.Context{Version: 4, AddrSize: 4, Base: 0x1000}
	v5 := list.Context{Version: 5, AddrSize: 4, Base: 0x1000, Addrx: addrx}
	for _, c := range []struct {
		name string
		ctx  list.Context
		data string
		want string
	}{
		{"offset pair", v4, "\x10\x00\x00\x00\x20\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00", "[{4112 4128 false}]"},
		{"empty", v4, "\x10\x00\x00\x00\x10\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00", "[]"},
		{"base address", v4, "\xff\xff\xff\xff\x00\x20\x00\x00" + "\x10\x00\x00\x00\x20\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00", "[{8208 8224 false}]"},
		{"dead base", v4, "\xff\xff\xff\xff\xff\xff\xff\xff" + "\x10\x00\x00\x00\x20\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00", "[{16 32 true}]"},
		{"dead", v4, "\xfe\xff\xff\xff\xfe\xff\xff\xff" + "\x10\x00\x00\x00\x20\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00", "[{4294967294 4294967294 true} {4112 4128 false}]"},
		{"no end", v4, "\x10\x00\x00\x00\x20\x00\x00\x00" + "\x00\x00\x00\x00", "[{4112 4128 false}] .debug_ranges+0xc: unexpected end of data"},
		{"v5 end", v5, "\x00", "[]"},
		{"base_addressx", v5, "\x01\x03\x04\x10\x20\x00", "[{784 800 false}]"},
		{"startx_endx", v5, "\x02\x01\x02\x00", "[{256 512 false}]"},
		{"startx_length", v5, "\x03\x01\x10\x00", "[{256 272 false}]"},
		{"offset_pair", v5, "\x04\x10\xa0\x01\x00", "[{4112 4256 false}]"},
		{"base_address", v5, "\x05\x00\x20\x00\x00\x04\x10\x20\x00", "[{8208 8224 false}]"},
		{"start_end", v5, "\x06\x00\x20\x00\x00\x10\x20\x00\x00\x00", "[{8192 8208 false}]"},
		{"start_length", v5, "\x07\x00\x20\x00\x00\x90\x01\x00", "[{8192 8336 false}]"},
		{"dead start", v5, "\x07\xff\xff\xff\xff\x10\x00", "[{4294967295 15 true}]"},
		{"unknown kind", v5, "\x08\x00", "[] .debug_rnglists+0x1: unknown kind of entry"},
		{"index out of range", v5, "\x02\x01\x63\x00", "[] .debug_rnglists+0x3: index out of range"},
		{"no end", v5, "\x04\x10\x20", "[{4112 4128 false}] .debug_rnglists+0x3: unexpected end of data"},
	} {
		s := dwarf.Sections{Ranges: []byte(c.data), Rnglists: []byte(c.data)}
		rs, err := list.Ranges(nil, &s, &c.ctx, 0)
		got := fmt.Sprint(rs)
		if len(rs) == 0 {
			got = "[]"
		}
		if err != nil {
			got += " " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	split := v4
	split.Split, split.Addrx = true, addrx
	for _, c := range []struct {
		name string
		ctx  list.Context
		data string
		want string
	}{
		{"v4", v4, "\x10\x00\x00\x00\x20\x00\x00\x00\x01\x00P" + "\x00\x00\x00\x00\x00\x00\x00\x00", "[{4112 4128 [80] false false}]"},
		{"v4 expression too long", v4, "\x10\x00\x00\x00\x20\x00\x00\x00\x01\xffP", "[] .debug_loc+0xa: unexpected end of data"},
		{"default", v5, "\x05\x01P\x00", "[{0 0 [80] true false}]"},
		{"base_address", v5, "\x06\x00\x20\x00\x00\x04\x10\x20\x01P\x00", "[{8208 8224 [80] false false}]"},
		{"start_end", v5, "\x07\x00\x20\x00\x00\x10\x20\x00\x00\x01P\x00", "[{8192 8208 [80] false false}]"},
		{"start_length", v5, "\x08\x00\x20\x00\x00\x10\x01P\x00", "[{8192 8208 [80] false false}]"},
		{"view pair", v5, "\x09\x01\x02\x04\x10\x20\x01P\x00", "[{4112 4128 [80] false false}]"},
		{"split", split, "\x03\x01\x10\x00\x00\x00\x01\x00P\x02\x01\x02\x00\x00\x01\x03\x04\x01\x00\x00\x00\x02\x00\x00\x00\x01\x00Q\x00",
			"[{256 272 [80] false false} {256 512 [] false false} {769 770 [81] false false}]"},
	} {
		s := dwarf.Sections{Loc: []byte(c.data), Loclists: []byte(c.data)}
		ls, err := list.Locations(nil, &s, &c.ctx, 0)
		got := fmt.Sprint(ls)
		if len(ls) == 0 {
			got = "[]"
		}
		if err != nil {
			got += " " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestWriters writes lists whose entries lie before, behind and far from the base.
func TestWriters(t *testing.T) {
	const base = 0x1_0000_0000
	for _, rs := range [][]list.Range{
		nil,
		{{Low: base, High: base + 5}},
		{{Low: base + 16, High: base + 32}, {Low: base + 40, High: base + 1<<27}},
		{{Low: 0x10, High: 0x20}},
		{{Low: 0x10, High: 0x20}, {Low: 0x30, High: 0x40}},
		{{Low: base, High: base + 1}, {Low: 8, High: 9}, {Low: base * 2, High: base*2 + 1}},
	} {
		var w list.RangeWriter
		w.Add([]list.Range{{Low: 1, High: 2}}, 0)
		off := w.Add(append(rs[:len(rs):len(rs)], list.Range{Low: 7, High: 7}, list.Range{Low: 1, High: 2, Dead: true}), base)
		s := dwarf.Sections{Rnglists: w.Bytes()}
		ctx := list.Context{Version: 5, AddrSize: 8, Base: base}
		got, err := list.Ranges(nil, &s, &ctx, uint64(off))
		if err != nil || !slices.Equal(got, rs) {
			t.Errorf("%v, %v, want %v", got, err, rs)
		}

		var lw list.LocationWriter
		lw.Begin(0)
		lw.End()
		at := lw.Begin(base)
		for i, r := range rs {
			x := lw.Entry(r.Low, r.High, []byte{byte(i), 0x9f})
			if lw.Bytes()[x] != byte(i) {
				t.Errorf("entry %d: no expression at %d", i, x)
			}
		}
		lw.Default([]byte{0x55})
		lw.End()
		s.Loclists = lw.Bytes()
		ls, err := list.Locations(nil, &s, &ctx, uint64(at))
		if err != nil || len(ls) != len(rs)+1 || !ls[len(rs)].Default {
			t.Fatalf("%+v, %v", ls, err)
		}
		for i, r := range rs {
			if l := ls[i]; l.Low != r.Low || l.High != r.High || !bytes.Equal(l.Expr, []byte{byte(i), 0x9f}) {
				t.Errorf("%+v, want %+v", l, r)
			}
		}
	}
}

func FuzzLists(f *testing.F) {
	f.Add([]byte("\x01\x03\x04\x10\x20\x01P\x06\x00\x20\x00\x00\x10\x20\x00\x00\x00"), uint8(5), false)
	f.Add([]byte("\xff\xff\xff\xff\x00\x20\x00\x00\x10\x00\x00\x00\x20\x00\x00\x00\x01\x00P\x00\x00\x00\x00\x00\x00\x00\x00"), uint8(4), false)
	f.Add([]byte("\x03\x01\x10\x00\x00\x00\x01\x00P\x00"), uint8(4), true)
	f.Fuzz(func(t *testing.T, data []byte, version uint8, split bool) {
		s := dwarf.Sections{Ranges: data, Rnglists: data, Loc: data, Loclists: data}
		ctx := list.Context{Version: uint16(version), AddrSize: 4, Base: 0x10, Addrx: addrx, Split: split}
		rs, _ := list.Ranges(nil, &s, &ctx, 0)
		ls, _ := list.Locations(nil, &s, &ctx, 0)
		if len(rs) > len(data) || len(ls) > len(data) {
			t.Fatalf("%d and %d entries from %d bytes", len(rs), len(ls), len(data))
		}
	})
}
