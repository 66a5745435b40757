package symbols

import (
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/ianlancetaylor/demangle"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// Function is a subprogram with code, an inlined one without (then Ranges is empty), or a
// function of the module that DWARF does not know (then Unit is nil).
type Function struct {
	Name     string // qualified and demangled: main::Point::norm, ns::Class::method, add
	Short    string // last part of Name, without parameters and template arguments
	Linkage  string // DW_AT_linkage_name, as it is
	Unit     *Unit
	File     string // declaration
	Line     int
	Ranges   []Range // ascending
	Entry    abi.TextOffset
	Index    uint32 // wasm function index; valid if HasIndex
	HasIndex bool
	NoReturn bool

	entry  info.Entry // zero without DWARF
	origin info.Offset

	treeOnce sync.Once
	tree     *block
}

// newFunction describes a subprogram that has code.
func (u *Unit) newFunction(e *info.Entry, rs []Range) *Function {
	f := &Function{Unit: u, Ranges: rs, Entry: rs[0].Lo, entry: *e}
	if v, ok := e.Addr(dwarf.AttrEntryPC); ok {
		if pc, ok := u.table.text(v); ok && contains(rs, pc) {
			f.Entry = pc
		}
	} else if v, ok := e.Addr(dwarf.AttrLowPC); ok {
		if pc, ok := u.table.text(v); ok && contains(rs, pc) {
			f.Entry = pc
		}
	}
	linker := ""
	if fr := u.table.funcRange(f.Entry); fr != nil {
		f.Index, f.HasIndex = fr.Index, true
		f.Entry = fr.Text
		linker = fr.Name
	}
	u.describe(f, *e, linker)
	return f
}

// describe fills in what a subprogram says about itself, following its origin and specification.
// One whose name is damaged has the linker's.
func (u *Unit) describe(f *Function, e info.Entry, linker string) {
	decl, name := f.names(e)
	for n := 0; n < 8 && f.Line == 0; n++ {
		f.File, f.Line = u.table.declared(&e)
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	if name == "" && f.Linkage == "" {
		name, f.Linkage = linker, linker
	}
	f.title(decl, name)
}

// names reads what names a subprogram: its linkage name, its origin, and DW_AT_name with the
// entry that has it.
func (f *Function) names(e info.Entry) (decl info.Entry, name string) {
	decl = e
	for n := 0; n < 8; n++ {
		if name == "" {
			name = e.Name()
			decl = e
		}
		if f.Linkage == "" {
			f.Linkage = e.Str(dwarf.AttrLinkageName)
		}
		if f.Linkage == "" {
			f.Linkage = e.Str(dwarf.AttrMIPSLinkageName)
		}
		f.NoReturn = f.NoReturn || e.Flag(dwarf.AttrNoreturn)
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if ok {
			f.origin = next.Offset
		} else if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
			break
		}
		e = next
	}
	return decl, name
}

// title makes Name and Short; decl is the entry that has the name.
func (f *Function) title(decl info.Entry, name string) {
	f.Short = stripArgs(name)
	f.Name = displayName(f.Linkage)
	if f.Name == "" {
		f.Name = qualified(decl, name)
	} else if s := f.Short; len(s) > 1 && s[0] == '_' && lastPart(f.Name) == s[1:] {
		// The demangler takes one underscore of __rust_begin_short_backtrace for an escape.
		f.Name = strings.TrimSuffix(f.Name, s[1:]) + s
	}
	if f.Name == "" {
		f.Name = f.Linkage // of what the compiler made, which has no other
	}
	if f.Name == "" {
		f.Name = fmt.Sprintf("function at %#x", uint64(f.Entry))
	}
	if f.Short == "" {
		f.Short = lastPart(stripArgs(f.Name))
	}
	f.Name, f.Short = bounded(f.Name), bounded(f.Short)
}

// mostName is how long a name may be, those of its namespaces included.
const mostName = 16 << 10

// bounded cuts a name that nobody could read.
func bounded(name string) string {
	if len(name) <= mostName {
		return name
	}
	return strings.ToValidUTF8(name[:mostName], "") + "…"
}

// declared reads where an entry is declared.
func (t *Table) declared(e *info.Entry) (string, int) {
	n, ok := e.Uint(dwarf.AttrDeclLine)
	if !ok {
		return "", 0
	}
	file, _ := e.Uint(dwarf.AttrDeclFile)
	if u := t.unitOf(e.Offset); u != nil {
		return u.path(file), clampInt(n)
	}
	return "", clampInt(n)
}

func clampInt(n uint64) int { return int(min(n, 1<<31-1)) }

// displayName demangles a linkage name; "" if it is not mangled.
func displayName(linkage string) string {
	if len(linkage) > 16<<10 || !strings.HasPrefix(linkage, "_Z") && !strings.HasPrefix(linkage, "_R") {
		return ""
	}
	opts := []demangle.Option{demangle.NoParams, demangle.LLVMStyle, demangle.MaxLength(12)}
	if linkage[1] == 'R' { // as in the older mangling, which has no arguments
		opts = append(opts, demangle.NoTemplateParams)
	}
	s, err := demangle.ToString(linkage, opts...)
	if err != nil {
		return ""
	}
	if linkage[1] == 'R' {
		s = emptyArguments.Replace(s)
	}
	return s
}

// emptyArguments removes what the demangler leaves of lists whose types it leaves out.
var emptyArguments = strings.NewReplacer("::<>", "", "<>", "", "<, ", "<")

// qualified puts the names of the enclosing namespaces and types before name.
func qualified(e info.Entry, name string) string {
	if name == "" {
		return ""
	}
	parts, length := []string{name}, len(name)
	for n := 0; n < maxDepth && length < mostName; n++ {
		p, ok := e.Parent()
		if !ok {
			break
		}
		e = p
		switch e.Tag() {
		case dwarf.TagNamespace, dwarf.TagModule, dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagInterfaceType:
			if s := e.Name(); s != "" {
				parts = append(parts, s)
			} else if e.Tag() == dwarf.TagNamespace {
				parts = append(parts, "(anonymous namespace)")
			}
		case dwarf.TagSubprogram:
			if s := e.Name(); s != "" {
				parts = append(parts, s)
			}
		}
		length += len(parts[len(parts)-1])
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, "::")
}

// QualifiedName is the name of an entry with those of its namespaces and types.
func QualifiedName(e info.Entry) string { return qualified(e, e.Name()) }

// stripArgs removes template arguments, parameters and Rust's `<X as Trait>` from a name.
func stripArgs(name string) string { return stripNested(name, 0) }

// No name that a person wrote is longer or nested more deeply; what is costs too much.
const (
	maxStripped = 64 << 10
	maxNested   = 32
)

// stripNested does so for a name that stands in so many `<X as Trait>`.
func stripNested(name string, depth int) string {
	if strings.HasPrefix(name, "operator") || len(name) > maxStripped || depth > maxNested {
		return name
	}
	if self, _, rest, ok := qualifiedSelf(name); ok {
		return stripNested(self, depth+1) + stripNested(rest, depth+1)
	}
	var b strings.Builder
	depth = 0 // of what is left out
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '<' && depth == 0 && (strings.HasSuffix(name[:i], "operator") || strings.HasSuffix(name[:i], "operator<")):
			b.WriteByte(c) // operator<, operator<<
		case c == '<':
			depth++
		case c == '>' && depth > 0 && name[i-1] != '-':
			depth--
		case depth > 0:
		case c == '(' && strings.HasSuffix(name[:i], "operator") && strings.HasPrefix(name[i:], "()"):
			b.WriteString("()")
			i++
		case c == '(' && i > 0 && !strings.HasPrefix(name[i:], "(anonymous"):
			// Parameters: at the end, or those of a function that encloses the name.
			end := closing(name, i)
			if !strings.HasPrefix(name[end:], "::") {
				i = len(name)
				continue
			}
			i = end - 1
		default:
			b.WriteByte(c)
		}
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "::"), "::::", "::")
}

// closing returns the index behind the parenthesis that closes the one at i.
func closing(name string, i int) int {
	depth := 0
	for ; i < len(name); i++ {
		switch name[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(name)
}

// qualifiedSelf splits what starts with a type or a type's trait, <main::Point as core::fmt::Debug>::fmt: the type, the trait, "" if
// none is named, and what stands behind the bracket.
func qualifiedSelf(name string) (self, trait, rest string, ok bool) {
	if !strings.HasPrefix(name, "<") {
		return "", "", "", false
	}
	open := 0
	for i := range len(name) {
		switch name[i] {
		case '<':
			open++
		case '>':
			if i > 0 && name[i-1] == '-' {
				continue
			}
			open--
		}
		if open == 0 {
			self = name[1:i]
			if j := topLevel(self, " as "); j >= 0 {
				self, trait = self[:j], self[j+len(" as "):]
			}
			return self, trait, name[i+1:], true
		}
	}
	return "", "", "", false
}

// byImpl lists the other names of an implementation's function: that of <main::Point as core::fmt::Debug>::fmt under its trait's path,
// core::fmt::Debug::fmt, and those of main::<impl core::fmt::Debug for u8>::fmt under the trait's and the type's.
func byImpl(name string) (names []string) {
	if len(name) > maxStripped {
		return nil
	}
	if _, trait, rest, ok := qualifiedSelf(name); ok && trait != "" {
		return append(names, stripNested(trait, 1)+stripNested(rest, 1))
	}
	_, impl, ok := strings.Cut(name, "<impl ")
	if !ok {
		return nil
	}
	if self, _, rest, ok := qualifiedSelf("<" + impl); ok {
		if i := topLevel(self, " for "); i >= 0 {
			names = append(names, stripNested(self[:i], 1)+stripNested(rest, 1))
			self = self[i+len(" for "):]
		}
		names = append(names, stripNested(self, 1)+stripNested(rest, 1))
	}
	return names
}

// topLevel finds sep outside of angle brackets.
func topLevel(s, sep string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '<':
			depth++
		case '>':
			depth--
		}
		if depth == 0 && strings.HasPrefix(s[i:], sep) {
			return i
		}
	}
	return -1
}

func lastPart(name string) string {
	if i := strings.LastIndex(name, "::"); i >= 0 {
		return name[i+2:]
	}
	return name
}

// funcRange finds the module's function at pc.
func (t *Table) funcRange(pc abi.TextOffset) *FuncRange {
	fs := t.data.Funcs
	i := sort.Search(len(fs), func(i int) bool { return fs[i].End > pc })
	if i < len(fs) && pc >= fs[i].Text {
		return &fs[i]
	}
	return nil
}

// Function returns the function whose code holds pc. It answers for every function of the
// module, with DWARF or without; nil for thunks and gaps.
func (t *Table) Function(pc abi.TextOffset) *Function {
	if f := t.described(pc, t.unitsAt(pc)); f != nil {
		return f
	}
	fr := t.funcRange(pc)
	if fr == nil {
		return nil
	}
	// The prologue may stand before the subprogram's first address.
	if pc < fr.Body {
		if f := t.described(fr.Body, t.unitsAt(fr.Body)); f != nil {
			return f
		}
	}
	return t.plainFunction(fr)
}

// plainFunction describes a function without DWARF.
func (t *Table) plainFunction(fr *FuncRange) *Function {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.plain[fr.Index]; f != nil {
		return f
	}
	f := &Function{Linkage: fr.Name, Ranges: []Range{{fr.Text, fr.End}}, Entry: fr.Text, Index: fr.Index, HasIndex: true}
	f.Name = displayName(fr.Name)
	if f.Name == "" {
		f.Name = fr.Name
	}
	if f.Name == "" {
		f.Name = fmt.Sprintf("wasm function %d", fr.Index)
	}
	f.Short = lastPart(stripArgs(f.Name))
	t.plain[fr.Index] = f
	return f
}

// abstractFunction describes the function that the entry at off declares.
func (t *Table) abstractFunction(off info.Offset) *Function {
	t.mu.Lock()
	f := t.abstract[off]
	t.mu.Unlock()
	if f != nil {
		return f
	}
	f = &Function{origin: off}
	if e, err := t.info.Entry(off); err == nil {
		u := t.unitOf(off)
		if u != nil {
			u.root()
			f.Unit, f.entry = u, e
			u.describe(f, e, "")
		}
	}
	if f.Name == "" {
		f.Name, f.Short = "<inlined function>", "<inlined function>"
	}
	f.origin = off
	t.mu.Lock()
	defer t.mu.Unlock()
	if g := t.abstract[off]; g != nil {
		return g
	}
	t.abstract[off] = f
	return f
}
