package debuginfo

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// Later is a translation that is done unit by unit, when somebody asks for a unit, until all of it is:
// a debugger of a large module need not wait for more than what its user looks at. What it says is
// what the finished sections say. It is safe for concurrent use.
type Later struct {
	// Notes are those of the Report.
	Notes []string
	// Part is which part of the whole is too much to be translated apart, since the whole comes anyway:
	// for one question, and for all together. It may be set before the first question.
	Part float64

	data  *info.Data
	units []laterUnit
	size  int // of all their entries in the input
	// Where the entries of the input are, for references across units: the first Offset and the
	// number of each unit, ascending.
	inputs []inputUnit

	memory uint8 // the register that holds the address of linear memory

	reading  sync.RWMutex // held by who reads begun and thereby the input
	begun    *begun       // nil when all units are translated
	str      []byte       // .debug_str, as far as there is one without the index of names
	released func()
	room     sync.Pool // *scratch

	spent    atomic.Int64  // the size of the units that were asked for
	once     sync.Once     // finish
	done     chan struct{} // closed behind that
	crew     *crew
	finished atomic.Pointer[finished]

	asker   atomic.Pointer[asker]
	givenUp chan struct{} // closed when a question has been ended
	giveUp  sync.Once

	search *nameSearch
}

// laterUnit is what is known of a unit.
type laterUnit struct {
	code  []Code
	size  int                        // of its entries in the input
	files *fileTables                // nil if it has none
	made  atomic.Pointer[info.Alone] // if it was translated alone

	namesOnce sync.Once
	names     []laterName
}

// inputUnit is a unit of the input.
type inputUnit struct {
	first  info.Offset
	number int
}

// Code is native code, [Lo, Hi).
type Code struct{ Lo, Hi abi.TextOffset }

// Root is what the root entry of a unit says.
type Root struct {
	Name, CompDir, Producer string
	Language                dwarf.Lang
}

// finished is the whole translation.
type finished struct {
	data   dwarf.Sections                  // without the index of names
	starts []uint32                        // of units in .debug_info
	lines  []int64                         // where each unit's line number program is, -1 for none
	place  func(key uint64) (uint32, bool) // see info.Writer.Place

	// Not before Later.Finish returns:
	names    *index.Names
	sections map[string][]byte
}

// TranslateLater begins a translation; nil if there is nothing to translate. operands tells where operands
// are; if it is nil, the code map does. released is called when everything is translated: then neither
// the input nor operands are needed any more.
func TranslateLater(source *Input, cm *codemap.Map, layout *abi.Layout, operands Operands, released func()) *Later {
	if len(source.Sections.Info) == 0 {
		return nil
	}
	b := begin(source, cm, layout, operands, true)
	l := &Later{Notes: b.report.Notes(), Part: 1.0 / 4, begun: b, str: b.copyStrings(), released: released, crew: newCrew(), done: make(chan struct{}), givenUp: make(chan struct{}),
		memory: uint8(cm.Target.Memory)}
	l.room.New = func() any { return &scratch{} }
	l.units = make([]laterUnit, len(b.units))
	kinds := make([]info.Later, len(b.units))
	for i, u := range b.units {
		kinds[i].Type = dwarf.UnitCompile
		switch {
		case u.types:
			kinds[i] = info.Later{Type: dwarf.UnitTypes, Signature: u.in.Signature}
		case u.in.Type == dwarf.UnitPartial:
			kinds[i].Type = dwarf.UnitPartial
		}
		l.units[i].size = int(u.in.End - u.in.Offset)
		l.size += l.units[i].size
		if u.table != nil {
			l.units[i].files = new(u.table.files) // a copy: the table holds on to the input
		}
		for _, r := range u.native {
			l.units[i].code = append(l.units[i].code, Code{r.lo, r.hi})
		}
		l.inputs = append(l.inputs, inputUnit{u.in.Offset, i})
	}
	sort.Slice(l.inputs, func(i, k int) bool { return l.inputs[i].first < l.inputs[k].first })
	l.search = l.newSearch()
	l.data = info.NewLater(kinds, l.str, b.lineStrs.Copy(0), l.make)
	return l
}

// Data is the units. What an entry says of the line table and of macros is not there: see Lines.
func (l *Later) Data() *info.Data { return l.data }

// Units is how many there are; they have the numbers from 0.
func (l *Later) Units() int { return len(l.units) }

// Across reports whether units may have entries that complete those of others.
func (l *Later) Across() bool { return l.search.across }

// Code returns what code a unit has, ascending.
func (l *Later) Code(i int) []Code { return l.units[i].code }

var errLarge = errors.New("a unit of more than 2 GB")

// make returns a unit's entries.
func (l *Later) make(i int) (*info.Made, error) {
	if spent := l.spent.Add(int64(l.units[i].size)); float64(spent) > l.Part*float64(l.size) {
		_ = l.Wait() // who was interrupted gets the unit alone
	}
	l.reading.RLock()
	defer l.reading.RUnlock()
	if f := l.finished.Load(); f != nil {
		return l.fromFinished(f, i), nil
	}
	a := l.alone(i)
	if len(a.Sections.Info) > math.MaxInt32 {
		return nil, errLarge
	}
	l.units[i].made.Store(a)
	return &info.Made{Sections: &a.Sections, Unit: a.Sections.Info, Across: func(n uint64) (info.Offset, bool) {
		key, ok := a.Key(n)
		if !ok {
			return 0, false
		}
		return l.place(key)
	}}, nil
}

// alone translates a unit without the others. It is to be called while nobody may take the input away.
func (l *Later) alone(i int) *info.Alone {
	b := l.begun
	t := b.apart()
	t.writer = info.NewWriter(b.strs, b.lineStrs)
	t.writer.OnlyKeys(info.NewKeySet(b.referenced))
	u := b.units[i].of(t)
	room := l.room.Get().(*scratch)
	u.translate(room)
	l.room.Put(room)
	t.writer.Append(u.out)
	return t.writer.Alone()
}

// apart is a translation of the same input, of which nobody reads the report.
func (b *begun) apart() *translation {
	t := &translation{cm: b.cm, layout: b.layout, places: b.places, lineStrs: b.lineStrs, report: &Report{},
		text: b.text, referenced: b.referenced, strBase: b.strBase}
	t.spare(b.source)
	return t
}

// place is the Offset in Data of an entry of the input.
func (l *Later) place(key uint64) (info.Offset, bool) {
	if f := l.finished.Load(); f != nil {
		return f.placeOf(key)
	}
	k := sort.Search(len(l.inputs), func(k int) bool { return l.inputs[k].first > info.Offset(key) })
	if k == 0 {
		return 0, false
	}
	i := l.inputs[k-1].number
	if _, err := l.data.Units[i].Bases(); err != nil { // makes it
		return 0, false
	}
	a := l.units[i].made.Load()
	if a == nil { // everything was translated meanwhile
		return l.finished.Load().placeOf(key)
	}
	off, ok := a.Lookup(key)
	return info.LaterOffset(i, off), ok
}

func (f *finished) placeOf(key uint64) (info.Offset, bool) {
	off, ok := f.place(key)
	if !ok {
		return 0, false
	}
	return f.offset(off)
}

// offset is the Offset in Data of an offset in the finished .debug_info.
func (f *finished) offset(at uint32) (info.Offset, bool) {
	k := sort.Search(len(f.starts), func(k int) bool { return f.starts[k] > at })
	if k == 0 || uint64(at) >= uint64(len(f.data.Info)) {
		return 0, false
	}
	return info.LaterOffset(k-1, at-f.starts[k-1]), true
}

// fromFinished is unit i of the whole.
func (l *Later) fromFinished(f *finished, i int) *info.Made {
	end := uint32(len(f.data.Info))
	if i+1 < len(f.starts) {
		end = f.starts[i+1]
	}
	return &info.Made{Sections: &f.data, Unit: f.data.Info[f.starts[i]:end], Across: func(n uint64) (info.Offset, bool) {
		if n > math.MaxUint32 {
			return 0, false
		}
		return f.offset(uint32(n))
	}}
}

// Root returns what the root of a unit says, without translating the unit.
func (l *Later) Root(i int) (r Root) {
	l.reading.RLock()
	defer l.reading.RUnlock()
	var root, skeleton info.Entry
	var err error
	if l.begun == nil {
		root, err = l.data.Units[i].Root()
	} else {
		u := l.begun.units[i]
		if root, err = u.in.Root(); u.skeleton != nil {
			skeleton, _ = u.skeleton.Root()
		}
	}
	if err != nil {
		return r
	}
	text := func(a dwarf.Attr) string {
		if root.Has(a) {
			return root.Str(a)
		}
		return skeleton.Str(a)
	}
	r = Root{Name: text(dwarf.AttrName), CompDir: text(dwarf.AttrCompDir), Producer: text(dwarf.AttrProducer)}
	lang, ok := root.Uint(dwarf.AttrLanguage)
	if !ok {
		lang, _ = skeleton.Uint(dwarf.AttrLanguage)
	}
	r.Language = dwarf.Lang(lang)
	return r
}

// Files is the header of a unit's line number program: it has no rows. It is nil if there is none.
func (l *Later) Files(i int) *line.Program {
	t := l.units[i].files
	if t == nil {
		return nil
	}
	return &line.Program{Version: 5, AddrSize: 8, Dirs: t.dirs, Files: t.files}
}

// Lines is a unit's line number program, which may be another's, too; nil if there is none.
func (l *Later) Lines(i int) (*line.Program, error) {
	l.reading.RLock()
	defer l.reading.RUnlock()
	if f := l.finished.Load(); f != nil {
		if f.lines[i] < 0 {
			return nil, nil
		}
		return line.Parse(&f.data, uint64(f.lines[i]), 8, "")
	}
	t := l.begun.units[i].table
	if t == nil {
		return nil, nil
	}
	w := line.NewWriter(t.files.dirs, t.files.files, l.begun.lineStrs)
	if t.rows != nil {
		room := l.room.Get().(*scratch)
		room.lines.write(t, l.begun.places, w)
		l.room.Put(room)
	}
	s := dwarf.Sections{Line: w.Bytes(), LineStr: l.data.Sections.LineStr}
	return line.Parse(&s, 0, 8, "")
}

// Finish translates all that is left: for questions to the whole. It is done once; who calls it later
// waits.
func (l *Later) Finish() {
	l.Hurry()
	l.once.Do(l.finish)
}

// Hurry makes FinishBehind take all processors.
func (l *Later) Hurry() { l.crew.hurry() }

// FinishBehind is Finish that leaves a processor to others, as long as nobody calls Finish or Hurry.
func (l *Later) FinishBehind() { l.once.Do(l.finish) }

// Awaited is closed when somebody calls Finish or Hurry.
func (l *Later) Awaited() <-chan struct{} { return l.crew.awaited }

// Done is closed when everything is translated.
func (l *Later) Done() <-chan struct{} { return l.done }

// Sections are the finished sections by name.
func (l *Later) Sections() map[string][]byte {
	l.Finish()
	return l.finished.Load().sections
}

func (l *Later) finish() {
	defer close(l.done)
	b := l.begun // nobody else changes it
	r := b.rewrite(l.crew)
	f := &finished{starts: r.starts, place: r.writer.Place, lines: make([]int64, len(b.units))}
	for i, u := range b.units {
		f.lines[i] = -1
		if u.table != nil {
			if at, ok := r.writer.LineAt(1 + u.table.unit.number); ok {
				f.lines[i] = int64(at)
			}
		}
	}
	for name, data := range r.sections {
		f.data.Set(name, data)
	}
	f.data.Str = l.str
	across := false // a unit that was translated alone refers to others
	l.reading.Lock()
	for i := range l.units {
		if a := l.units[i].made.Load(); a != nil {
			_, any := a.Key(0)
			across = across || any
		}
	}
	if !across {
		f.place = nil // which needs memory
	}
	l.finished.Store(f)
	l.begun = nil
	l.reading.Unlock()
	if l.released != nil {
		l.released()
	}
	f.sections = r.Sections()
	s := dwarf.Sections{Names: f.sections[".debug_names"], Str: f.sections[".debug_str"]}
	var err error
	if f.names, err = index.ParseNames(&s); err != nil {
		panic(fmt.Sprintf("debuginfo: later: the index of names: %v", err))
	}
	f.names.Move(func(unit uint64) uint64 {
		off, _ := f.offset(uint32(unit))
		return uint64(off)
	})
}
