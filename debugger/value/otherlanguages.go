package value

import (
	"regexp"
	"strings"

	"sphex/debugger/symbols"
)

// Zig, Go, Nim and D have strings, slices and optionals that their compilers describe as structures. They are
// known by the names of their types, which C has no like of, and by their fields. What is otherwise stays a structure.

// otherShape knows values of languages without a file of their own here; nil for any other.
func (v *Variable) otherShape() *shape {
	t := v.typ
	if t.kind != typeStruct {
		return nil
	}
	m := t.load()
	if m.err != nil || len(m.fields) < 2 || len(m.fields) > 3 {
		return nil
	}
	switch name := t.name; {
	case strings.HasPrefix(name, "[]") || strings.HasPrefix(name, "[:") || name == "string" && t.lang != symbols.LangOther:
		return v.listOf("ptr", "len") // Zig, Go
	case t.lang == symbols.LangOther && (strings.HasSuffix(name, "[]") || strings.HasSuffix(name, "string")):
		return v.listOf("ptr", "length") // D
	case strings.HasPrefix(name, "?"):
		return v.zigOptional()
	case strings.Contains(name, "!"):
		return v.zigErrorUnion()
	case strings.Contains(name, ".") && t.lang == symbols.LangC:
		return v.zigUnion()
	case name == nimString || strings.HasPrefix(name, "tySequence__"):
		return v.nimV2()
	}
	return nil
}

// listOf is a slice with a pointer and a length.
func (v *Variable) listOf(pointer, length string) *shape {
	p, n := v.fieldNamed(pointer), v.fieldNamed(length)
	if p == nil || n == nil || p.typ.strip() == nil || p.typ.strip().kind != typePointer {
		return nil
	}
	at, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	count, err := n.uint()
	if err != nil {
		return &shape{err: err}
	}
	return v.runOf(p.typ.strip().Elem(), at, count)
}

// runOf shows n elements at an address, characters as text.
func (v *Variable) runOf(et *Type, at, n uint64) *shape {
	es := et.strip()
	if es == nil || es.byteSize() <= 0 {
		return nil
	}
	w := charWidth(es)
	bytes := es.kind == typeBase && es.basic == basicType{classInt, 8, false} && (es.name == "u8" || es.name == "uint8" || es.name == "byte" || es.name == "unsigned char")
	if w == 0 && bytes {
		w = 1
	}
	if w > 0 {
		s := v.cppText(es, at, n)
		if s.err != nil || !bytes || n == 0 || v.readable(s.str) {
			return s
		}
	}
	return v.cppSlice(et, at, n)
}

// zigOptional shows ?T.
func (v *Variable) zigOptional() *shape {
	data, some := v.fieldNamed("data"), v.fieldNamed("some")
	if data == nil || some == nil {
		return nil
	}
	on, err := some.uint()
	if err != nil {
		return &shape{err: err}
	}
	if on == 0 {
		return &shape{kind: KindEnum, text: "null"}
	}
	data.Name = v.Name
	return v.wrapper(data)
}

// zigErrorUnion shows E!T: an error has a number other than 0.
func (v *Variable) zigErrorUnion() *shape {
	tag, value := v.fieldNamed("tag"), v.fieldNamed("value")
	if tag == nil || value == nil {
		return nil
	}
	n, err := tag.uint()
	if err != nil {
		return &shape{err: err}
	}
	if n != 0 {
		name := tag.shape().text
		if i := strings.LastIndexAny(name, ".:"); i >= 0 {
			name = name[i+1:]
		}
		return &shape{kind: KindEnum, text: "error." + name}
	}
	value.Name = v.Name
	return v.wrapper(value)
}

// zigUnion shows the active member of union(enum).
func (v *Variable) zigUnion() *shape {
	tag, payload := v.fieldNamed("tag"), v.fieldNamed("payload")
	if tag == nil || payload == nil || tag.typ.strip() == nil || tag.typ.strip().kind != typeEnum || payload.typ.strip() == nil || payload.typ.strip().kind != typeUnion {
		return nil
	}
	s := tag.shape()
	if s.err != nil {
		return s
	}
	f := payload.fieldNamed(s.text)
	if f == nil {
		return &shape{kind: KindEnum, text: "." + s.text}
	}
	return &shape{kind: KindEnum, style: styleCFields, fields: []*Variable{f}}
}

// nimV2 shows a string or a seq of Nim with --mm:arc or orc: a length and a pointer to {capacity, elements}.
func (v *Variable) nimV2() *shape {
	n, p := v.fieldNamed("len"), v.fieldNamed("p")
	if n == nil || p == nil || p.typ.strip() == nil || p.typ.strip().kind != typePointer {
		return nil
	}
	return v.nimRun(p.as(p.typ.strip()), n, p.typ.strip().Elem().strip())
}

// nimRun shows the elements in the member data of what p points at.
func (v *Variable) nimRun(p, length *Variable, e *Type) *shape {
	f := e.fieldNamed("data")
	if f == nil {
		return nil
	}
	at := e.types.at(f.ref).strip()
	if at == nil || at.kind != typeArray {
		return nil
	}
	count, err := length.uint()
	if err != nil {
		return &shape{err: err}
	}
	address, err := p.uint()
	if err != nil {
		return &shape{err: err}
	}
	if count == 0 {
		address = 0
	}
	return v.runOf(at.Elem(), address+uint64(f.offset), count)
}

// nimString is the type of Nim's strings with --mm:arc or orc.
const nimString = "NimStringV2"

// nimTypes finds the names that Nim gives to types in C: a kind, the name in the source, a hash.
var nimTypes = regexp.MustCompile(`\b(?:struct )?ty(?:Object|Enum|Tuple|Array|Set|Proc)(?:_(\w+?))?(?:colonObjectType_)?__\w+`)

// nimName is the name of a type in Nim's source, as far as that can be told; for a type of C, its name.
func nimName(t *Type, name string) string {
	if name == nimString {
		return "string"
	}
	if u := t.strip(); u != nil && u.kind == typeStruct && strings.HasPrefix(u.name, "tySequence__") {
		if p := u.fieldNamed("p"); p != nil {
			if content := u.types.at(p.ref).strip(); content != nil && content.kind == typePointer {
				if data := content.Elem().strip().fieldNamed("data"); data != nil {
					if list := u.types.at(data.ref).strip(); list != nil && list.kind == typeArray {
						elem := list.Elem().short()
						if kind, ok := strings.CutPrefix(elem, "N"); ok && kind != "" && strings.Trim(kind[1:], "0123456789") == "" {
							elem = map[byte]string{'I': "int", 'U': "uint", 'F': "float"}[kind[0]] + kind[1:]
						}
						return "seq[" + elem + "]"
					}
				}
			}
		}
	}
	return nimTypes.ReplaceAllStringFunc(name, func(s string) string {
		if in := nimTypes.FindStringSubmatch(s)[1]; in != "" {
			return in
		}
		s = strings.TrimPrefix(s, "struct ")
		kind, _, _ := strings.Cut(s[2:], "_")
		return strings.ToLower(kind)
	})
}
