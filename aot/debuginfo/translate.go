package debuginfo

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// translation is what all units share.
type translation struct {
	cm          *codemap.Map
	layout      *abi.Layout
	places      *places
	writer      *info.Writer
	report      *Report
	text        *dwarf.Sections // see Input.text
	referenced  offsetSet
	strBase     map[*dwarf.Sections]uint32 // where the strings of split units are in the output
	budget      atomic.Int64               // see spend
	macroBudget atomic.Int64               // in bytes; see macroFactor
}

// listBudget is how many list entries a translation may take at least.
const listBudget = 2 << 20

// Translate writes the native debug information for a compiled module: the sections by name
// (".debug_info", ".debug_frame", …) and what was lost on the way. Damaged input is a
// loss in the report, never an error: a module runs without its debug information.
func Translate(source *Input, cm *codemap.Map, layout *abi.Layout) (map[string][]byte, *Report) {
	r := Rewrite(source, cm, layout)
	return r.Sections(), r.Report
}

// Rewritten is translated debug information that lacks the index of names.
type Rewritten struct {
	Report   *Report
	sections map[string][]byte
	strs     *dwarf.StringTable // .debug_str, most of which is the input's
	memory   uint8              // the register
}

// Rewrite is the first part of Translate, for those who have to save memory: the second part,
// Sections, needs neither the input nor codemap.Func.StackMoves.
func Rewrite(source *Input, cm *codemap.Map, layout *abi.Layout) *Rewritten {
	report := &Report{}
	source.report(report)
	out := map[string][]byte{".debug_frame": frames(cm)}
	r := &Rewritten{Report: report, sections: out, memory: uint8(cm.Target.Memory)}
	m, d, in := source.Module, source.Data, source.Sections
	if len(in.Info) == 0 {
		return r
	}
	t := &translation{
		cm: cm, layout: layout, report: report, text: source.text,
		places:     newPlaces(m, cm),
		referenced: newOffsetSet(d.End()),
	}
	r.strs, t.strBase = source.strings()
	lineStrs := dwarf.NewStringTable(in.LineStr)
	lineStrs.Index()
	t.writer = info.NewWriter(r.strs, lineStrs)
	t.budget.Store(listBudget + int64(len(in.Info)) + 4*source.listBytes())
	t.macroBudget.Store(source.macroBytes()*macroFactor + 1<<20)
	t.addPointed(d, in)
	lines := source.lines()
	units := t.open(d, lines)
	inParallel(len(units), func() func(int) {
		return func(i int) { units[i].facts = t.scan(units[i].in) }
	})
	t.settle(units)
	report.Bare = t.bare(units)
	if source.text != nil && (report.Bare || report.Stale > 0) {
		report.text = source.textName
	}
	t.writer.SetKeys(info.NewKeys(t.referenced))
	t.writer.Reserve(len(in.Info)+len(in.Types)+len(in.Info)/8, len(in.Line), len(in.Loc)+len(in.Loclists)+len(in.Info)/32, len(in.Ranges)+len(in.Rnglists)+len(in.Info)/32)
	done := &committer{writer: t.writer, report: report, units: units, ready: make([]bool, len(units))}
	inParallel(len(units), func() func(int) {
		room := &scratch{}
		return func(i int) {
			units[i].translate(room)
			units[i].writeLines(&room.lines)
			units[i].scratch = nil
			done.commit(i)
		}
	})
	if t.exhausted() {
		report.lost("some lists", "there are too many list entries for a section of this size", ".debug_info", 0)
	}
	t.writer.Str = dwarf.NewStringTable(nil) // for Sections to write
	sections, unresolved := t.writer.Finish()
	for range unresolved {
		report.lost("reference", "there is no such entry", ".debug_info", 0)
	}
	for name, data := range map[string][]byte{
		".debug_info": sections.Info, ".debug_abbrev": sections.Abbrev,
		".debug_line_str": lineStrs.Copy(0), ".debug_line": sections.Line,
		".debug_loclists": sections.Loclists, ".debug_rnglists": sections.Rnglists,
		".debug_aranges": done.aranges, ".debug_macro": sections.Macro,
	} {
		if len(data) > 0 {
			out[name] = data
		}
	}
	return r
}

// Sections returns the sections, with the strings and the index of names. It is called once.
func (r *Rewritten) Sections() map[string][]byte {
	info := r.sections[".debug_info"]
	if len(info) == 0 {
		return r.sections
	}
	// From here on the input need not live any longer. There is room for the strings that the
	// index adds.
	strs := r.strs.Copy(r.strs.Len() / 4)
	r.strs = nil
	names, strs := nameIndex(info, r.sections[".debug_abbrev"], strs, r.memory)
	for name, data := range map[string][]byte{".debug_names": names, ".debug_str": strs} {
		if len(data) > 0 {
			r.sections[name] = data
		}
	}
	return r.sections
}

// committer puts the units that are translated into the sections, in their order, so that the
// memory of few is in use.
type committer struct {
	writer *info.Writer
	report *Report
	units  []*unit

	mu      sync.Mutex
	ready   []bool
	next    int // to be appended
	aranges []byte
}

// commit takes unit i.
func (c *committer) commit(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.ready[i] = true; c.next < len(c.units) && c.ready[c.next]; c.next++ {
		u := c.units[c.next]
		off := c.writer.Append(u.out)
		if u.in.Type != dwarf.UnitTypes && u.in.Type != dwarf.UnitSplitTypes {
			c.aranges = index.AppendAranges(c.aranges, off, u.aranges(off)) // also of one without code: so it says
		}
		c.report.Units++
		c.report.Subprograms += u.subprograms
		c.report.Variables += u.variables
		c.report.Rows += u.rows
		c.units[c.next] = nil
	}
}

// forgetLines drops the lines, too, when the entries are of other code than the module's.
func (t *translation) forgetLines(units []*unit) {
	for i := range t.places.funcs {
		if o := &t.places.funcs[i].lines; o.unit != nobody && !units[o.unit].ofText {
			o.unit = nobody
		}
	}
	for _, u := range units {
		if u.table != nil && !u.ofText {
			u.table.funcs = nil
		}
	}
}

// settle finds out which unit describes each function where several do.
func (t *translation) settle(units []*unit) {
	var entries, text []claim
	for _, u := range units {
		list := &entries
		if u.ofText {
			list = &text
		}
		for i, s := range u.facts.live {
			*list = append(*list, claim{s.low, s.high, u.number, i})
		}
	}
	owners, stale := settle(t.places.module, entries)
	t.places.own(owners, func(f *function) *owner { return &f.entry })
	if stale {
		t.forgetLines(units)
	}
	for _, u := range units {
		if !u.ofText {
			u.settleEntries()
		}
	}
	if len(text) > 0 {
		rest, _ := settle(t.places.module, text)
		fillOwners(owners, rest)
		t.places.own(owners, func(f *function) *owner { return &f.entry })
	}
	for _, u := range units {
		if u.ofText {
			u.settleEntries()
		}
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
func (t *translation) open(d *info.Data, lines *lineTables) []*unit {
	var units []*unit
	tables := &nativeTables{lines: lines, at: map[tablePlace]*nativeTable{}}
	for _, skeleton := range d.Units {
		text := t.text != nil && skeleton.Sections() == t.text
		in, main := skeleton, text || skeleton.Sections() == &d.Sections
		if proper := skeleton.SplitUnit(); proper != nil {
			in = proper
		} else if !main && !isSplitType(skeleton) {
			continue // it is translated in the place of its skeleton, or it has none
		}
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
		u := &unit{translation: t, in: in, number: len(units), ofText: text}
		u.types = in.Type == dwarf.UnitTypes || in.Type == dwarf.UnitSplitTypes
		name := root.Name()
		if in != skeleton {
			u.skeleton = skeleton
			if root, err = skeleton.Root(); err != nil {
				t.report.lost("unit", reason(err), section, at)
				continue
			}
		}
		tables.add(u, skeleton, &root, name)
		units = append(units, u)
	}
	tables.settle(t.places, t.writer.LineStr)
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
func (u *unit) writeLines(lw *lineWriter) {
	t := u.table
	if t == nil {
		return
	}
	if t.unit != u {
		return
	}
	w := line.NewWriterIn(u.out.Spare, t.files.dirs, t.files.files, u.writer.LineStr)
	if t.rows != nil {
		if t.rows.err != nil {
			u.report.lost("rest of a line table", reason(t.rows.err), ".debug_line", t.prog.Offset)
		}
		u.rows = lw.write(t, u.places, w)
	}
	u.out.Line = w.Bytes()
}

// inParallel calls the functions that worker makes, one for each processor, for 0 to n-1.
func inParallel(n int, worker func() func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			f := worker()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	wg.Wait()
}
