package info_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
	"sphex/dwarf/internal/dwarftest"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
)

const root = "../.."

var native = expr.Format{Version: 5, AddrSize: 8}

// rewriter copies units through the writer, as DWARF 5 with 8-byte addresses.
type rewriter struct {
	t     testing.TB
	d     *info.Data
	w     *info.Writer
	lists int
	exprs int
}

func rewrite(t testing.TB, d *info.Data) (*info.Output, []uint64, *rewriter) {
	r := &rewriter{t: t, d: d}
	r.w = info.NewWriter(dwarf.NewStringTable(d.Sections.Str), dwarf.NewStringTable(d.Sections.LineStr))
	var offs []uint64
	for _, u := range d.Units {
		if u.Type == dwarf.UnitSkeleton {
			t.Skip("skeleton units are not written")
		}
		offs = append(offs, r.w.Append(r.unit(u)))
	}
	out, unresolved := r.w.Finish()
	if len(unresolved) > 0 {
		t.Fatalf("unresolved: %#x", unresolved)
	}
	return out, offs, r
}

func (r *rewriter) unit(u *info.Unit) *info.UnitWriter {
	b, err := u.Bases()
	if err != nil {
		r.t.Fatal(err)
	}
	var w *info.UnitWriter
	if u.Type == dwarf.UnitTypes {
		w = r.w.NewTypeUnit(u.Signature, uint64(u.TypeEntry))
	} else {
		w = r.w.NewUnit(u.Type)
	}
	walk := u.Walk()
	var e info.Entry
	depth := 0
	for walk.Next(&e) {
		for ; depth > e.Depth; depth-- {
			w.End()
		}
		w.Begin(e.Tag(), uint64(e.Offset))
		depth++
		for v := range e.Attrs() {
			r.attr(u, w, &e, v, b.LowPC)
		}
	}
	if walk.Err() != nil {
		r.t.Fatal(walk.Err())
	}
	for ; depth > 0; depth-- {
		w.End()
	}
	if bad := w.Finish(); len(bad) > 0 {
		r.t.Fatalf("unit 0x%x: unresolved: %#x", u.Offset, bad)
	}
	return w
}

// wide turns the mark of dead code of 4-byte addresses into that of 8-byte addresses.
func wide(addr uint64, u *info.Unit) uint64 {
	if list.Tombstone(addr, u.AddrSize) && u.AddrSize == 4 {
		return addr | 0xffff_ffff<<32
	}
	return addr
}

func dropped(a dwarf.Attr) bool {
	switch a {
	case dwarf.AttrSibling, dwarf.AttrStrOffsetsBase, dwarf.AttrAddrBase, dwarf.AttrRnglistsBase, dwarf.AttrLoclistsBase,
		dwarf.AttrGNUAddrBase, dwarf.AttrGNURangesBase, dwarf.AttrMacroInfo, dwarf.AttrMacros, dwarf.AttrGNUMacros, dwarf.AttrGNUPubnames, dwarf.AttrGNULocviews:
		return true
	}
	return false
}

func (r *rewriter) expr(u *info.Unit, code []byte) ([]byte, []expr.Ref) {
	ops, err := expr.Decode(nil, code, u.Format())
	if err != nil {
		r.t.Fatalf("% x: %v", code, err)
	}
	r.exprs++
	for i := range ops {
		if p := ops[i].EntryRef(); p != nil && !ops[i].InSection() {
			*p += uint64(u.Offset)
		}
		if ops[i].Code == dwarf.OpAddr {
			ops[i].A = wide(ops[i].A, u)
		}
	}
	var refs []expr.Ref
	out, err := expr.Append(nil, ops, native, &refs)
	if err != nil {
		r.t.Fatal(err)
	}
	return out, refs
}

func (r *rewriter) attr(u *info.Unit, w *info.UnitWriter, e *info.Entry, v info.Value, base uint64) {
	t := r.t
	a := v.Attr
	if dropped(a) {
		return
	}
	switch v.Class() {
	case info.ClassAddress:
		addr, ok := v.Addr()
		if !ok {
			t.Fatalf("0x%x %v: no address", e.Offset, a)
		}
		w.Addr(a, wide(addr, u))
	case info.ClassBlock:
		b, _ := v.Block()
		w.Block(a, b)
	case info.ClassConstant:
		if b, ok := v.Block(); ok {
			w.Data16(a, b)
			return
		}
		switch v.Form {
		case dwarf.FormSdata:
			n, _ := v.Int()
			w.Int(a, n)
		case dwarf.FormUdata:
			w.Udata(a, v.Raw())
		case dwarf.FormImplicitConst:
			n, _ := v.Int()
			w.ImplicitConst(a, n)
		case dwarf.FormData1:
			w.Data(a, v.Raw(), 1)
		case dwarf.FormData2:
			w.Data(a, v.Raw(), 2)
		case dwarf.FormData4:
			w.Data(a, v.Raw(), 4)
		default:
			w.Data(a, v.Raw(), 8)
		}
	case info.ClassExpr:
		code, ok := v.Expr()
		if !ok {
			t.Fatalf("0x%x %v: no expression", e.Offset, a)
		}
		out, refs := r.expr(u, code)
		w.Expr(a, out, refs)
	case info.ClassFlag:
		if f, _ := v.Flag(); f {
			w.Flag(a)
		} else {
			w.False(a)
		}
	case info.ClassRef:
		off, ok := v.Ref()
		switch {
		case v.Form == dwarf.FormRefSig8:
			w.RefSig(a, v.Raw())
		case !ok:
			t.Fatalf("0x%x %v: no entry", e.Offset, a)
		case u.Contains(off):
			w.Ref(a, uint64(off))
		default:
			w.RefAddr(a, uint64(off))
		}
	case info.ClassString:
		if off, ok := v.StrOffset(); ok {
			w.Strp(a, uint32(off))
		} else if s, ok := v.Str(); ok {
			w.Str(a, s)
		} else {
			t.Fatalf("0x%x %v: no string", e.Offset, a)
		}
	case info.ClassOffset:
		switch a {
		case dwarf.AttrStmtList:
			off, _ := v.SecOffset()
			w.Line = r.line(u, e, off)
			w.StmtList()
		case dwarf.AttrRanges, dwarf.AttrStartScope:
			rs, err := v.Ranges(nil)
			if err != nil {
				t.Fatal(err)
			}
			r.lists++
			w.Ranges(a, rs, base)
		default:
			ls, err := v.Locations(nil)
			if err != nil {
				t.Fatalf("0x%x: %v", e.Offset, err)
			}
			r.lists++
			var entries []info.LocEntry
			for _, l := range ls {
				if l.Dead {
					continue
				}
				code, refs := r.expr(u, l.Expr)
				entries = append(entries, info.LocEntry{Low: l.Low, High: l.High, Default: l.Default, Code: code, Refs: refs})
			}
			w.Locs(a, entries, base)
		}
	default:
		t.Fatalf("0x%x: %v in %v", e.Offset, a, v.Form)
	}
}

func (r *rewriter) line(u *info.Unit, e *info.Entry, off uint64) []byte {
	prog, err := line.Parse(&r.d.Sections, off, u.AddrSize, e.Str(dwarf.AttrCompDir))
	if err != nil {
		r.t.Fatal(err)
	}
	files := slices.Clone(prog.Files)
	if prog.Version < 5 { // entry 0 is the primary source file from version 5 on
		files[0] = line.File{Name: e.Name()}
	}
	w := line.NewWriter(prog.Dirs, files, r.w.LineStr)
	if err := prog.Rows(func(row *line.Row) bool {
		if row.Flags&line.Dead == 0 {
			w.Row(row)
		}
		return true
	}); err != nil {
		r.t.Fatal(err)
	}
	return w.Bytes()
}

// TestRewrite copies the DWARF of every program through the writers, compares what the
// reader reads of both, and has llvm-dwarfdump verify the copy.
func TestRewrite(t *testing.T) {
	for _, p := range dwarftest.Programs(t, root) {
		t.Run(p.Name, func(t *testing.T) { checkRewrite(t, p) })
	}
	t.Run("gcc", func(t *testing.T) {
		for _, version := range []string{"-gdwarf-2", "-gdwarf-4", "-gdwarf-5"} {
			t.Run(version, func(t *testing.T) {
				checkRewrite(t, dwarftest.Native(t, "a.c", nativeSource, "gcc", version, "-gno-as-loc-support", "-gno-variable-location-views", "-fdebug-types-section", "-O2", "-o", "OUT", "FILE"))
			})
		}
	})
}

const nativeSource = `
#include <stdio.h>
#include <stdlib.h>
struct point { int x, y; double z; };
static double scale(struct point *p, double by) { p->z = p->x * by + p->y; return p->z; }
int main(int argc, char **argv) {
	struct point p = { argc, atoi(argv[0]), 1.5 };
	double sum = 0;
	for (int i = 0; i < argc; i++) { long twice = i * 2L; sum += scale(&p, twice); }
	printf("%f\n", sum);
	return 0;
}
`

func checkRewrite(t *testing.T, p *dwarftest.Program) {
	d, err := info.New(&p.Sections)
	if err != nil {
		t.Fatal(err)
	}
	out, offs, r := rewrite(t, d)
	s := dwarf.Sections{Abbrev: out.Abbrev, Info: out.Info, Line: out.Line, LineStr: out.LineStr, Str: out.Str,
		Loclists: out.Loclists, Rnglists: out.Rnglists}
	copied, err := info.New(&s)
	if err != nil {
		t.Fatal(err)
	}
	if len(copied.Units) != len(d.Units) {
		t.Fatalf("%d units, want %d", len(copied.Units), len(d.Units))
	}
	for i, u := range copied.Units {
		if uint64(u.Offset) != offs[i] {
			t.Fatalf("unit %d at 0x%x, want 0x%x", i, u.Offset, offs[i])
		}
	}
	compare(t, d, copied)
	s.Names, s.Aranges = indexes(t, copied)
	if len(p.Sections.Info) < 200_000 || strings.Contains(p.Name, "types") { // it takes seconds for the large ones
		verify(t, p, &s)
	}
	t.Logf("%d expressions, %d lists; .debug_info %d bytes, were %d", r.exprs, r.lists, len(out.Info), len(p.Sections.Info)+len(p.Sections.Types))
}

// compare walks both in step.
func compare(t *testing.T, a, b *info.Data) {
	moved := map[info.Offset]info.Offset{}
	pairs := func(f func(x, y *info.Entry)) {
		for i := range a.Units {
			wa, wb := a.Units[i].Walk(), b.Units[i].Walk()
			var x, y info.Entry
			for wa.Next(&x) {
				if !wb.Next(&y) {
					t.Fatalf("no entry for 0x%x: %v", x.Offset, wb.Err())
				}
				f(&x, &y)
			}
			if wb.Next(&y) {
				t.Fatalf("more entries: 0x%x", y.Offset)
			}
		}
	}
	pairs(func(x, y *info.Entry) { moved[x.Offset] = y.Offset })
	code := func(x, y *info.Entry, a, b []byte) {
		as, err := expr.Decode(nil, a, x.Unit.Format())
		if err != nil {
			t.Fatal(err)
		}
		bs, err := expr.Decode(nil, b, y.Unit.Format())
		if err != nil {
			t.Fatalf("% x: %v", b, err)
		}
		if len(as) != len(bs) {
			t.Fatalf("% x is % x", b, a)
		}
		for i := range as {
			p, q := as[i].EntryRef(), bs[i].EntryRef()
			if p != nil {
				if as[i].InSection() {
					*p = uint64(moved[info.Offset(*p)])
				} else {
					*p = uint64(moved[info.Offset(*p)+x.Unit.Offset] - y.Unit.Offset)
				}
				if *p != *q {
					t.Fatalf("0x%x: %v is %v", x.Offset, &bs[i], &as[i])
				}
			}
			if as[i].Code == dwarf.OpAddr {
				as[i].A = wide(as[i].A, x.Unit)
			}
			if as[i].String() != bs[i].String() {
				t.Fatalf("0x%x: %v is %v", x.Offset, &bs[i], &as[i])
			}
		}
	}
	pairs(func(x, y *info.Entry) {
		if x.Tag() != y.Tag() || x.Depth != y.Depth {
			t.Fatalf("0x%x: %v at %d, want %v at %d", x.Offset, y.Tag(), y.Depth, x.Tag(), x.Depth)
		}
		var got []info.Value
		for v := range y.Attrs() {
			got = append(got, v)
		}
		for v := range x.Attrs() {
			if dropped(v.Attr) {
				continue
			}
			if len(got) == 0 || got[0].Attr != v.Attr {
				t.Fatalf("0x%x: no %v", x.Offset, v.Attr)
			}
			g := got[0]
			got = got[1:]
			bad := func() {
				t.Helper()
				t.Fatalf("0x%x: %v is %v in %v", x.Offset, v, g, g.Form)
			}
			if g.Class() != v.Class() {
				bad()
			}
			switch v.Class() {
			case info.ClassAddress:
				p, _ := v.Addr()
				q, ok := g.Addr()
				if wide(p, x.Unit) != q || !ok {
					bad()
				}
			case info.ClassString:
				p, _ := v.Str()
				q, ok := g.Str()
				if p != q || !ok {
					bad()
				}
			case info.ClassRef:
				p, _ := v.Ref()
				q, ok := g.Ref()
				if moved[p] != q || !ok {
					bad()
				}
			case info.ClassConstant, info.ClassFlag:
				b1, _ := v.Block()
				b2, _ := g.Block()
				if v.Raw() != g.Raw() || !bytes.Equal(b1, b2) {
					bad()
				}
			case info.ClassBlock:
				b1, _ := v.Block()
				b2, _ := g.Block()
				if !bytes.Equal(b1, b2) {
					bad()
				}
			case info.ClassExpr:
				p, _ := v.Expr()
				q, _ := g.Expr()
				code(x, y, p, q)
			case info.ClassOffset:
				switch v.Attr {
				case dwarf.AttrStmtList:
				case dwarf.AttrRanges:
					p, err := v.Ranges(nil)
					if err != nil {
						t.Fatal(err)
					}
					p = slices.DeleteFunc(p, func(r list.Range) bool { return r.Dead })
					q, err := g.Ranges(nil)
					if err != nil || !slices.Equal(p, q) {
						t.Fatalf("0x%x: %v: ranges %v, want %v", x.Offset, err, q, p)
					}
				default:
					p, err := v.Locations(nil)
					if err != nil {
						t.Fatal(err)
					}
					p = slices.DeleteFunc(p, func(r list.Location) bool { return r.Dead })
					q, err := g.Locations(nil)
					if err != nil || len(p) != len(q) {
						t.Fatalf("0x%x: %v: %d locations, want %d", x.Offset, err, len(q), len(p))
					}
					for i := range p {
						if p[i].Low != q[i].Low || p[i].High != q[i].High || p[i].Default != q[i].Default {
							t.Fatalf("0x%x: %v, want %v", x.Offset, q[i], p[i])
						}
						code(x, y, p[i].Expr, q[i].Expr)
					}
				}
			}
		}
		if len(got) > 0 {
			t.Fatalf("0x%x: more attributes: %v", x.Offset, got[0].Attr)
		}
	})
}

// indexes makes the two indexes of some of the entries, and reads them back.
func indexes(t *testing.T, d *info.Data) (names, aranges []byte) {
	var units []index.UnitNames
	type key struct {
		name string
		die  info.Offset
	}
	want := map[key]dwarf.Tag{}
	for _, u := range d.Units {
		if u.Type == dwarf.UnitTypes {
			continue
		}
		e, err := u.Root()
		if err != nil {
			t.Fatal(err)
		}
		rs, err := e.Ranges()
		if err != nil {
			t.Fatal(err)
		}
		var ars []index.Arange
		for _, r := range rs {
			if !r.Dead {
				ars = append(ars, index.Arange{Low: r.Low, High: r.High})
			}
		}
		aranges = index.AppendAranges(aranges, uint64(u.Offset), ars)
		list := index.UnitNames{Offset: uint64(u.Offset)}
		walk := u.Walk()
		for walk.Next(&e) {
			if e.Tag() != dwarf.TagSubprogram && e.Tag() != dwarf.TagBaseType {
				continue
			}
			v, ok := e.Attr(dwarf.AttrName)
			if off, inStr := v.StrOffset(); ok && inStr {
				name, _ := v.Str()
				list.Names = append(list.Names, index.Name{Str: uint32(off), DIE: uint32(e.Offset - u.Offset), Parent: index.ParentUnknown, Tag: e.Tag()})
				want[key{name, e.Offset}] = e.Tag()
			}
		}
		units = append(units, list)
	}
	names = index.WriteNames(d.Sections.Str, units, func() int { return 2 })
	s := dwarf.Sections{Names: names, Str: d.Sections.Str}
	n, err := index.ParseNames(&s)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	if err := n.All(func(name []byte, es []index.Entry) bool {
		for _, e := range es {
			k := key{string(name), info.Offset(e.Unit + e.DIE)}
			if want[k] != e.Tag {
				t.Fatalf("%v is %v", k, e.Tag)
			}
			count++
			if count%16 == 0 {
				found := false
				if err := n.Lookup(k.name, func(f index.Entry) bool {
					found = found || f == e
					return true
				}); err != nil || !found {
					t.Fatalf("%v not found: %v", k, err)
				}
			}
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if count != len(want) {
		t.Fatalf("%d entries, want %d", count, len(want))
	}
	if _, err := index.Aranges(aranges); err != nil {
		t.Fatal(err)
	}
	return names, aranges
}

// verify compares the complaints of llvm-dwarfdump about the copy with those about the original.
func verify(t *testing.T, p *dwarftest.Program, s *dwarf.Sections) {
	tool := dwarftest.Tool(t, "llvm-dwarfdump-22")
	file := filepath.Join(t.TempDir(), "copy.o")
	raw := map[string][]byte{}
	for _, name := range dwarf.SectionNames {
		if data := *s.Section(name); data != nil {
			raw[name] = data
		}
	}
	dwarftest.WriteELF(t, file, raw)
	before, after := complaints(t, tool, p.Path), complaints(t, tool, file)
	for kind, n := range after {
		if n > before[kind] {
			out, _ := exec.Command(tool, "--verify", file).CombinedOutput()
			text := string(out)
			if i := strings.Index(text, "error:"); i > 0 {
				text = text[i:min(len(text), i+1500)]
			}
			t.Fatalf("%d times %q, in the original %d\n%s", n, kind, before[kind], text)
		}
	}
}

var number = regexp.MustCompile(`0x[0-9a-f]+|\d+`)

func complaints(t *testing.T, tool, file string) map[string]int {
	out, _ := exec.Command(tool, "--verify", file).CombinedOutput()
	for _, s := range []string{"Verifying .debug_abbrev", "Verifying .debug_info Unit", "Verifying non-dwo Units"} {
		if !bytes.Contains(out, []byte(s)) {
			t.Fatalf("%s does not say %q:\n%s", tool, s, out)
		}
	}
	m := map[string]int{}
	for _, l := range strings.Split(string(out), "\n") {
		// Not every name is put in the index here.
		if _, rest, ok := strings.Cut(l, "error: "); ok && !strings.HasPrefix(rest, "Aggregated") && !strings.Contains(rest, "missing") {
			m[number.ReplaceAllString(rest, "N")]++
		}
	}
	return m
}
