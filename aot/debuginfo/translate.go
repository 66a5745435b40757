package debuginfo

import (
	"fmt"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/unwind"
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
	lineStrs    *dwarf.StringTable // .debug_line_str
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
	strings  *joinedStrings // .debug_str, most of which is the input's
	memory   uint8          // the register
	workers  *crew

	// Behind rewrite: where the units are, and what else is known of the sections' making.
	starts []uint32
	writer *info.Writer
}

// Rewrite is the first part of Translate, for those who have to save memory: the second part,
// Sections, needs neither the input nor codemap.Func.StackMoves.
func Rewrite(source *Input, cm *codemap.Map, layout *abi.Layout) *Rewritten {
	return begin(source, cm, layout, nil, false).rewrite(nil)
}

// begun is a translation of which that part is done which all units share.
type begun struct {
	*translation
	*joinedStrings // .debug_str, most of which is the input's
	source         *Input
	units          []*unit
}

// begin does that part. early says that the strings are copied now.
func begin(source *Input, cm *codemap.Map, layout *abi.Layout, operands Operands, early bool) *begun {
	t := &translation{cm: cm, layout: layout, report: &Report{}, text: source.text}
	b := &begun{translation: t, source: source, joinedStrings: &joinedStrings{}}
	source.report(t.report)
	d, in := source.Data, source.Sections
	if len(in.Info) == 0 {
		return b
	}
	t.places = newPlaces(source.Module, cm, operands)
	t.referenced = newOffsetSet(d.End())
	b.strs, t.strBase = source.strings()
	t.lineStrs = dwarf.NewStringTable(in.LineStr)
	t.lineStrs.Index()
	t.spare(source)
	var beside sync.WaitGroup
	beside.Go(func() { t.addPointed(d, in) })
	if early {
		beside.Go(func() { b.copyStrings() })
	}
	b.units = t.open(d, source.lines())
	inParallel(len(b.units), func() func(int) {
		return func(i int) { b.units[i].facts = t.scan(b.units[i].in) }
	})
	beside.Wait()
	t.complete(b.units)
	t.settle(b.units)
	t.report.Bare = t.bare(b.units)
	if source.text != nil && (t.report.Bare || t.report.Stale > 0) {
		t.report.text = source.textName
	}
	return b
}

// spare sets the budgets, which depend on the size of the input.
func (t *translation) spare(source *Input) {
	t.budget.Store(listBudget + int64(len(source.Sections.Info)) + 4*source.listBytes())
	t.macroBudget.Store(source.macroBytes()*macroFactor + 1<<20)
}

// described tells which functions a unit describes or has lines of; nil if there are no units.
func (b *begun) described() []bool {
	if len(b.units) == 0 {
		return nil
	}
	list := make([]bool, b.source.Module.NumImportedFuncs+len(b.source.Module.Code))
	for i := range b.places.funcs {
		f := &b.places.funcs[i]
		list[f.Index] = f.entry.unit != nobody || f.lines.unit != nobody
	}
	return list
}

// rewrite translates all units. It is called once.
func (b *begun) rewrite(workers *crew) *Rewritten {
	t, report, in := b.translation, b.report, b.source.Sections
	out := map[string][]byte{".debug_frame": unwind.Together(t.cm, b.described())}
	r := &Rewritten{Report: report, sections: out, memory: uint8(t.cm.Target.Memory), strings: b.joinedStrings, workers: workers}
	if len(in.Info) == 0 {
		return r
	}
	units := make([]*unit, len(b.units))
	for i, u := range b.units {
		units[i] = u.of(t)
	}
	t.writer = info.NewWriter(b.strs, t.lineStrs)
	t.writer.SetKeys(info.NewKeys(t.referenced))
	t.writer.Reserve(len(in.Info)+len(in.Types)+len(in.Info)/4, len(in.Line)+len(in.Line)/16, len(in.Loc)+len(in.Loclists)+len(in.Info)/32, len(in.Ranges)+len(in.Rnglists)+len(in.Info)/32)
	done := &committer{writer: t.writer, report: report, units: units, ready: make([]bool, len(units))}
	workers.each(len(units), func() func(int) {
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
		".debug_line_str": t.lineStrs.Copy(0), ".debug_line": sections.Line,
		".debug_loclists": sections.Loclists, ".debug_rnglists": sections.Rnglists,
		".debug_aranges": done.aranges, ".debug_macro": sections.Macro,
	} {
		if len(data) > 0 {
			out[name] = data
		}
	}
	r.starts, r.writer = done.starts, t.writer
	return r
}

// Sections returns the sections, with the strings and the index of names. It is called once.
func (r *Rewritten) Sections() map[string][]byte {
	info := r.sections[".debug_info"]
	if len(info) == 0 {
		return r.sections
	}
	// From here on the input need not live any longer.
	strs := r.strings.copyStrings()
	names, strs := nameIndex(info, r.sections[".debug_abbrev"], strs, r.memory, r.workers)
	for name, data := range map[string][]byte{".debug_names": names, ".debug_str": strs} {
		if len(data) > 0 {
			r.sections[name] = data
		}
	}
	return r.sections
}

// joinedStrings is the strings of all files.
type joinedStrings struct {
	strs   *dwarf.StringTable
	copied []byte
}

// copyStrings returns them in memory of their own, with room for those that the index of names adds.
func (j *joinedStrings) copyStrings() []byte {
	if j.copied == nil {
		j.copied, j.strs = j.strs.Copy(j.strs.Len()/4), nil
	}
	return j.copied
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
	starts  []uint32 // of those appended, in .debug_info
}

// commit takes unit i.
func (c *committer) commit(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.ready[i] = true; c.next < len(c.units) && c.ready[c.next]; c.next++ {
		u := c.units[c.next]
		off := c.writer.Append(u.out)
		c.starts = append(c.starts, uint32(off))
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
	owners, _, stale := settle(t.places.module, entries)
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
		rest, _, _ := settle(t.places.module, text)
		fillOwners(owners, rest)
		t.places.own(owners, func(f *function) *owner { return &f.entry })
	}
	for _, u := range units {
		if u.ofText {
			u.settleEntries()
		}
	}
	for i := range t.places.funcs { // what units have the lines of only
		f := &t.places.funcs[i]
		if f.lines.unit == nobody {
			continue
		}
		if u := units[f.lines.unit]; f.entry.unit == nobody || u.ofText && f.entry.unit != u.number {
			u.native = append(u.native, textRange{f.Text, f.TextEnd})
		}
	}
	for _, u := range units {
		u.native = bridge(joinRanges(u.native), t.places.starts)
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
	tables.settle(t.places, t.lineStrs)
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
	if t.unit.number != u.number {
		return
	}
	w := line.NewWriterIn(u.out.Spare, t.files.dirs, t.files.files, u.lineStrs)
	if t.rows != nil {
		if t.rows.err != nil {
			u.report.lost("rest of a line table", reason(t.rows.err), ".debug_line", t.prog.Offset)
		}
		u.rows = lw.write(t, u.places, w)
	}
	u.out.Line = w.Bytes()
}
