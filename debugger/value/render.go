package value

import (
	"strings"
)

// Format says how to render.
type Format struct {
	Hex       bool // integers in hexadecimal: as Base
	Base      Base // of numbers
	Plain     bool // structures as they are, without the renderings of libraries' types
	MaxString int  // bytes of a string; 0 is 200
	MaxItems  int  // elements of an array; 0 is 64
	MaxDepth  int  // levels of structures; 0 is 8
	MaxText   int  // bytes in all; 0 is 4096
	Summary   bool // of what a Natvis entry gives a text, that text without the children
	Width     int  // structures that are longer stand on several lines; 0: all is one line
}

// String renders the value on one line with default settings.
func (v *Variable) String() string { return v.Format(Format{}) }

// Format renders the value on one line: Rust's in the manner of its Debug trait, C's and
// C++'s as initialisers.
func (v *Variable) Format(f Format) string {
	def := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	def(&f.MaxString, 200)
	def(&f.MaxItems, 64)
	def(&f.MaxDepth, 8)
	def(&f.MaxText, 4096)
	if f.Hex && f.Base == AsDeclared {
		f.Base = Hexadecimal
	}
	if f.Plain {
		v = v.Plain()
	}
	r := renderer{Format: f}
	r.value(v, 0)
	return r.b.String()
}

type renderer struct {
	Format
	b      strings.Builder
	full   bool // MaxText is reached
	indent int  // structures on several lines that are open
}

// join is what stands between the children of a value, "" if they stand on one line. They stand on one line if that fits,
// and always if they are numbers and the like in a list.
func (r *renderer) join(s *shape, depth int) string {
	if r.Width <= 0 || s.elem != nil && s.count > 0 && len(s.fields) == 0 && !s.elem(0).hasChildren() && (s.key == nil || !s.key(0).hasChildren()) {
		return ""
	}
	flat := renderer{Format: r.Format}
	flat.Width, flat.MaxText = 0, r.Width+1
	flat.children(s, depth)
	line := r.b.String()
	if len(line)-strings.LastIndexByte(line, '\n')-1+flat.b.Len() <= r.Width {
		return ""
	}
	return "\n" + strings.Repeat("  ", r.indent+1)
}

func (v *Variable) hasChildren() bool {
	named, indexed := v.NumChildren()
	return named+indexed > 0
}

// cut reports whether there is no room for more, and writes the mark of it once.
func (r *renderer) cut() bool {
	if r.b.Len() < r.MaxText {
		return false
	}
	if !r.full {
		r.full = true
		r.b.WriteString("…")
	}
	return true
}

func (r *renderer) value(v *Variable, depth int) {
	if r.cut() {
		return
	}
	v, notes := v.unwrap()
	r.b.WriteString(notes)
	s := v.shape()
	if v.base != AsDeclared && r.Base == AsDeclared {
		r.Base = v.base
		defer func() { r.Base = AsDeclared }()
	}
	if s.err != nil && s.style == styleText {
		why := s.err.Error()
		if depth > 0 && (s.err == noLocation || s.err == noLocationHere) {
			why = "optimized out" // in full where the part is shown for itself
		}
		r.b.WriteString("<" + why + ">")
		return
	}
	if s.str != nil {
		r.b.WriteString(s.head)
		r.b.WriteString(v.quoted(s.str, r.MaxString))
		return
	}
	if s.style == styleText {
		text := s.text
		if r.Base != AsDeclared && s.kind != KindFunc {
			if n, ok := v.inBase(r.Base); ok {
				text = n
			}
		}
		r.b.WriteString(text)
		if l := s.listing; l != nil && depth == 0 && !r.Summary && int64(len(l.fields))+l.count > 0 {
			r.b.WriteString(" ")
			r.children(l, depth)
		}
		return
	}
	r.children(s, depth)
}

// children renders what is inside of a value.
func (r *renderer) children(s *shape, depth int) {
	open, close := " { ", " }"
	switch s.style {
	case styleTuple:
		open, close = "(", ")"
	case styleList:
		open, close = "[", "]"
	case styleCall:
		open, close = "([", "])"
	case styleCFields, styleCList, styleMap, styleSet:
		open, close = "{", "}"
	}
	n := int64(len(s.fields)) + s.count
	switch {
	case n == 0 && s.style == styleFields:
		r.b.WriteString(s.head)
		if s.more {
			r.b.WriteString(" { .. }")
		}
		return
	case n == 0:
		r.b.WriteString(s.head + open + close)
		return
	case depth >= r.MaxDepth:
		r.b.WriteString(strings.TrimRight(s.head+open, " ") + "…" + strings.TrimLeft(close, " "))
		return
	}
	if s.head == "" {
		open = strings.TrimLeft(open, " ")
	}
	between := ", "
	sep := ""
	if join := r.join(s, depth); join != "" {
		open, close = strings.TrimRight(open, " ")+join, ",\n"+strings.Repeat("  ", r.indent)+strings.TrimLeft(close, " ")
		if s.style != styleFields && s.style != styleTuple && s.style != styleList {
			close = close[1:] // C has no comma there
		}
		between = "," + join
		r.indent++
		defer func() { r.indent-- }()
	}
	r.b.WriteString(s.head + open)
	for i, c := range s.fields {
		if r.cut() {
			break
		}
		if i >= r.MaxItems*4 {
			r.b.WriteString(sep + "…")
			break
		}
		r.b.WriteString(sep)
		sep = between
		switch s.style {
		case styleFields:
			r.b.WriteString(c.Name + ": ")
		case styleCFields:
			r.b.WriteString(c.Name + " = ")
		}
		r.value(c, depth+1)
	}
	r.items(s, depth, sep, between)
	if s.more {
		r.b.WriteString(between + "..")
	}
	if s.style == styleTuple && s.head == "" && len(s.fields) == 1 {
		r.b.WriteString(",") // a Rust tuple of one
	}
	r.b.WriteString(close)
}

// items renders indexed children; of long ones the first, with a count of the rest.
func (r *renderer) items(s *shape, depth int, sep, between string) {
	if s.elem == nil {
		return
	}
	if s.numbers && r.Base == AsDeclared {
		r.Base = Decimal
		defer func() { r.Base = AsDeclared }()
	}
	shown := 0
	var i int64
	for i < s.count && shown < r.MaxItems && !r.cut() {
		r.b.WriteString(sep)
		sep = between
		shown++
		if s.label != nil {
			label := s.label(i)
			if in, ok := strings.CutPrefix(label, "["); ok && strings.HasSuffix(in, "]") && !strings.ContainsRune(in, ',') {
				label = in[:len(in)-1]
			}
			r.b.WriteString(label + ": ")
		} else if s.key != nil {
			r.value(s.key(i), depth+1)
			r.b.WriteString(": ")
		}
		e := s.elem(i)
		r.value(e, depth+1)
		i++
		if s.key != nil && e.shape().err != nil {
			break // what follows a broken entry is broken too
		}
		// C arrays are often long and mostly equal: long runs are folded as gdb does.
		if s.style == styleCList && s.label == nil && !s.rendered {
			if n := sameRun(s, e, i, foldRun-1); n == foldRun-1 {
				n = sameRun(s, e, i, maxRun)
				r.b.WriteString(" <repeats " + itoa(n+1) + " times>")
				i += n
			}
		}
	}
	if i < s.count {
		r.b.WriteString(sep + "… " + itoa(s.count-i) + " more")
	}
}

// foldRun is how many equal elements of a C array are shown as one.
const foldRun = 11

// maxRun bounds the elements that are compared for one fold.
const maxRun = 1_000_000

// sameRun counts the elements from i on, at most max, whose bytes are those of e.
func sameRun(s *shape, e *Variable, i, max int64) int64 {
	want, err := e.bytes()
	if err != nil {
		return 0
	}
	n := int64(0)
	for ; i+n < s.count && n < max; n++ {
		if got, err := s.elem(i + n).bytes(); err != nil || string(got) != string(want) {
			break
		}
	}
	return n
}
