package dump

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger"
	"sphex/dwarf"
)

// Dwarf is what became of a program's debug information.
type Dwarf struct {
	Program string
	// Module is what there was before the translation; nil for an object, which does not keep that.
	Module *debuginfo.Survey `json:",omitempty"`
	Object *debuginfo.Survey
	Losses []Loss `json:",omitempty"`
	// Sections are those of the debug information, with their sizes.
	Sections []Section
	Notes    []string `json:",omitempty"`
}

// Loss is one kind of thing that was not carried over, and who is to blame.
type Loss struct {
	debuginfo.Loss
	By string
}

// OpenDwarf translates the debug information of a module, or counts what an object has.
func OpenDwarf(ctx context.Context, cfg debugger.Config) (*Dwarf, error) {
	head := make([]byte, 4)
	f, err := os.Open(cfg.Program)
	if err != nil {
		return nil, err
	}
	_, err = io.ReadFull(f, head)
	f.Close()
	d := &Dwarf{Program: cfg.Program}
	if err == nil && string(head) == "\x7fELF" {
		in, err := debugger.Inspect(ctx, cfg)
		if err != nil {
			return nil, err
		}
		d.object(in.Object())
		return d, nil
	}
	b, err := os.ReadFile(cfg.Program)
	if err != nil {
		return nil, err
	}
	m, err := wasm.Decode(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Program, err)
	}
	companions := &aot.Companions{Module: cfg.Program, Dirs: cfg.DebugDirs}
	var report *debuginfo.Report
	o, err := aot.Compile(b, aot.Options{Companions: companions, Report: func(r *debuginfo.Report) { report = r }})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Program, err)
	}
	in := debuginfo.Open(m, companions)
	d.Module = in.Survey()
	for _, s := range in.SectionSizes() {
		d.Sections = append(d.Sections, Section{Name: s.Name, Input: s.Size, Output: -1})
	}
	for _, l := range report.Losses() {
		d.Losses = append(d.Losses, Loss{l, l.Blame().String()})
	}
	d.object(o)
	return d, nil
}

func (d *Dwarf) object(o *object.File) {
	var s dwarf.Sections
	for _, name := range dwarf.SectionNames {
		b, ok := o.Sections()[name]
		if !ok {
			continue
		}
		s.Set(name, b)
		if i := slices.IndexFunc(d.Sections, func(s Section) bool { return s.Name == name }); i >= 0 {
			d.Sections[i].Output = len(b)
		} else {
			d.Sections = append(d.Sections, Section{name, -1, len(b)})
		}
	}
	d.Object = debuginfo.SurveyObject(&s, len(o.Text))
	d.Notes = o.Notes
}

// WriteDwarf prints what became of debug information for a terminal. With all, nothing is left out.
func WriteDwarf(w io.Writer, d *Dwarf, l Layout, all bool) error {
	t := &dwarfText{d: d, all: all, grid: grid{w: w, width: l.Width, colour: l.Colour, separator: "  "}}
	title := "what became of the debug information"
	if d.Module == nil {
		title = "what the object's debug information holds"
	}
	t.line(t.paint(bold, path.Base(d.Program)+": "+title))
	for _, n := range d.Notes {
		t.line("  note: " + n)
	}
	t.tallies()
	t.losses()
	t.damage()
	t.unplaced()
	t.sections()
	return t.err
}

type dwarfText struct {
	d   *Dwarf
	all bool
	grid
}

func (t *dwarfText) tallies() {
	d := t.d
	object := d.Object.Total()
	module := object
	heads := []string{"", "in the object"}
	if d.Module != nil {
		module = d.Module.Total()
		heads = []string{"", "in the module", "in the object"}
	}
	g := t.sub(column{limit: 60}, column{limit: 14}, column{limit: 14}, column{limit: 60, style: faint})
	g.columns = g.columns[:len(heads)]
	rows := [][]string{heads}
	row := func(what string, in, out int) {
		r := []string{"  " + what}
		if d.Module != nil {
			r = append(r, right(in))
		}
		rows = append(rows, append(r, right(out)))
	}
	units := 0
	if d.Module != nil {
		units = len(d.Module.Units)
	}
	row("units", units, len(d.Object.Units))
	row("functions with code", module.Functions, object.Functions)
	row("inlined calls", module.Inlined, object.Inlined)
	row("variables and parameters of these", module.Variables(), object.Variables())
	row("  with a place", module.Placed, object.Placed)
	row("  with a constant value", module.Constant, object.Constant)
	row("  optimized out: no location", module.Unplaced, object.Unplaced)
	row("  optimized out: a location that holds nowhere", module.Nowhere, object.Nowhere)
	row("statics and globals with a place or value", module.Statics, object.Statics)
	if d.Module == nil {
		row("  without", 0, object.StaticsUnplaced)
	} else { // in the object, those of removed data have none either
		row("  without", module.StaticsUnplaced, -1)
	}
	row("types", module.Types, object.Types)
	row("rows of line tables", module.Rows, object.Rows)
	row("entries", module.Entries, object.Entries)
	g.table(rows)
	t.err = cmp.Or(t.err, g.err)
	if d.Module == nil {
		return
	}
	t.line(fmt.Sprintf("  Before that, the linker had removed %s, %s of line tables, and %s: what describes them is left out.",
		count(module.Removed, "function"), count(module.RowsRemoved, "row"), count(module.StaticsRemoved, "static")))
	other := ""
	if module.Functions > object.Functions {
		other = ", or they are of functions of which the linker kept another copy"
	}
	if module.Inlined > object.Inlined {
		t.line(fmt.Sprintf("  Of %s, all instructions went into others' native code%s.", count(module.Inlined-object.Inlined, "inlined call"), other))
	}
	if module.Placed > object.Placed {
		t.line(fmt.Sprintf("  Of %s, the place holds only where there is no native code%s.", count(module.Placed-object.Placed, "variable"), other))
	}
}

func (t *dwarfText) losses() {
	if t.d.Module == nil {
		return
	}
	t.line("")
	if len(t.d.Losses) == 0 {
		t.line(t.paint(bold, "not carried over") + ": nothing")
		return
	}
	t.line(t.paint(bold, "not carried over"))
	g := t.sub(column{limit: 8}, column{limit: 40, least: 12, style: cyan}, column{limit: 90, least: 30}, column{limit: 24}, column{limit: 48, least: 20, style: faint})
	rows := [][]string{{"  count", "what", "why", "by", "for example"}}
	for _, l := range t.d.Losses {
		where := ""
		for i, p := range l.Places {
			if i == 3 {
				where += " …"
				break
			}
			if i > 0 {
				where += " "
			}
			where += p.String()
		}
		rows = append(rows, []string{fmt.Sprintf("%7d", l.Count), l.What, l.Reason, l.By, where})
	}
	g.table(rows)
	t.err = cmp.Or(t.err, g.err)
	if !t.all {
		return
	}
	for _, l := range t.d.Losses {
		t.line("")
		t.line(fmt.Sprintf("  %s: %s", l.What, l.Reason))
		for _, p := range l.Places {
			t.line(fmt.Sprintf("    %v%s", p, t.unitOf(p)))
		}
		if n := l.Count - len(l.Places); n > 0 {
			t.line(fmt.Sprintf("    and %d more", n))
		}
	}
}

// unitOf names the unit of the module that a place is in.
func (t *dwarfText) unitOf(p debuginfo.Place) string {
	for i := range t.d.Module.Units {
		if u := &t.d.Module.Units[i]; u.Place.Section == p.Section && p.Offset >= u.Place.Offset && p.Offset < u.Place.Offset+u.Size {
			return " in " + debugger.BriefPath(u.Name)
		}
	}
	return ""
}

func (t *dwarfText) damage() {
	s := t.d.Module
	if s == nil {
		s = t.d.Object
	}
	if len(s.Damaged) == 0 {
		return
	}
	t.line("")
	t.line(t.paint(bold, "what is damaged"))
	n := limit(len(s.Damaged), t.all)
	for _, e := range s.Damaged[:n] {
		t.line("  " + e)
	}
	if n < len(s.Damaged) {
		t.line(fmt.Sprintf("  and %d more; --verbose lists all", len(s.Damaged)-n))
	}
}

// unplaced lists the units whose producer gave variables no place.
func (t *dwarfText) unplaced() {
	s := t.d.Module
	if s == nil {
		s = t.d.Object
	}
	var units []*debuginfo.UnitSurvey
	for i := range s.Units {
		if u := &s.Units[i]; t.all && u.Variables() > 0 || u.Unplaced+u.Nowhere > 0 {
			units = append(units, u)
		}
	}
	if len(units) == 0 {
		return
	}
	slices.SortStableFunc(units, func(a, b *debuginfo.UnitSurvey) int {
		return -cmp.Compare(a.Unplaced+a.Nowhere, b.Unplaced+b.Nowhere)
	})
	n := limit(len(units), t.all)
	t.title("variables that the producer gave no place", n, len(units), "by number")
	g := t.sub(column{limit: 60, least: 20}, column{limit: 60, least: 10, style: faint}, column{limit: 12}, column{limit: 12}, column{limit: 12})
	rows := [][]string{{"  unit", "producer", "variables", "no location", "holds nowhere"}}
	g.columns[4].limit = 13
	for _, u := range units[:n] {
		rows = append(rows, []string{"  " + debugger.BriefPath(u.Name), u.Producer, right(u.Variables()), right(u.Unplaced), right(u.Nowhere)})
	}
	g.table(rows)
	t.err = cmp.Or(t.err, g.err)
}

func (t *dwarfText) sections() {
	t.title("sections", 0, 0, "")
	g := t.sub(column{limit: 30}, column{limit: 13}, column{limit: 13}, column{limit: 8})
	rows := [][]string{{"  section", "in the module", "in the object", "ratio"}}
	in, out := 0, 0
	for _, s := range t.d.Sections {
		in, out = in+max(s.Input, 0), out+max(s.Output, 0)
		r := ""
		if s.Input > 0 && s.Output > 0 {
			r = fmt.Sprintf("%.2f", ratio(s.Output, s.Input))
		}
		rows = append(rows, []string{"  " + s.Name, right(s.Input), right(s.Output), r})
	}
	total := ""
	if in > 0 {
		total = fmt.Sprintf("%.2f", ratio(out, in))
	}
	rows = append(rows, []string{"  all", right(in), right(out), total})
	g.table(rows)
	t.err = cmp.Or(t.err, g.err)
}
