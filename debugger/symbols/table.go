package symbols

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/debuginfo"
	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/info"
)

// Data is what a Table reads.
type Data struct {
	Sections dwarf.Sections
	TextBase uint64      // DWARF address of text offset 0
	TextSize uint64      // bytes of text
	Funcs    []FuncRange // every function of the module, ascending by Text
	// Later, if it is set, has the units in place of Sections.
	Later *debuginfo.Later
	// Indexed says that .debug_names and .debug_aranges were made by us: they are complete.
	Indexed bool
}

// FuncRange is a function as the code map and the name section know it.
type FuncRange struct {
	Index     uint32 // in the function index space
	Text, End abi.TextOffset
	Body      abi.TextOffset // first code behind the prologue
	Name      string         // as the linker knew it, "" if it has no name
}

// Table answers questions to one object's DWARF.
type Table struct {
	data  Data
	info  *info.Data
	until atomic.Pointer[context.Context] // see Until
	units []*Unit                         // compilation units, in the order of .debug_info

	pcOnce  sync.Once
	pcUnits []unitRange

	mu       sync.Mutex
	problems []string
	abstract map[info.Offset]*Function
	plain    map[uint32]*Function // functions without DWARF, by index

	indexOnce sync.Once
	index     atomic.Pointer[nameIndex]

	namesOnce sync.Once
	byName    map[string][]*Function // by the last part of the name, and by linkage name
	all       []*Function
	copies    map[info.Offset][]inlineCopy

	linesOnce sync.Once
	filesOnce sync.Once
	byBase    map[string]map[string][]*Unit // files by the last part of their path
	files     map[string][]*Unit            // units whose line table names that path
	fileNames []string
}

// unitRange says that [lo, hi) of the text is unit's.
type unitRange struct {
	lo, hi abi.TextOffset
	unit   *Unit
	reach  abi.TextOffset // highest hi up to here in the table
}

// New opens the DWARF in d: it reads the headers of units. Damage costs the answers that
// depend on the damaged part, see Problems.
func New(d Data) *Table {
	t := &Table{data: d, abstract: map[info.Offset]*Function{}, plain: map[uint32]*Function{}, byBase: map[string]map[string][]*Unit{}}
	if d.Later != nil {
		t.info = d.Later.Data()
	} else {
		data, err := info.New(&d.Sections)
		if err != nil {
			t.problem("%v", err)
		}
		t.info = data
	}
	for i, u := range t.info.Units {
		if u.Type == dwarf.UnitCompile || u.Type == dwarf.UnitPartial || u.Type == dwarf.UnitSplitCompile {
			t.units = append(t.units, &Unit{table: t, info: u, number: i})
		}
	}
	return t
}

// Info is the DWARF that the table reads.
func (t *Table) Info() *info.Data { return t.info }

// TextBase is the DWARF address of text offset 0.
func (t *Table) TextBase() uint64 { return t.data.TextBase }

func (t *Table) problem(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.problems) < 100 {
		t.problems = append(t.problems, fmt.Sprintf(format, args...))
	}
}

// Problems lists what could not be read so far, at most one line for each unit and section.
func (t *Table) Problems() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.problems...)
}

// Language is a source language as far as the debugger treats them differently.
type Language uint8

const (
	LangUnknown Language = iota
	LangC
	LangCPP
	LangRust
	LangSwift
	LangOther
)

// String returns the language's name.
func (l Language) String() string {
	return [...]string{"unknown", "C", "C++", "Rust", "Swift", "other"}[l]
}

func language(l dwarf.Lang) Language {
	switch l {
	case dwarf.LangRust, dwarf.LangRustOld:
		return LangRust
	case dwarf.LangSwift:
		return LangSwift
	case dwarf.LangC89, dwarf.LangC, dwarf.LangC99, dwarf.LangC11, dwarf.LangC17:
		return LangC
	case 0:
		return LangUnknown
	}
	if strings.Contains(l.String(), "C_plus_plus") || l == dwarf.LangCPPForOpenCL {
		return LangCPP
	}
	return LangOther
}

// Range is [Lo, Hi) of text.
type Range struct{ Lo, Hi abi.TextOffset }

func contains(rs []Range, pc abi.TextOffset) bool {
	for _, r := range rs {
		if pc >= r.Lo && pc < r.Hi {
			return true
		}
	}
	return false
}

// text converts a DWARF address; ok is false for one that is not in the text.
func (t *Table) text(addr uint64) (abi.TextOffset, bool) {
	off := addr - t.data.TextBase
	return abi.TextOffset(off), addr >= t.data.TextBase && off <= t.data.TextSize
}

// ranges reads the live text of an entry, ascending.
func (t *Table) ranges(e *info.Entry) []Range {
	rs, err := e.Ranges()
	if err != nil {
		return nil
	}
	var out []Range
	for _, r := range rs {
		lo, ok := t.text(r.Low)
		hi, ok2 := t.text(r.High)
		if !r.Dead && ok && ok2 && lo < hi {
			out = append(out, Range{lo, hi})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Lo < out[j].Lo })
	return out
}

// Units lists the compilation units.
func (t *Table) Units() []*Unit {
	for _, u := range t.units {
		u.root()
	}
	return t.units
}

// unitsAt finds the units that claim to have code at pc. Several do when the linker replaced a
// weak function by another one: the DWARF of both then names the one that is there.
func (t *Table) unitsAt(pc abi.TextOffset) []*Unit {
	t.pcOnce.Do(t.indexUnits)
	var out []*Unit
	for i := sort.Search(len(t.pcUnits), func(i int) bool { return t.pcUnits[i].lo > pc }) - 1; i >= 0 && t.pcUnits[i].reach > pc; i-- {
		if r := &t.pcUnits[i]; pc < r.hi && !slices.Contains(out, r.unit) {
			out = append(out, r.unit)
		}
		if len(out) > 16 {
			break
		}
	}
	return out
}

func (t *Table) indexUnits() {
	listed := t.listedRanges()
	for _, u := range t.units {
		if rs, ok := listed[u.info.Offset]; ok {
			for _, r := range rs {
				t.pcUnits = append(t.pcUnits, unitRange{lo: r.Lo, hi: r.Hi, unit: u})
			}
			continue
		}
		u.root()
		for _, r := range u.ranges {
			t.pcUnits = append(t.pcUnits, unitRange{lo: r.Lo, hi: r.Hi, unit: u})
		}
	}
	sort.SliceStable(t.pcUnits, func(i, j int) bool { return t.pcUnits[i].lo < t.pcUnits[j].lo })
	var reach abi.TextOffset
	for i := range t.pcUnits {
		reach = max(reach, t.pcUnits[i].hi)
		t.pcUnits[i].reach = reach
	}
}

// listedRanges reads .debug_aranges: the code of the units that it lists.
func (t *Table) listedRanges() map[info.Offset][]Range {
	listed := map[info.Offset][]Range{}
	if t.data.Later != nil {
		for _, u := range t.units {
			listed[u.info.Offset] = u.laterRanges()
		}
		return listed
	}
	if !t.data.Indexed {
		return listed
	}
	err := index.Sets(t.data.Sections.Aranges, func(unit uint64, ranges []index.Arange) {
		rs := make([]Range, 0, len(ranges))
		for _, r := range ranges {
			lo, ok := t.text(r.Low)
			hi, ok2 := t.text(r.High)
			if ok && ok2 && lo < hi {
				rs = append(rs, Range{lo, hi})
			}
		}
		listed[info.Offset(unit)] = rs
	})
	if err != nil {
		t.problem("%v", err)
	}
	return listed
}

// unitAt finds the unit whose code is at pc.
func (t *Table) unitAt(pc abi.TextOffset) *Unit {
	us := t.unitsAt(pc)
	switch len(us) {
	case 0:
		return nil
	case 1:
		return us[0]
	}
	if f := t.described(pc, us); f != nil {
		return f.Unit
	}
	return us[0]
}

// described finds the function in us that pc belongs to. Of several it is the one that is as long as the
// code: a replaced one has the length of what is gone.
func (t *Table) described(pc abi.TextOffset, us []*Unit) *Function {
	var best *Function
	missing := ^abi.TextOffset(0)
	for _, u := range us {
		u.root() // its language and name are asked for next
		f := u.functionAt(pc)
		if f == nil {
			continue
		}
		if len(us) == 1 {
			return f
		}
		fr := t.funcRange(pc)
		off := abi.TextOffset(0)
		if fr != nil {
			end := f.Ranges[len(f.Ranges)-1].Hi
			off = max(end, fr.End) - min(end, fr.End)
		}
		if best == nil || off < missing {
			best, missing = f, off
		}
	}
	return best
}

// UnitAt returns the compilation unit that holds the entry at off, nil if there is none.
func (t *Table) UnitAt(off info.Offset) *Unit {
	u := t.unitOf(off)
	if u != nil {
		u.root()
	}
	return u
}

// unitOf is the unit that holds the entry at off.
func (t *Table) unitOf(off info.Offset) *Unit {
	i := sort.Search(len(t.units), func(i int) bool { return t.units[i].info.End > off })
	if i < len(t.units) && t.units[i].info.Contains(off) {
		return t.units[i]
	}
	return nil
}
