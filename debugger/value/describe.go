package value

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sphex/debugger/symbols"
)

// Describe tells what the type is of an expression, or of a type's name: the definition in the manner
// of the language, one line for each member. With offsets, where each member is, its size, and what is
// unused between them. The expression may not change the program.
func (s *Scope) Describe(src string, offsets bool) ([]string, error) {
	ev := &evaluator{scope: s, src: src, pure: true}
	d := &description{offsets: offsets}
	if offsets {
		d.line(0, "offset", "size", "")
	}
	v, err := s.expressionOf(src)
	if err == nil && (v.function == nil || ev.lang() != symbols.LangRust) {
		d.value(v)
		return d.lines, nil
	}
	// A type. In Rust the name of a tuple structure is also that of a function.
	ref, terr := parseType(src)
	if terr == nil {
		var t *Type
		if t, terr = ev.describedType(ref); terr == nil {
			d.whole(t)
			return d.lines, nil
		}
	}
	if err == nil {
		d.value(v)
		return d.lines, nil
	}
	if fs := ev.functions(strings.TrimSpace(src)); len(fs) > 0 { // that another module has
		for _, f := range fs[:min(len(fs), maxDescribedFunctions)] {
			d.value(ev.functionValue(f))
		}
		if n := len(fs) - maxDescribedFunctions; n > 0 {
			d.plain(0, fmt.Sprintf("… %d more functions", n))
		}
		return d.lines, nil
	}
	var e *EvalError
	if errors.As(err, &e) && strings.HasPrefix(e.Msg, "no variable ") && terr != nil {
		return nil, &EvalError{Expr: e.Expr, Column: e.Column, Msg: "no variable, function or type " + strings.TrimPrefix(e.Msg, "no variable ")}
	}
	if first, _, _ := strings.Cut(strings.TrimSpace(src), " "); tagWords[first] || cTypeWords[first] {
		err = terr
	}
	return nil, err
}

// describedType is the type that ref names. With a tag it is the structure also where a typedef has
// its name.
func (ev *evaluator) describedType(ref typeRef) (*Type, error) {
	plain := ref
	plain.stars = 0
	t, err := ev.typeOrVoid(intLit{}, plain)
	if err != nil {
		if strings.HasPrefix(ref.name, "std::") { // in an inline namespace
			t = ev.scope.Types.shortNamed(ref.name, ev.unit())
		}
		if t == nil {
			return nil, err
		}
	}
	for range ref.stars {
		t = ev.scope.Types.pointerTo(t, ev.lang())
	}
	return t, nil
}

// tagged is the structure that a typedef of the same name leads to; nil for other types.
func (t *Type) tagged() *Type {
	if t == nil || t.kind != typeTypedef {
		return nil
	}
	e := t.Elem()
	for range maxWrapped { // typedef struct list *list
		if e == nil || e.kind != typePointer && e.kind != typeArray {
			break
		}
		e = e.Elem()
	}
	if e != nil && e.name == t.name {
		return e
	}
	return nil
}

func (s *Scope) expressionOf(src string) (*Variable, error) {
	e, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return s.EvalPure(e)
}

// description is what Describe has written.
type description struct {
	offsets bool
	lines   []string
}

const (
	maxDescribedMembers   = 500  // of one type
	maxDescribedLines     = 2000 // in all; types in types may multiply
	maxDescribedDepth     = 6    // of types without a name in each other
	maxDescribedFunctions = 20
	maxDescribedWidth     = 90 // columns of a variant on one line
)

func (d *description) full() bool { return len(d.lines) >= maxDescribedLines }

func (d *description) line(indent int, at, size, text string) {
	text = strings.Repeat("    ", indent) + text
	if d.offsets {
		text = fmt.Sprintf("%8s %8s  %s", at, size, text)
	}
	d.lines = append(d.lines, strings.TrimRight(text, " "))
}

func (d *description) plain(indent int, text string) { d.line(indent, "", "", text) }

// value describes the type of a value; of a function's name, the function.
func (d *description) value(v *Variable) {
	if v.function == nil {
		d.whole(v.typ)
		return
	}
	ts, f := v.scope.Types, v.function
	rust := f.Unit != nil && f.Unit.Language == symbols.LangRust
	var params []string
	for _, p := range ts.Params(f) {
		params = append(params, p.short())
	}
	if f.Variadic() {
		params = append(params, "...")
	}
	result, list := ts.Result(f), strings.Join(params, ", ")
	switch {
	case rust && result.IsVoid():
		d.plain(0, "fn "+f.Name+"("+list+")")
	case rust:
		d.plain(0, "fn "+f.Name+"("+list+") -> "+result.short())
	default:
		name, _, found := strings.Cut(f.Name, "(")
		if !found || strings.HasPrefix(f.Name, "(") || strings.Contains(name, "operator") {
			name = f.Name
		}
		if list == "" && (f.Unit == nil || f.Unit.Language == symbols.LangC) {
			list = "void"
		}
		const place = "ƒ" // the name is written whole
		d.plain(0, strings.Replace(result.member(place), place, name+"("+list+")", 1))
	}
}

// whole describes t: what it says itself, and the type that it leads to.
func (d *description) whole(t *Type) {
	for n := 0; n < 64; n++ {
		switch {
		case t == nil || t.kind == typeVoid:
			if n == 0 {
				d.plain(0, "void")
			}
			return
		case t.kind == typeTypedef || t.kind == typeBase && t.ref != 0: // see character
			target := t.Elem()
			if target.nameless() {
				d.definition(target, 0, "typedef ", " "+t.name+";", "", 0)
				return
			}
			name := inlineStd.Replace(t.name)
			text := target.member(name)
			if target != nil && target.name != "" {
				text = declared(inlineStd.Replace(target.fullTypeName()), name)
			}
			d.plain(0, "typedef "+text+";")
			t = target
		case t.kind == typeStruct || t.kind == typeUnion || t.kind == typeEnum:
			end := ";"
			if t.lang == symbols.LangRust {
				end = ""
			}
			d.definition(t, 0, "", end, "", 0)
			return
		default:
			if n == 0 {
				d.line(0, "", sizeText(t.byteSize()), t.short())
			}
			if t.kind == typeBase || t.kind == typeFunc || t.kind == typeUnspecified {
				return
			}
			t = t.Elem()
		}
	}
}

func sizeText(n int64) string {
	if n <= 0 {
		return ""
	}
	return itoa(n)
}

// nameless tells whether the type is a structure, union or enum that has no name, but members.
func (t *Type) nameless() bool {
	return t != nil && t.name == "" && (t.kind == typeStruct && !(t.class && t.lang == symbols.LangCPP) || t.kind == typeUnion || t.kind == typeEnum)
}

// member declares something called name.
func (t *Type) member(name string) string {
	switch {
	case t == nil:
		return "void " + name
	case t.lang == symbols.LangRust:
		return name + ": " + t.short()
	case t.name != "":
		return declared(t.short(), name)
	}
	return ShortTypeName(t.declare(name, 0))
}

// title is the head of the type's definition.
func (t *Type) title(m *members) string {
	word := "struct"
	switch {
	case t.kind == typeUnion:
		word = "union"
	case t.kind == typeEnum && t.class && t.lang == symbols.LangCPP:
		word = "enum class"
	case t.kind == typeEnum || len(m.variants) > 0:
		word = "enum"
	case t.class && t.lang == symbols.LangCPP:
		word = "class"
	}
	name := inlineStd.Replace(t.name)
	switch {
	case t.lang == symbols.LangRust && t.name != "" && strings.ContainsAny(t.name[:1], "&*(["):
		return t.short() // a tuple, a slice
	case t.nameless():
		return word
	case name == "":
		name = "lambda"
	}
	title := word + " " + name
	var bases []string
	for i := range m.fields {
		if f := &m.fields[i]; f.base && len(bases) < 100 {
			b := inlineStd.Replace(t.types.at(f.ref).fullTypeName())
			if f.virtual {
				b = "virtual " + b
			}
			bases = append(bases, b)
		}
	}
	if len(bases) > 0 {
		title += " : " + strings.Join(bases, ", ")
	}
	if u := t.types.at(t.ref); t.kind == typeEnum && u != nil && t.lang == symbols.LangCPP {
		title += " : " + u.short()
	}
	return title
}

// definition writes the type's definition between two texts. base is its offset in what is described,
// in bits.
func (d *description) definition(t *Type, indent int, before, after, at string, base int64) {
	m := t.load()
	head := before + t.title(m)
	rust := t.lang == symbols.LangRust
	size := ""
	if d.offsets && (t.size >= 0) {
		size = itoa(t.size)
	}
	switch {
	case m.err != nil:
		d.plain(indent, head+" {…}"+after+"  // "+m.err.Error())
		return
	case t.decl && t.size < 0 && len(m.fields)+len(m.enums) == 0:
		d.plain(indent, head+after+"  // declared only: the program has no definition of it")
		return
	case rust && t.kind == typeStruct && len(m.fields)+len(m.variants) == 0:
		d.line(indent, at, size, head+after+unitEnd(t))
		return
	case rust && !d.offsets && len(m.variants) == 0 && tupleFields(m.fields):
		if strings.HasPrefix(t.name, "(") {
			d.plain(indent, head+after)
		} else {
			d.plain(indent, head+rustFields(t, m.fields, false)+after+";")
		}
		return
	}
	d.line(indent, at, size, head+" {")
	switch {
	case t.kind == typeEnum:
		d.enumerators(t, m, indent+1)
	default:
		for i := range m.variants {
			d.variants(t, &m.variants[i], indent+1, base)
		}
		d.fields(t, m.fields, indent+1, base)
		d.statics(t, m.statics, indent+1)
		d.methods(t, indent+1)
	}
	d.plain(indent, "}"+after)
}

// unitEnd ends the definition of a Rust structure that has no fields.
func unitEnd(t *Type) string {
	if strings.HasPrefix(t.name, "(") {
		return ""
	}
	return ";"
}

func (d *description) enumerators(t *Type, m *members, indent int) {
	for i, e := range m.enums {
		if i == maxDescribedMembers || d.full() {
			d.plain(indent, fmt.Sprintf("… %d more values", len(m.enums)-i))
			break
		}
		d.plain(indent, fmt.Sprintf("%s = %v,", e.name, wrap(e.value, t.basic)))
	}
}

func (d *description) statics(t *Type, list []field, indent int) {
	for i := range list {
		if i == maxDescribedMembers || d.full() {
			d.plain(indent, fmt.Sprintf("… %d more static members", len(list)-i))
			break
		}
		if f := &list[i]; !f.artificial {
			d.plain(indent, "static "+t.types.at(f.ref).member(f.name)+";")
		}
	}
}

// fieldBits returns where a field begins and how long it is.
func fieldBits(t *Type, f *field) (at, size int64) {
	if f.bitSize > 0 {
		return f.bitOffset, f.bitSize
	}
	return f.offset * 8, t.types.at(f.ref).byteSize() * 8
}

// fields writes a structure's members; with offsets, in the order in which they are in memory.
func (d *description) fields(t *Type, fields []field, indent int, base int64) {
	var list []*field
	// A virtual base is somewhere behind the members.
	holes := d.offsets && t.kind == typeStruct && !t.virtualBase(map[*Type]bool{})
	for i := range fields {
		f := &fields[i]
		if d.offsets || !f.base && !(f.artificial && isCLike(t.lang)) {
			list = append(list, f)
		}
	}
	if d.offsets {
		slices.SortStableFunc(list, func(a, b *field) int {
			x, _ := fieldBits(t, a)
			y, _ := fieldBits(t, b)
			return cmp.Compare(x, y)
		})
	}
	var end int64
	for i, f := range list {
		if i == maxDescribedMembers || d.full() {
			d.plain(indent, fmt.Sprintf("… %d more members", len(list)-i))
			return
		}
		at, size := fieldBits(t, f)
		if holes {
			d.hole(end, at, indent)
		}
		end = max(end, at+size)
		d.field(t, f, indent, base)
	}
	if holes && t.size >= 0 && len(list) > 0 {
		d.hole(end, t.size*8, indent)
	}
}

// virtualBase tells whether the class or one of its bases has a virtual base.
func (t *Type) virtualBase(seen map[*Type]bool) bool {
	if t == nil || seen[t] || len(seen) > 100 {
		return false
	}
	seen[t] = true
	fields := t.load().fields
	for i := range fields {
		if f := &fields[i]; f.base && (f.virtual || t.types.at(f.ref).strip().virtualBase(seen)) {
			return true
		}
	}
	return false
}

// hole tells of bits that no member has.
func (d *description) hole(from, to int64, indent int) {
	switch n := to - from; {
	case n <= 0:
	case n%8 == 0:
		d.plain(indent, fmt.Sprintf("// unused: %s", counted(n/8, "byte")))
	default:
		d.plain(indent, fmt.Sprintf("// unused: %s", counted(n, "bit")))
	}
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return itoa(n) + " " + what + "s"
}

// field writes one member.
func (d *description) field(t *Type, f *field, indent int, base int64) {
	ft := t.types.at(f.ref)
	bits, length := fieldBits(t, f)
	bits += base
	at, size := itoa(bits/8), itoa(length/8)
	if f.bitSize > 0 {
		at, size = fmt.Sprintf("%d:%d", bits/8, bits&7), counted(length, "bit")
	}
	if t.lang == symbols.LangRust {
		end := ","
		if t.kind == typeUnion || !strings.HasPrefix(f.name, "__") {
			d.line(indent, at, size, ft.member(f.name)+end)
			return
		}
		d.line(indent, at, size, ft.member(strings.TrimPrefix(f.name, "__"))+end)
		return
	}
	if f.base {
		if f.virtual {
			at = "?"
		}
		d.line(indent, at, size, inlineStd.Replace(ft.fullTypeName())+";  // base")
		return
	}
	text := ft.member(f.name)
	// A type without a name stands where it is used.
	if core := ft.core(); core.nameless() && indent <= maxDescribedDepth && !d.full() {
		if before, after, ok := strings.Cut(text, core.title(&members{})+" {…}"); ok {
			if core != ft {
				bits = 0 // of elements, in the first of them
			}
			d.definition(core, indent, before, after+";", at, bits)
			return
		}
	}
	if f.bitSize > 0 {
		text += " : " + itoa(f.bitSize)
	}
	d.line(indent, at, size, text+";")
}

// core is the type that pointers, arrays and qualifiers without a name lead to.
func (t *Type) core() *Type {
	for n := 0; t != nil && n < 64 && t.name == "" && (t.kind == typePointer || t.kind == typeArray || t.kind == typeQualified); n++ {
		t = t.Elem()
	}
	return t
}
