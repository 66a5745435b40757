package value

import (
	"fmt"
	"strconv"

	"sphex/debugger/symbols"
)

// shape is how a value is shown: once it is known, the one-line form, the children and the
// operators of expressions all follow from it.
type shape struct {
	kind  Kind
	style style
	head  string // name in front: Point, Some, vec
	text  string // styleText: the whole value
	// inner is what a transparent wrapper shows in its place (references, Box, Rc), behind note.
	inner  *Variable
	note   string
	fields []*Variable // named children
	count  int64       // indexed children
	elem   func(i int64) *Variable
	key    func(i int64) *Variable // maps: the key of element i
	str    *text                   // strings: where the bytes are
	more   bool                    // fields were left out (`..`)
	err    error                   // the value makes no sense: shown, children (if any) stay

	rendered bool                 // by a person's own entry, or as a library's type; see Variable.Rendered
	listing  *shape               // behind text: what the children look like on one line
	label    func(i int64) string // the name of element i; nil: its number
	smart    *Variable            // what -> leads to
	numbers  bool                 // of the size of characters, and not to be shown as such

	flat     *Type // elem: of elements that stand one behind the other, from flatFrom on; nil: it is not known that they do
	flatFrom location
}

// style is the punctuation around children.
type style uint8

const (
	styleText    style = iota
	styleFields        // Rust: Head { a: 1 }
	styleTuple         // Head(1, 2), (1, 2)
	styleList          // [1, 2]
	styleCFields       // {a = 1}
	styleCList         // {1, 2}
	styleMap           // {k: v}
	styleSet           // {a, b}
	styleCall          // Head([1, 2])
	styleInner         // as inner
)

// text is a string in memory.
type text struct {
	loc   location
	n     int64 // bytes
	width int   // of a unit: 1, 2 (UTF-16), 4 (UTF-32)
	cstr  bool  // ends at the first zero
	array bool  // n is the size of an array, not only a bound
	bytes bool  // an array of small numbers as much as of characters: zeros do not end it
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// shape classifies v, once.
func (v *Variable) shape() *shape {
	if v.sh == nil {
		v.sh = v.classify()
	}
	return v.sh
}

func (v *Variable) classify() *shape {
	if v.made != nil {
		return v.made()
	}
	if v.Unreadable != nil {
		return &shape{err: v.Unreadable}
	}
	if v.depth > maxWrapped {
		return &shape{err: unavailable("wrapped too deep")}
	}
	t := v.typ.strip()
	if t == nil {
		return &shape{err: unavailable("the type is unknown")}
	}
	if err := t.load().err; err != nil {
		return &shape{err: err}
	}
	if s := v.as(t).halfKnown(); s != nil {
		return s
	}
	if v.scope.plain {
		return v.as(t).plainShape()
	}
	if v.behind && t.lang == symbols.LangCPP {
		if whole := v.dynamic(); whole != nil {
			return v.wrapper(whole)
		}
	}
	if s := v.natvisShape(); s != nil {
		return s
	}
	return v.as(t).ownShape()
}

// ownShape classifies a value of a type without typedefs as its language and its library would have it.
func (v *Variable) ownShape() *shape {
	switch v.typ.lang {
	case symbols.LangRust:
		return v.rustShape()
	case symbols.LangCPP:
		if s := v.cppShape(); s != nil && !v.lacks(s) {
			s.rendered = true
			return s
		}
	case symbols.LangSwift:
		if s := v.swiftShape(); s != nil && !v.lacks(s) {
			s.rendered = true
			return s
		}
	default:
		if s := v.otherShape(); s != nil && !v.lacks(s) {
			s.rendered = true
			return s
		}
	}
	return v.cShape()
}

// lacks reports whether a container can't be shown as such because the producer optimised out a
// part of it. What is left of it shows as fields.
func (v *Variable) lacks(s *shape) bool {
	if !v.loc.partial() {
		return false
	}
	return s.err != nil || s.style == styleInner && s.inner != nil && s.inner.Err() != nil
}

// maxWrapped bounds how many transparent wrappers stand in each other.
const maxWrapped = 64

// wrapper shows v as inner.
func (v *Variable) wrapper(inner *Variable) *shape {
	inner.depth = v.depth + 1
	return &shape{style: styleInner, inner: inner}
}

// unwrapped is the variable behind all transparent wrappers.
func (v *Variable) unwrapped() *Variable {
	v, _ = v.unwrap()
	return v
}

// unwrap goes through all transparent wrappers, and tells what they note in front of the value.
func (v *Variable) unwrap() (inner *Variable, notes string) {
	for n := 0; n <= maxWrapped; n++ {
		if v.made == nil && v.typ.isNumber() {
			break // no wrapper; to render it would cost conditions time
		}
		s := v.shape()
		if s.style != styleInner || s.inner == nil {
			break
		}
		notes += s.note
		v = s.inner
	}
	return v, notes
}

// corrupt is the shape of a value that makes no sense.
func corrupt(format string, args ...any) *shape {
	return &shape{err: unavailable("corrupt: " + fmt.Sprintf(format, args...))}
}

// elements makes the shape of count elements of type t at l; it checks that they can be there.
func (v *Variable) elements(st style, l location, t *Type, count int64) *shape {
	size := v.scope.sizeOf(t)
	_, memSize := v.scope.Frame.Memory()
	if count < 0 || size > 0 && l.inMemory && uint64(count) > memSize/uint64(size) {
		return corrupt("length %d exceeds memory", uint64(count))
	}
	eval := v.EvalName
	return &shape{kind: KindArray, style: st, count: count, flat: t, flatFrom: l, elem: func(i int64) *Variable {
		name := "[" + itoa(i) + "]"
		e := ""
		if eval != "" {
			e = postfixable(eval) + name
		}
		return v.scope.make(name, e, t, l.at(i*size, size))
	}}
}

// postfixable puts an expression in parentheses when a suffix would not apply to all of it.
func postfixable(e string) string {
	if e != "" && (e[0] == '*' || e[0] == '&' || e[0] == '-' || e[0] == '(') {
		return "(" + e + ")"
	}
	return e
}

// tupleName turns rustc's names of tuple fields into source names: __0 is 0.
func tupleName(name string) string {
	if isTupleName(name) {
		return name[2:]
	}
	return name
}

func isTupleName(name string) bool {
	if len(name) < 3 || name[:2] != "__" {
		return false
	}
	for _, c := range name[2:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// NumChildren returns how many named (fields) and indexed (elements) children there are.
func (v *Variable) NumChildren() (named, indexed int) {
	s := v.unwrapped().shape()
	n := s.count
	if s.elem == nil {
		n = 0
	}
	return len(s.fields), int(min(n, 1<<31-1))
}

// Children returns children [start, start+count) of the named ones followed by the
// indexed ones; count < 0 asks for all.
func (v *Variable) Children(start, count int) []*Variable {
	s := v.unwrapped().shape()
	named, indexed := v.NumChildren()
	total := named + indexed
	if start < 0 || start >= total {
		return nil
	}
	if count < 0 || count > total-start {
		count = total - start
	}
	if count > maxChildren {
		count = maxChildren
	}
	out := make([]*Variable, 0, count)
	for i := start; i < start+count; i++ {
		if i < named {
			out = append(out, s.fields[i])
			continue
		}
		e := s.elem(int64(i - named))
		if s.numbers {
			e.base = Decimal
		}
		if s.label != nil {
			e.Name = s.label(int64(i - named))
		} else if s.key != nil {
			k := s.key(int64(i - named))
			e.Name = "[" + k.Format(Format{MaxString: 60, MaxItems: 4}) + "]"
		}
		out = append(out, e)
	}
	return out
}

// maxChildren bounds one answer of Children.
const maxChildren = 100_000
