package debuginfo

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// translation is what all units share.
type translation struct {
	cm         *codemap.Map
	layout     *abi.Layout
	places     *places
	writer     *info.Writer
	report     *Report
	referenced offsetSet
	budget     atomic.Int64 // see spend
}

// listBudget is how many list entries a translation may take at least.
const listBudget = 16 << 20

// Translate writes the native debug information for a compiled module: the sections by name
// (".debug_info", ".debug_frame", …) and what was lost on the way. Damaged input is a
// loss in the report, never an error: a module runs without its debug information.
func Translate(m *wasm.Module, cm *codemap.Map, layout *abi.Layout) (map[string][]byte, *Report) {
	report := &Report{}
	out := map[string][]byte{".debug_frame": frames(cm)}
	in := sections(m)
	if len(in.Info) == 0 {
		report.Absent, report.External = true, external(m)
		return out, report
	}
	d, err := info.New(in)
	if err != nil {
		report.lost("rest of the units", err.Error(), ".debug_info", 0)
	}
	t := &translation{
		cm: cm, layout: layout, report: report,
		places:     newPlaces(m, cm),
		writer:     info.NewWriter(dwarf.NewStringTable(in.Str), dwarf.NewStringTable(in.LineStr)),
		referenced: newOffsetSet(info.Offset(len(in.Info) + len(in.Types))),
	}
	t.budget.Store(listBudget + int64(len(in.Info)))
	units := t.open(d)
	inParallel(units, func(u *unit) { u.facts = t.scan(u.in) })
	t.settle(units)
	inParallel(units, func(u *unit) {
		u.translate()
		u.writeLines()
	})
	if t.exhausted() {
		report.lost("some lists", "there are too many list entries for a section of this size", ".debug_info", 0)
	}
	var aranges []byte
	for _, u := range units {
		off := t.writer.Append(u.out)
		if len(u.native) > 0 {
			aranges = index.AppendAranges(aranges, off, u.aranges(off))
		}
		report.Units++
		report.Subprograms += u.subprograms
		report.Variables += u.variables
		report.Rows += u.rows
		u.out = nil
	}
	sections, unresolved := t.writer.Finish()
	for range unresolved {
		report.lost("reference", "there is no such entry", ".debug_info", 0)
	}
	for name, data := range map[string][]byte{
		".debug_info": sections.Info, ".debug_abbrev": sections.Abbrev, ".debug_str": sections.Str,
		".debug_line_str": sections.LineStr, ".debug_line": sections.Line,
		".debug_loclists": sections.Loclists, ".debug_rnglists": sections.Rnglists,
		".debug_aranges": aranges,
	} {
		if len(data) > 0 {
			out[name] = data
		}
	}
	return out, report
}

// settle finds out which unit describes each function where several do.
func (t *translation) settle(units []*unit) {
	var lines, entries []claim
	for _, u := range units {
		if u.owner {
			lines = sequenceClaims(lines, u.prog, u.number)
		}
		for i, s := range u.facts.live {
			entries = append(entries, claim{s.low, s.high, u.number, i})
		}
	}
	t.places.own(lines, func(f *function) *owner { return &f.lines })
	t.places.own(entries, func(f *function) *owner { return &f.entry })
	for _, u := range units {
		u.settleEntries()
	}
	for i := range t.places.funcs { // units with line tables only
		if f := &t.places.funcs[i]; f.entry.unit == nobody && f.lines.unit != nobody {
			u := units[f.lines.unit]
			u.native = append(u.native, textRange{f.Text, f.TextEnd})
		}
	}
	for _, u := range units {
		u.native = joinRanges(u.native)
	}
}

// open prepares the units that can be read, in order. What they put into shared tables is put
// there now, so that the output does not depend on which of them is translated first.
func (t *translation) open(d *info.Data) []*unit {
	var units []*unit
	programs := map[uint64]bool{}
	for _, in := range d.Units {
		section, at := in.SectionOffset(in.Offset)
		root, err := in.Root()
		if err != nil {
			t.report.lost("unit", reason(err), section, at)
			continue
		}
		if in.AddrSize != 4 && in.AddrSize != 8 {
			t.report.lost("unit", fmt.Sprintf("addresses of %d bytes", in.AddrSize), section, at)
			continue
		}
		u := &unit{translation: t, in: in, number: len(units)}
		if v, ok := root.Attr(dwarf.AttrStmtList); ok {
			if off, ok := v.SecOffset(); ok {
				u.prog, err = line.Parse(&d.Sections, off, in.AddrSize, root.Str(dwarf.AttrCompDir))
				if err != nil {
					t.report.lost("line table", reason(err), ".debug_line", off)
					u.prog = nil
				} else {
					u.files = newFileTables(u.prog, root.Name())
					u.files.intern(t.writer.LineStr)
					u.owner = in.Type != dwarf.UnitTypes && !programs[off]
					programs[off] = programs[off] || u.owner
				}
			}
		}
		units = append(units, u)
	}
	return units
}

// aranges lists the unit's code for .debug_aranges.
func (u *unit) aranges(off uint64) []index.Arange {
	rs := make([]index.Arange, len(u.native))
	for i, r := range u.native {
		rs[i] = index.Arange{Low: address(r.lo), High: address(r.hi), Unit: off}
	}
	return rs
}

// writeLines writes the unit's line number program: the tables of files, and the rows unless
// another unit has them.
func (u *unit) writeLines() {
	if u.prog == nil {
		return
	}
	w := line.NewWriter(u.files.dirs, u.files.files, u.writer.LineStr)
	if u.owner {
		spans, err := u.places.lineSpans(u.prog, u.number, &u.files)
		if err != nil {
			u.report.lost("rest of a line table", reason(err), ".debug_line", u.prog.Offset)
		}
		u.rows = u.places.writeLines(spans, w)
	}
	u.out.Line = w.Bytes()
}

// inParallel calls f for each unit on all processors.
func inParallel(units []*unit, f func(*unit)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(units)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(units)); i = next.Add(1) - 1 {
				f(units[i])
			}
		})
	}
	wg.Wait()
}
