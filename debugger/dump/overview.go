package dump

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"

	"sphex/debugger"
)

// Overview is what a program consists of.
type Overview struct {
	Program   string
	Units     []UnitSummary // those with code first, by size
	Functions []FunctionSummary
	Sections  []Section
	Notes     []string
}

// UnitSummary is a compilation unit and its code.
type UnitSummary struct {
	Name, Language, Producer string
	Functions                int
	Wasm, Native             int // bytes
}

// FunctionSummary is a function and its size.
type FunctionSummary struct {
	Index        uint32
	Name         string
	File         string `json:",omitempty"`
	First, Last  int    // lines of File that it has code for; 0 if none
	Wasm, Native int    // bytes
	Sites        int
}

// Section is a section of the module and of the object, with its size in bytes in each; -1 where there is none.
type Section struct {
	Name          string
	Input, Output int
}

// Overview lists units, functions and sections. It reads the line tables of all units with code.
func (p *Program) Overview() *Overview {
	o := &Overview{Program: p.name, Notes: p.Object().Notes}
	units := map[string]*UnitSummary{}
	for i := range p.Object().Map.Funcs {
		f := p.Object().Map.Funcs[i].Read()
		s := FunctionSummary{Index: f.Index, Name: p.FunctionName(f.Index), Wasm: int(f.BodyEnd - f.Body), Native: int(f.TextEnd - f.Text), Sites: len(f.Sites)}
		unit := UnitSummary{Name: "(without debug information)"}
		if fn := p.Symbols().Function(f.BodyText); fn != nil {
			s.File = fn.File
			for _, r := range p.Symbols().Rows(fn) {
				if r.Line > 0 && (s.File == "" || r.File == s.File) {
					s.File = r.File
					if s.First == 0 || r.Line < s.First {
						s.First = r.Line
					}
					s.Last = max(s.Last, r.Line)
				}
			}
			if u := fn.Unit; u != nil {
				unit = UnitSummary{Name: u.Name, Language: u.Language.String(), Producer: u.Producer}
			}
		}
		o.Functions = append(o.Functions, s)
		key := unit.Name + "\x00" + unit.Producer
		if units[key] == nil {
			units[key] = &unit
		}
		u := units[key]
		u.Functions++
		u.Wasm += s.Wasm
		u.Native += s.Native
	}
	for _, u := range units {
		o.Units = append(o.Units, *u)
	}
	slices.SortFunc(o.Units, func(a, b UnitSummary) int {
		return cmp.Or(-cmp.Compare(a.Native, b.Native), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Producer, b.Producer))
	})
	o.Sections = p.sections()
	return o
}

// sections compares the sections of the module with those of the object.
func (p *Program) sections() []Section {
	obj := p.Object()
	var list []Section
	at := map[string]int{}
	add := func(name string, in, out int) {
		if i, ok := at[name]; ok {
			s := &list[i]
			if in >= 0 {
				s.Input = max(s.Input, 0) + in
			}
			if out >= 0 {
				s.Output = max(s.Output, 0) + out
			}
			return
		}
		at[name] = len(list)
		list = append(list, Section{name, in, out})
	}
	if b, err := os.ReadFile(p.name); err == nil {
		for _, s := range moduleSections(b) {
			add(s.Name, s.Input, -1)
		}
	}
	add("native text", -1, len(obj.Text))
	debug := obj.Sections()
	for _, name := range slices.Sorted(maps.Keys(debug)) {
		add(name, -1, len(debug[name]))
	}
	add("(the module without its debug information)", -1, len(obj.Module))
	return list
}

// sectionNames are the names of a module's sections by their number.
var sectionNames = [...]string{"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element",
	"code", "data", "data count", "tag"}

// moduleSections lists the sections of a module with their sizes, as far as they can be read.
func moduleSections(b []byte) []Section {
	const header = 8
	var list []Section
	if len(b) < header || string(b[:4]) != "\x00asm" {
		return nil
	}
	for at := header; at < len(b); {
		id := b[at]
		size, n := uleb32(b[at+1:])
		start := at + 1 + n
		if n == 0 || uint64(size) > uint64(len(b)-start) {
			break
		}
		end := start + int(size)
		name := "section"
		if int(id) < len(sectionNames) {
			name = sectionNames[id]
		}
		if id == 0 {
			if length, k := uleb32(b[start:end]); k > 0 && int64(length) <= int64(end-start-k) {
				name = string(b[start+k : start+k+int(length)])
			}
		}
		list = append(list, Section{Name: name, Input: int(size), Output: -1})
		at = end
	}
	return list
}

// uleb32 decodes an unsigned LEB128 number; n is 0 if there is none.
func uleb32(b []byte) (v uint32, n int) {
	for i := 0; i < len(b) && i < 5; i++ {
		v |= uint32(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// shown is how many units and functions an overview shows unless it is to show all.
const shown = 30

// WriteOverview prints an overview for a terminal: the largest units and functions, or all.
func WriteOverview(w io.Writer, o *Overview, l Layout, all bool) error {
	g := grid{w: w, width: l.Width, colour: l.Colour}
	wasm, native, sites := 0, 0, 0
	for _, f := range o.Functions {
		wasm, native, sites = wasm+f.Wasm, native+f.Native, sites+f.Sites
	}
	g.line(g.paint(bold, path.Base(o.Program)))
	g.line(fmt.Sprintf("  %s in %s, %s of wasm, %s of native code (%.2f times), %s",
		count(len(o.Functions), "function"), count(len(o.Units), "unit"), bytesCount(wasm), bytesCount(native), ratio(native, wasm), count(sites, "stop site")))
	for _, n := range o.Notes {
		g.line("  note: " + n)
	}

	n := limit(len(o.Units), all)
	g.title("units", n, len(o.Units), "by size")
	t := g.sub(column{limit: 60, least: 20}, column{limit: 8}, column{limit: 60, least: 10, style: faint}, column{limit: 12}, column{limit: 12}, column{limit: 12})
	rows := [][]string{{"  unit", "language", "producer", "functions", "wasm", "native"}}
	for _, u := range o.Units[:n] {
		rows = append(rows, []string{"  " + debugger.BriefPath(u.Name), u.Language, u.Producer, fmt.Sprintf("%9d", u.Functions), right(u.Wasm), right(u.Native)})
	}
	t.table(rows)

	functions := slices.Clone(o.Functions)
	if !all {
		slices.SortStableFunc(functions, func(a, b FunctionSummary) int { return -cmp.Compare(a.Native, b.Native) })
	}
	n = limit(len(functions), all)
	g.title("functions", n, len(functions), "by size")
	t = g.sub(column{limit: 8}, column{limit: 90, least: 24, style: green}, column{limit: 50, least: 12}, column{limit: 12}, column{limit: 12}, column{limit: 6})
	rows = [][]string{{"  index", "function", "lines", "wasm", "native", "sites"}}
	for i := range functions[:n] {
		f := &functions[i]
		rows = append(rows, []string{fmt.Sprintf("  %5d", f.Index), debugger.BriefName(f.Name), f.lines(), right(f.Wasm), right(f.Native), fmt.Sprintf("%5d", f.Sites)})
	}
	t.table(rows)

	g.title("sections", 0, 0, "")
	t = g.sub(column{limit: 48}, column{limit: 12}, column{limit: 12})
	rows = [][]string{{"  section", "in the module", "in the object"}}
	t.columns[1].limit, t.columns[2].limit = 13, 13
	for _, s := range o.Sections {
		rows = append(rows, []string{"  " + s.Name, right(s.Input), right(s.Output)})
	}
	t.table(rows)
	return cmp.Or(g.err, t.err)
}

func limit(n int, all bool) int {
	if all {
		return n
	}
	return min(n, shown)
}

// title prints what follows, and how much of it is shown.
func (g *grid) title(what string, n, total int, how string) {
	g.line("")
	if n < total {
		what += fmt.Sprintf(" (%d of %d, %s; --verbose lists all)", n, total, how)
	}
	g.line(g.paint(bold, what))
}

// sub is another table at the same place.
func (g *grid) sub(columns ...column) *grid {
	return &grid{w: g.w, width: g.width, colour: g.colour, separator: "  ", columns: columns}
}

func (f *FunctionSummary) lines() string {
	switch {
	case f.File == "":
		return ""
	case f.First == 0:
		return path.Base(f.File)
	case f.First == f.Last:
		return fmt.Sprintf("%s:%d", path.Base(f.File), f.First)
	}
	return fmt.Sprintf("%s:%d–%d", path.Base(f.File), f.First, f.Last)
}

// right sets a size flush right; a negative one is none.
func right(n int) string {
	if n < 0 {
		return fmt.Sprintf("%12s", "")
	}
	return fmt.Sprintf("%12s", grouped(n))
}

// grouped prints a number with its thousands apart.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func bytesCount(n int) string { return grouped(n) + " bytes" }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
