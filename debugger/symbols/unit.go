package symbols

import (
	"sort"
	"sync"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// Unit is a compilation unit.
type Unit struct {
	Name     string // DW_AT_name
	CompDir  string
	Producer string
	Language Language

	table  *Table
	info   *info.Unit
	number int // among all units

	rootOnce sync.Once
	ranges   []Range

	filesOnce sync.Once
	header    *line.Program // see files
	lineOnce  sync.Once
	program   *line.Program

	macroOnce sync.Once
	macroList *unitMacros

	rowsOnce sync.Once
	rows     []lineRow

	scanOnce sync.Once
	funcs    []*Function // with code, ascending by Entry
	globals  []*Variable
	inlined  []inlineCopy

	typesOnce sync.Once
	types     map[string]info.Offset // by name and by qualified name
	enums     map[string]info.Offset // enumerator's name → its type
}

// inlineCopy is an inlined call: the entry, and the function that was inlined.
type inlineCopy struct {
	entry, origin info.Offset
}

// Info is the unit in DWARF's terms.
func (u *Unit) Info() *info.Unit { return u.info }

// root reads the unit's root entry.
func (u *Unit) root() {
	u.rootOnce.Do(func() {
		if u.table.data.Later != nil {
			u.laterRoot()
			return
		}
		e, err := u.info.Root()
		if err != nil {
			u.table.problem("unit at %#x: %v", uint64(u.info.Offset), err)
			return
		}
		u.Name, u.CompDir, u.Producer = e.Name(), e.Str(dwarf.AttrCompDir), e.Str(dwarf.AttrProducer)
		if l, ok := e.Uint(dwarf.AttrLanguage); ok {
			u.Language = language(dwarf.Lang(l))
		}
		u.ranges = u.table.ranges(&e)
		if len(u.ranges) == 0 && !e.Has(dwarf.AttrRanges) {
			// No ranges at the unit: those of its functions.
			for _, f := range u.scanned().funcs {
				u.ranges = append(u.ranges, f.Ranges...)
			}
		}
	})
}

// files returns the files of the unit's line table, nil if it has none. Rows are in lines.
func (u *Unit) files() *line.Program {
	if u.table.data.Later == nil {
		return u.lines()
	}
	u.filesOnce.Do(func() { u.header = u.table.data.Later.Files(u.number) })
	return u.header
}

// lines returns the header of the unit's line table, nil if it has none.
func (u *Unit) lines() *line.Program {
	u.lineOnce.Do(func() {
		if l := u.table.data.Later; l != nil {
			var err error
			if u.program, err = l.Lines(u.number); err != nil {
				u.table.problem("unit %s: %v", u.Name, err)
			}
			return
		}
		e, err := u.info.Root()
		if err != nil {
			return
		}
		v, ok := e.Attr(dwarf.AttrStmtList)
		if !ok {
			return
		}
		off, ok := v.SecOffset()
		if !ok {
			return
		}
		p, err := line.Parse(&u.table.data.Sections, off, u.info.AddrSize, e.Str(dwarf.AttrCompDir))
		if err != nil {
			u.table.problem("unit %s: %v", e.Name(), err)
			return
		}
		u.program = p
	})
	return u.program
}

// path is the path of a file of the unit's line table, cleaned.
func (u *Unit) path(i uint64) string {
	if p := u.files(); p != nil {
		return cleanPath(p.Path(i))
	}
	return ""
}

// scanned walks the unit's entries once, for functions, inlined calls and globals.
func (u *Unit) scanned() *Unit {
	u.scanOnce.Do(func() {
		var owner []*Function // innermost function by depth
		var local []bool      // inside of a function, by depth
		at := func(depth int) {
			for len(local) <= depth {
				owner = append(owner, nil)
				local = append(local, false)
			}
		}
		w := u.info.Walk()
		var e info.Entry
		for w.Next(&e) {
			d := e.Depth
			if d > maxDepth {
				w.SkipChildren()
				continue
			}
			at(d)
			inFunc := d > 0 && local[d-1]
			local[d] = inFunc
			switch e.Tag() {
			case dwarf.TagSubprogram:
				local[d] = true
				if rs := u.table.ranges(&e); len(rs) > 0 {
					u.funcs = append(u.funcs, u.newFunction(&e, rs))
				}
			case dwarf.TagInlinedSubroutine:
				hasCode := e.Has(dwarf.AttrLowPC) || e.Has(dwarf.AttrRanges) || e.Has(dwarf.AttrEntryPC)
				if o, ok := e.Ref(dwarf.AttrAbstractOrigin); ok && hasCode {
					u.inlined = append(u.inlined, inlineCopy{e.Offset, o})
				}
			case dwarf.TagVariable, dwarf.TagMember:
				located := e.Has(dwarf.AttrLocation) || e.Has(dwarf.AttrConstValue)
				if !inFunc && (located || e.Tag() == dwarf.TagVariable && !e.Flag(dwarf.AttrDeclaration)) {
					u.globals = append(u.globals, u.newGlobal(&e))
				}
				w.SkipChildren()
			case dwarf.TagBaseType, dwarf.TagPointerType, dwarf.TagArrayType, dwarf.TagSubroutineType, dwarf.TagEnumerator:
				w.SkipChildren()
			}
		}
		if err := w.Err(); err != nil {
			u.table.problem("unit at %#x: %v", uint64(u.info.Offset), err)
		}
		sort.SliceStable(u.funcs, func(i, j int) bool { return u.funcs[i].Entry < u.funcs[j].Entry })
	})
	return u
}

// maxDepth bounds the nesting of entries that is followed.
const maxDepth = 1000

// functionAt finds the function of the unit that has pc.
func (u *Unit) functionAt(pc abi.TextOffset) *Function {
	fs := u.scanned().funcs
	i := sort.Search(len(fs), func(i int) bool { return fs[i].Entry > pc })
	for n := 0; i > 0 && n < 8; n++ {
		i--
		if contains(fs[i].Ranges, pc) {
			return fs[i]
		}
	}
	for _, f := range fs { // parts of a function may stand before its entry
		if contains(f.Ranges, pc) {
			return f
		}
	}
	return nil
}
