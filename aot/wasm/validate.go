package wasm

import "fmt"

// Validate checks the rules of a decoded module outside of function bodies (core
// specification, 3.4). ValidateFunc must follow for every body before any of it is compiled.
// Errors are of type *Error.
func (m *Module) Validate() error {
	checks := [...]struct {
		section SectionID
		check   func() *Error
	}{
		{SectionImport, m.validateImports},
		{SectionFunction, m.validateFuncTypes},
		{SectionTable, m.validateTables},
		{SectionMemory, m.validateMemories},
		{SectionTag, m.validateTags},
		{SectionGlobal, m.validateGlobals},
		{SectionExport, m.validateExports},
		{SectionStart, m.validateStart},
		{SectionElement, m.validateElems},
		{SectionData, m.validateDatas},
	}
	for _, c := range checks {
		if e := c.check(); e != nil {
			e.Section = c.section.String()
			return e
		}
	}
	m.declareFuncs()
	return nil
}

// invalid makes an error.
func invalid(at FileOffset, format string, args ...any) *Error {
	return &Error{Offset: at, Msg: fmt.Sprintf(format, args...)}
}

// contents returns the offset of a section's contents; the module must have it.
func (m *Module) contents(id SectionID) FileOffset {
	for _, s := range m.Sections {
		if s.ID == id {
			return s.Data
		}
	}
	return 0
}

func (m *Module) validateImports() *Error {
	memories := 0
	for i := range m.Imports {
		im := &m.Imports[i]
		switch im.Kind {
		case ExternFunc:
			if int(im.Type) >= len(m.Types) {
				return invalid(im.Offset, "unknown type %d", im.Type)
			}
		case ExternTable:
			if e := checkLimits(im.Offset, im.Table.Limits); e != nil {
				return e
			}
		case ExternMemory:
			if e := checkMemory(im.Offset, memories, im.Memory); e != nil {
				return e
			}
			memories++
		}
	}
	return nil
}

// checkLimits checks the limits of a table, or a part of those of a memory.
func checkLimits(at FileOffset, l Limits) *Error {
	if l.HasMax && l.Min > l.Max {
		return invalid(at, "size minimum must not be greater than maximum: %d > %d", l.Min, l.Max)
	}
	return nil
}

// checkMemory checks the type of memory i.
func checkMemory(at FileOffset, i int, t MemoryType) *Error {
	if i > 0 && !FeatureMultiMemory.Supported() {
		return &Error{Offset: at, Feature: FeatureMultiMemory, Msg: "module with multiple memories"}
	}
	if max := t.MaxPages(); t.Limits.Min > max || t.Limits.HasMax && t.Limits.Max > max {
		if t.Is64 || t.BytePages {
			return invalid(at, "memory size must be at most %d pages of %d bytes", max, t.PageSize())
		}
		return invalid(at, "memory size must be at most 65536 pages (4GiB)")
	}
	if t.Shared && !t.Limits.HasMax {
		return invalid(at, "shared memory must have maximum")
	}
	return checkLimits(at, t.Limits)
}

func (m *Module) validateFuncTypes() *Error {
	for i, t := range m.Funcs[m.NumImportedFuncs:] {
		if int(t) < len(m.Types) {
			continue
		}
		// Find the entry: the count, then one number for each function.
		pos := int(m.contents(SectionFunction))
		for range i + 1 {
			_, pos, _ = uleb32(m.Bytes, pos)
		}
		return invalid(FileOffset(pos), "unknown type %d", t)
	}
	return nil
}

func (m *Module) validateTables() *Error {
	at := m.contents(SectionTable)
	for i := m.NumImportedTables; i < len(m.Tables); i++ {
		t := &m.Tables[i]
		if e := checkLimits(at, t.Limits); e != nil {
			e.Msg += fmt.Sprintf(" (table %d)", i)
			return e
		}
		init, ok := m.TableInits[uint32(i)]
		if !ok && !t.Elem.Defaultable() {
			return invalid(at, msgMismatch+": table %d has no first value for its elements, which are never null", i)
		}
		if ok {
			if e := m.checkConst(&init, t.Elem, m.NumImportedGlobals); e != nil {
				return e
			}
		}
	}
	return nil
}

func (m *Module) validateMemories() *Error {
	for i := m.NumImportedMemories; i < len(m.Memories); i++ {
		if e := checkMemory(m.contents(SectionMemory), i, m.Memories[i]); e != nil {
			return e
		}
	}
	return nil
}

// checkConst checks that a constant expression gives a value of type want. It may name the globals before the given one.
func (m *Module) checkConst(c *ConstExpr, want ValType, globals int) *Error {
	terms := c.Terms
	if c.Kind != ConstTerms {
		terms = []ConstTerm{{Kind: c.Kind, Value: c.Value}}
	}
	for _, t := range terms {
		switch t.Kind {
		case ConstGlobal:
			if t.Value >= uint64(globals) {
				if t.Value < uint64(len(m.Globals)) {
					return invalid(c.Offset, "unknown global %d: only globals before it may be used in a constant expression", t.Value)
				}
				return invalid(c.Offset, "unknown global %d", t.Value)
			}
			if m.Globals[t.Value].Mutable {
				return invalid(c.Offset, "constant expression required, global %d is mutable", t.Value)
			}
		case ConstFunc:
			if t.Value >= uint64(len(m.Funcs)) {
				return invalid(c.Offset, "unknown function %d", t.Value)
			}
		}
	}
	if !m.validType(c.Type) {
		return invalid(c.Offset, "%s: %s", msgUnknownType, c.Type)
	}
	if c.Type == 0 || !m.Subtype(c.Type, want) {
		return invalid(c.Offset, msgMismatch+": constant expression of type %s where %s is expected", c.Type, want)
	}
	return nil
}

func (m *Module) validateGlobals() *Error {
	for i := m.NumImportedGlobals; i < len(m.Globals); i++ {
		g := &m.Globals[i]
		if e := m.checkConst(&g.Init, g.Type, i); e != nil {
			return e
		}
	}
	return nil
}

func (m *Module) validateExports() *Error {
	spaces := [...]struct {
		name string
		size int
	}{
		ExternFunc:   {"function", len(m.Funcs)},
		ExternTable:  {"table", len(m.Tables)},
		ExternMemory: {"memory", len(m.Memories)},
		ExternGlobal: {"global", len(m.Globals)},
		ExternTag:    {"tag", len(m.Tags)},
	}
	names := make(map[string]struct{}, len(m.Exports))
	for i := range m.Exports {
		e := &m.Exports[i]
		if s := spaces[e.Kind]; uint64(e.Index) >= uint64(s.size) {
			return invalid(e.Offset, "unknown %s %d", s.name, e.Index)
		}
		if _, dup := names[e.Name]; dup {
			return invalid(e.Offset, "duplicate export name %q", e.Name)
		}
		names[e.Name] = struct{}{}
	}
	return nil
}

func (m *Module) validateStart() *Error {
	if m.Start == nil {
		return nil
	}
	at := m.contents(SectionStart)
	if int(*m.Start) >= len(m.Funcs) {
		return invalid(at, "unknown function %d", *m.Start)
	}
	if t := m.FuncType(*m.Start); len(t.Params) > 0 || len(t.Results) > 0 {
		return invalid(at, "start function must have no parameters and no results")
	}
	return nil
}

func (m *Module) validateElems() *Error {
	for i := range m.Elems {
		s := &m.Elems[i]
		if s.Mode == Active {
			if int(s.Table) >= len(m.Tables) {
				return invalid(s.Start, "unknown table %d", s.Table)
			}
			if t := m.Tables[s.Table].Elem; !m.Subtype(s.Type, t) {
				return invalid(s.Start, msgMismatch+": element segment of type %s for a table of %s", s.Type, t)
			}
			if e := m.checkConst(&s.Offset, m.Tables[s.Table].AddrType(), len(m.Globals)); e != nil {
				return e
			}
		}
		for j := range s.Init {
			if e := m.checkConst(&s.Init[j], s.Type, len(m.Globals)); e != nil {
				return e
			}
		}
	}
	return nil
}

func (m *Module) validateDatas() *Error {
	for i := range m.Datas {
		s := &m.Datas[i]
		if s.Mode != Active {
			continue
		}
		if int(s.Memory) >= len(m.Memories) {
			return invalid(s.Start, "unknown memory %d", s.Memory)
		}
		if e := m.checkConst(&s.Offset, m.Memories[s.Memory].AddrType(), len(m.Globals)); e != nil {
			return e
		}
	}
	return nil
}

// declareFuncs collects the functions that the module mentions outside of bodies and of the
// start section: the only ones of which a body may take a reference.
func (m *Module) declareFuncs() {
	set := make([]uint64, (len(m.Funcs)+63)/64)
	add := func(f uint64) { set[f/64] |= 1 << (f % 64) }
	for i := range m.Exports {
		if e := &m.Exports[i]; e.Kind == ExternFunc {
			add(uint64(e.Index))
		}
	}
	for i := m.NumImportedGlobals; i < len(m.Globals); i++ {
		if c := &m.Globals[i].Init; c.Kind == ConstFunc {
			add(c.Value)
		}
	}
	for _, c := range m.TableInits {
		if c.Kind == ConstFunc {
			add(c.Value)
		}
	}
	for i := range m.Elems {
		for j := range m.Elems[i].Init {
			if c := &m.Elems[i].Init[j]; c.Kind == ConstFunc {
				add(c.Value)
			}
		}
	}
	m.declared = set
}
