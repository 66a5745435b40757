package value

import (
	"sort"
	"strconv"
	"strings"

	"github.com/ianlancetaylor/demangle"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// This file finds the type of the object behind a pointer to one of its bases. In the Itanium
// C++ ABI, which WebAssembly has, the words before the table of virtual functions are the distance
// from the base to the whole object, and the address of the std::type_info, which has the type's
// mangled name. A program without type_info has DWARF for the table itself (clang 21 and newer), or
// at least the functions in the table, which belong to the class or to its bases.

// dynamicType is what a table of virtual functions tells: the type of the whole object, and how
// far before the base it begins.
type dynamicType struct {
	typ *Type
	top int64
}

// vptrOffset is where the pointer to the table of virtual functions is in a value of the type; ok
// is false in types without one.
func (t *Type) vptrOffset(depth int) (off int64, ok bool) {
	t = t.strip()
	if t == nil || t.kind != typeStruct || depth > 32 {
		return 0, false
	}
	m := t.load()
	for i := range m.fields {
		if f := &m.fields[i]; !f.base && strings.HasPrefix(f.name, "_vptr") {
			return f.offset, true
		}
	}
	for i := range m.fields {
		f := &m.fields[i]
		if !f.base {
			continue
		}
		if f.virtual {
			return 0, true // what has a virtual base has a table
		}
		if in, ok := t.types.at(f.ref).vptrOffset(depth + 1); ok {
			return f.offset + in, true
		}
	}
	return 0, false
}

// dynamic is the whole object that v is a base of, nil if v is the whole, or if that is not known.
func (v *Variable) dynamic() *Variable {
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct || t.lang != symbols.LangCPP || v.Unreadable != nil || !v.loc.inMemory {
		return nil
	}
	off, ok := t.vptrOffset(0)
	if !ok {
		return nil
	}
	at, ok := v.scope.linear(v.loc.addr)
	if !ok {
		return nil
	}
	table, ok := v.scope.word(uint64(at) + uint64(off))
	if !ok || table < 2*v.scope.wordSize() {
		return nil
	}
	d := t.types.dynamicOf(v.scope, table)
	if d.typ == nil || d.typ == t || !d.typ.hasBase(t, 0) {
		return nil
	}
	whole := int64(at) + off + d.top
	if whole <= 0 {
		return nil
	}
	r := v.scope.make(v.Name, "", d.typ, v.scope.pointee(wasm.MemAddr(whole), d.typ.byteSize()))
	if r.Unreadable != nil {
		return nil
	}
	if v.EvalName != "" && d.typ.name != "" {
		if e, ok := strings.CutPrefix(v.EvalName, "*"); ok && d.top == 0 {
			r.EvalName = "*(" + d.typ.name + "*)" + postfixable(e)
		}
	}
	return r
}

// classBehind is the short name of the class of the object that a pointer or reference of C++ leads to, if
// it is another than the type says.
func (v *Variable) classBehind() string {
	t := v.typ.strip()
	if t == nil || t.lang != symbols.LangCPP || v.Unreadable != nil || t.kind != typePointer && t.kind != typeReference {
		return ""
	}
	e := t.Elem().strip()
	if e == nil || e.kind != typeStruct {
		return ""
	}
	if _, ok := e.vptrOffset(0); !ok {
		return ""
	}
	if whole := v.deref(e).dynamic(); whole != nil {
		return whole.typ.short()
	}
	return ""
}

// hasBase reports whether b is a base of t, directly or not.
func (t *Type) hasBase(b *Type, depth int) bool {
	if t == nil || depth > 32 {
		return false
	}
	m := t.load()
	for i := range m.fields {
		if !m.fields[i].base {
			continue
		}
		f := t.types.at(m.fields[i].ref).strip()
		if f == b || f != nil && b.name != "" && f.name == b.name || f.hasBase(b, depth+1) {
			return true
		}
	}
	return false
}

// word reads the word at a linear-memory address: as many bytes as a pointer has.
func (s *Scope) word(at uint64) (uint64, bool) {
	n := s.Types.pointerSize()
	if at > 1<<32 && n == 4 {
		return 0, false
	}
	b, err := s.read(s.pointee(wasm.MemAddr(at), n), n)
	if err != nil {
		return 0, false
	}
	return bigBits(b, false).Uint64(), true
}

// wordSize is how many bytes a word has, and sign what it is as a number with one.
func (s *Scope) wordSize() uint64 { return uint64(s.Types.pointerSize()) }

func (s *Scope) sign(w uint64) int64 {
	if s.Types.wide {
		return int64(w)
	}
	return int64(int32(w))
}

// dynamicOf finds what the table of virtual functions at a linear-memory address was made for.
func (ts *Types) dynamicOf(s *Scope, table uint64) dynamicType {
	w := s.wordSize()
	top, ok := s.word(table - 2*w)
	info, ok2 := s.word(table - w)
	if !ok || !ok2 {
		return dynamicType{}
	}
	d := dynamicType{top: s.sign(top)}
	if d.top > 0 || d.top < -(1<<24) {
		return dynamicType{}
	}
	ts.mu.Lock()
	t, known := ts.classes[table]
	ts.mu.Unlock()
	if known {
		d.typ = t
		return d
	}
	t = ts.classByInfo(s, info)
	if t == nil {
		t = ts.classByTable(s, table, info)
	}
	if t == nil {
		t = ts.classByFunctions(s, table)
	}
	if d.typ = t; t == nil && ts.tab.Interrupted() {
		return d
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.classes == nil {
		ts.classes = map[uint64]*Type{}
	}
	if len(ts.classes) < maxClasses {
		ts.classes[table] = t
	}
	return d
}

// maxClasses bounds the tables that are remembered: what is no table may look like one.
const maxClasses = 1 << 16

// typeInfoName is the name of the type that a std::type_info is for: {vptr, name, …}; "" if it is none.
func (s *Scope) typeInfoName(info uint64) string {
	if info == 0 {
		return ""
	}
	at, ok := s.word(info + s.wordSize())
	if !ok || at == 0 {
		return ""
	}
	b, cut := s.readCString(s.pointee(wasm.MemAddr(at), 0), 2048, 1, false)
	if cut || len(b) == 0 {
		return ""
	}
	full, err := demangle.ToString("_ZTS"+strings.TrimPrefix(string(b), "*"), demangle.NoClones)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(full, "typeinfo name for ")
}

// classByInfo finds a class by its std::type_info.
func (ts *Types) classByInfo(s *Scope, info uint64) *Type {
	full := s.typeInfoName(info)
	if full == "" {
		return nil
	}
	if t := ts.Lookup(full).strip(); t != nil && t.kind == typeStruct {
		return t
	}
	if !strings.Contains(full, "<") {
		return nil
	}
	// The demangler and the producer write template arguments in different ways.
	want := plainSpelling(full)
	for _, off := range ts.tab.TypesLike(full) {
		if t := ts.at(uint64(off)).strip(); t != nil && t.kind == typeStruct && plainSpelling(t.name) == want {
			return t
		}
	}
	return nil
}

// plainSpelling removes from a C++ name what spellings differ in: spaces, suffixes of numbers, ABI tags.
func plainSpelling(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == ' ':
		case strings.HasPrefix(name[i:], "[abi:"):
			if end := strings.IndexByte(name[i:], ']'); end >= 0 {
				i += end
			}
		case strings.IndexByte("uUlL", c) >= 0 && i > 0 && endsInNumber(b.String()) && (i+1 == len(name) || strings.IndexByte("uUlL,>", name[i+1]) >= 0):
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// endsInNumber reports whether a number, which is no part of a name, stands at the end.
func endsInNumber(s string) bool {
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	return i < len(s) && (i == 0 || strings.IndexByte("<,-", s[i-1]) >= 0)
}

// classByTable finds a class by the variable that describes its tables.
func (ts *Types) classByTable(s *Scope, table, info uint64) *Type {
	ts.tablesOnce.do(ts, func() {
		ts.tables = nil
		for _, g := range s.Table.GlobalsStarting("_vtable$") {
			at, ok := s.variable(g).Addr()
			if !ok {
				continue
			}
			e := g.Entry()
			if d := g.Decl(); d != 0 {
				if x, err := ts.tab.Info().Entry(d); err == nil {
					e = x
				}
			}
			if p, ok := e.Parent(); ok {
				ts.tables = append(ts.tables, classTable{uint64(at), ts.at(uint64(p.Offset))})
			}
		}
		sort.Slice(ts.tables, func(i, j int) bool { return ts.tables[i].at < ts.tables[j].at })
	})
	i := sort.Search(len(ts.tables), func(i int) bool { return ts.tables[i].at > table-2*s.wordSize() }) - 1
	if i < 0 || table-ts.tables[i].at > 1<<16 {
		return nil
	}
	if first, ok := s.word(ts.tables[i].at + s.wordSize()); !ok || first != info {
		return nil
	}
	return ts.tables[i].typ.strip()
}

// classTable is where the tables of virtual functions of a class begin.
type classTable struct {
	at  uint64
	typ *Type
}

// classByFunctions finds the most derived class of the functions in a table.
func (ts *Types) classByFunctions(s *Scope, table uint64) *Type {
	var best *Type
	for i := range uint64(64) {
		entry, ok := s.word(table + s.wordSize()*i)
		if !ok {
			break
		}
		if entry == 0 {
			continue
		}
		fn := s.functionAt(entry)
		if fn == nil {
			break
		}
		c, ok := fn.Class()
		if !ok {
			continue
		}
		t := ts.at(uint64(c.Offset)).strip()
		if t != nil && (best == nil || t.hasBase(best, 0)) {
			best = t
		}
	}
	return best
}

// functionAt is the function that entry i of table 0 refers to, nil if it is not known.
func (s *Scope) functionAt(i uint64) *symbols.Function {
	f, ok := s.Frame.(functionTable)
	if !ok || i == 0 {
		return nil
	}
	text, ok := f.FuncText(0, i)
	if !ok {
		return nil
	}
	return s.Table.Function(text)
}

// virtualName names the function of a class that stands at a place in its table: its first is 0.
func (t *Type) virtualName(slot uint64, depth int) string {
	if t == nil || depth > 32 {
		return ""
	}
	if name, ok := t.types.tab.VirtualFunction(t.off, slot); ok {
		return lastSegment(t.name) + "::" + name
	}
	m := t.load()
	for i := range m.fields {
		if f := &m.fields[i]; f.base && !f.virtual && f.offset == 0 {
			if name := t.types.at(f.ref).strip().virtualName(slot, depth+1); name != "" {
				return name
			}
		}
	}
	return ""
}

// classMember names the data member that a pointer to member means.
func (t *Type) classMember(off int64) string {
	if t == nil {
		return ""
	}
	m := t.load()
	for i := range m.fields {
		if f := &m.fields[i]; !f.base && f.offset == off && f.bitSize == 0 && f.name != "" && !f.artificial {
			return f.name
		}
	}
	for i := range m.fields {
		f := &m.fields[i]
		if b := t.types.at(f.ref).strip(); f.base && !f.virtual && b != nil && off >= f.offset && off < f.offset+max(b.byteSize(), 1) {
			if name := b.classMember(off - f.offset); name != "" {
				return name
			}
		}
	}
	return ""
}

// memberPointer shows a C++ pointer to member: of data by its name; of a function by its name, with the
// adjustment of this. On WebAssembly the lowest bit of the adjustment marks a virtual one.
func (v *Variable) memberPointer() *shape {
	t := v.typ
	class := t.types.at(t.within).strip()
	if e := t.Elem().strip(); e != nil && e.kind == typeFunc {
		b, err := v.scope.read(v.loc, 8)
		if err != nil {
			return &shape{err: err}
		}
		i, adj := bigBits(b[:4], false).Uint64(), bigBits(b[4:], true).Int64()
		text := "nullptr"
		switch {
		case adj&1 != 0:
			text = "virtual " + class.virtualName(i/4, 0)
			if text == "virtual " {
				text += "function " + strconv.FormatUint(i/4, 10)
			}
		case i != 0:
			text = "0x" + strconv.FormatUint(i, 16)
			if name := v.scope.Frame.FuncAt(0, i); name != "" {
				text += " <" + name + ">"
			}
		}
		if adj>>1 != 0 {
			text += " this" + map[bool]string{true: "+", false: ""}[adj > 0] + itoa(adj>>1)
		}
		return &shape{kind: KindFunc, text: text}
	}
	b, err := v.bytes()
	if err != nil {
		return &shape{err: err}
	}
	n := bigBits(b, true)
	if n.Sign() < 0 {
		return &shape{kind: KindPointer, text: "nullptr"}
	}
	text := "offset " + n.String()
	if name := class.classMember(n.Int64()); name != "" {
		text = "&" + lastSegment(t.qual) + "::" + name + " (" + text + ")"
	}
	return &shape{kind: KindPointer, text: text}
}
