package symbols

import (
	"bytes"
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/macro"
)

// Macro is a macro of the preprocessor as the program defines it.
type Macro struct {
	Name     string
	Function bool     // it is used with arguments in parentheses
	Params   []string // their names; the last is __VA_ARGS__ where the macro is Variadic
	Variadic bool
	Text     string // what it stands for
	File     string // where it is defined; "" for what the compiler or its command line defines
	Line     int
}

// String is the definition as one writes it.
func (m *Macro) String() string {
	head := m.Name
	if m.Function {
		params := strings.Join(m.Params, ", ")
		if m.Variadic {
			params = strings.TrimSuffix(params, "__VA_ARGS__") + "..."
		}
		head += "(" + params + ")"
	}
	return strings.TrimSpace("#define " + head + " " + m.Text)
}

// ParseMacro reads what stands behind #define: the name, parameters in parentheses right behind it, the text.
func ParseMacro(definition string) (m Macro, ok bool) {
	n := 0
	for n < len(definition) && isIdentifierByte(definition[n], n) {
		n++
	}
	if n == 0 {
		return m, false
	}
	m.Name, definition = definition[:n], definition[n:]
	if rest, is := strings.CutPrefix(definition, "("); is {
		params, text, closed := strings.Cut(rest, ")")
		if !closed {
			return m, false
		}
		m.Function, definition = true, text
		for p := range strings.SplitSeq(params, ",") {
			p = strings.TrimSpace(p)
			if name, dots := strings.CutSuffix(p, "..."); dots {
				m.Variadic = true
				if p = strings.TrimSpace(name); p == "" { // GNU C gives what is left a name of its own
					p = "__VA_ARGS__"
				}
			}
			if p != "" {
				m.Params = append(m.Params, p)
			}
		}
	}
	m.Text = strings.TrimSpace(definition)
	return m, true
}

func isIdentifierByte(c byte, at int) bool {
	return c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 || at > 0 && c >= '0' && c <= '9'
}

// macroEntry is one line of a unit's macro information. Text aliases its section.
type macroEntry struct {
	kind macro.Kind
	line uint32
	file int32 // of StartFile, as in the line table; of Define, where it stands, -1: in none
	text []byte
}

// unitMacros is a unit's macro information.
type unitMacros struct {
	entries []macroEntry
	named   map[string][]int32 // the entries that define or undefine a name
}

// maxMacroBytes bounds the macro information that is read for one unit.
const maxMacroBytes = 64 << 20

// macros reads the unit's macro information, once; nil: there is none.
func (u *Unit) macros() *unitMacros {
	u.macroOnce.Do(func() {
		var list, before []macroEntry // before: what the compiler and its command line define, which clang writes at the end
		var files []int32
		u.eachMacro(func(e *macro.Entry) {
			m := macroEntry{kind: e.Kind, line: uint32(e.Line), file: -1, text: e.Text}
			switch e.Kind {
			case macro.StartFile:
				m.file = int32(e.File)
				files = append(files, m.file)
			case macro.EndFile:
				files = files[:max(len(files)-1, 0)]
			default:
				if len(files) == 0 {
					before = append(before, m)
					return
				}
				m.file = files[len(files)-1]
			}
			list = append(list, m)
		})
		list = append(before, list...)
		if len(list) == 0 {
			return
		}
		ms := &unitMacros{list, map[string][]int32{}}
		for i := range list {
			if name := list[i].name(); len(name) > 0 {
				ms.named[string(name)] = append(ms.named[string(name)], int32(i))
			}
		}
		u.macroList = ms
	})
	return u.macroList
}

// name is the name that an entry defines or undefines.
func (m *macroEntry) name() []byte {
	if m.kind != macro.Define && m.kind != macro.Undef {
		return nil
	}
	if n := bytes.IndexAny(m.text, " ("); n >= 0 {
		return m.text[:n]
	}
	return m.text
}

// eachMacro calls yield for each entry of the unit's macro information. What is damaged ends it.
func (u *Unit) eachMacro(yield func(*macro.Entry)) {
	root, err := u.info.Root()
	if err != nil {
		return
	}
	s := *u.info.Sections()
	s.Str = u.table.data.Sections.Str
	ctx := macro.Context{Strx: u.info.Strx, Budget: maxMacroBytes}
	if u.table.data.Later != nil { // what the root says of macros is not there; they are the only ones of its sections
		if len(s.Macro) > 0 {
			macro.Read(&s, 0, &ctx, yield)
		}
		return
	}
	if v, ok := root.Attr(dwarf.AttrMacros); ok {
		if off, ok := v.SecOffset(); ok {
			macro.Read(&s, off, &ctx, yield)
		}
	}
}

// HasMacros reports whether the unit's debug information has its macros.
func (u *Unit) HasMacros() bool { return u.macros() != nil }

// Macro finds what a name stands for in the unit. held reports that this holds at the line of the file;
// else it is the last definition in the unit.
func (u *Unit) Macro(name, file string, line int) (m Macro, held, ok bool) {
	ms := u.macros()
	if ms == nil || len(ms.named[name]) == 0 {
		return m, false, false
	}
	until := ms.position(u, file, line)
	at, last := int32(-1), int32(-1)
	for _, i := range ms.named[name] {
		defines := ms.entries[i].kind == macro.Define
		if defines {
			last = i
		}
		if i >= until {
			continue
		}
		if at = i; !defines {
			at = -1
		}
	}
	held = at >= 0
	if !held {
		at = last
	}
	if at < 0 {
		return m, false, false
	}
	m, ok = ms.macro(u, at)
	return m, held, ok
}

// macro is the definition at entry i.
func (ms *unitMacros) macro(u *Unit, i int32) (m Macro, ok bool) {
	e := &ms.entries[i]
	if m, ok = ParseMacro(string(e.text)); ok && e.file >= 0 && e.line > 0 {
		m.File, m.Line = u.path(uint64(e.file)), int(e.line) // a split unit's table may lack the file
	}
	return m, ok
}

// position is the first entry behind a line of a file; of a file that is included again and again, behind the first
// time that it has definitions up to there.
func (ms *unitMacros) position(u *Unit, file string, line int) int32 {
	numbers := map[int32]bool{}
	for n := range u.fileNumbers(file) {
		numbers[int32(n)] = true
	}
	var files []int32
	inside, end := false, int32(len(ms.entries))
	for i := range ms.entries {
		e := &ms.entries[i]
		here := len(files) > 0 && numbers[files[len(files)-1]]
		if here && e.kind != macro.EndFile && int(e.line) > line {
			return int32(i)
		}
		switch e.kind {
		case macro.StartFile:
			files = append(files, e.file)
			inside = inside || numbers[e.file]
		case macro.EndFile:
			if files = files[:max(len(files)-1, 0)]; here && end == int32(len(ms.entries)) {
				end = int32(i)
			}
		}
	}
	if !inside {
		return int32(len(ms.entries))
	}
	return end
}

// Macros lists the macros that hold at a line of a file of the unit and for whose names fits is true, in the order of their definitions.
func (u *Unit) Macros(file string, line int, fits func(name string) bool) (list []Macro) {
	ms := u.macros()
	if ms == nil {
		return nil
	}
	until := ms.position(u, file, line)
	for i := range ms.entries[:until] {
		e := &ms.entries[i]
		name := string(e.name())
		if e.kind != macro.Define || !fits(name) {
			continue
		}
		here := ms.named[name]
		for len(here) > 0 && here[len(here)-1] >= until {
			here = here[:len(here)-1]
		}
		if len(here) == 0 || here[len(here)-1] != int32(i) {
			continue // it is defined anew, or no more
		}
		if m, ok := ms.macro(u, int32(i)); ok {
			list = append(list, m)
		}
	}
	return list
}

// MacroElsewhere finds a macro in any other unit. has reports whether a unit has macros at all.
func (t *Table) MacroElsewhere(name string, not *Unit) (m Macro, found, has bool) {
	if t.data.Later != nil || len(t.data.Sections.Macro) == 0 || len(t.data.Sections.Macro) > maxMacroBytes {
		return m, false, false
	}
	for _, u := range t.units {
		if u == not || t.Ended() {
			continue
		}
		ms := u.macros()
		if ms == nil {
			continue
		}
		has = true
		for _, i := range ms.named[name] {
			if ms.entries[i].kind == macro.Define {
				if m, ok := ms.macro(u, i); ok {
					return m, true, true
				}
			}
		}
	}
	return m, false, has
}

// SourceFiles lists the files that the unit's line table names.
func (u *Unit) SourceFiles() (list []string) {
	u.eachFile("", func(path string) { list = append(list, path) })
	return list
}
