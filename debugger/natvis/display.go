package natvis

import (
	"fmt"
	"strings"
)

// parseDisplay takes a text apart: {expression,format} is a value, {{ and }} are braces.
func parseDisplay(src string, line int) ([]Part, error) {
	var parts []Part
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, Part{Text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(src); i++ {
		c := src[i]
		switch {
		case c == '{' && strings.HasPrefix(src[i:], "{{"), c == '}' && strings.HasPrefix(src[i:], "}}"):
			text.WriteByte(c)
			i++
		case c == '{':
			n := closingBrace(src[i+1:])
			if n < 0 {
				return nil, fmt.Errorf("a { without a }")
			}
			if strings.TrimSpace(src[i+1:i+1+n]) == "" {
				return nil, fmt.Errorf("nothing between { and }")
			}
			flush()
			v := parseValue(src[i+1:i+1+n], line)
			parts = append(parts, Part{Value: &v})
			i += n + 1
		case c == '\n' || c == '\r' || c == '\t': // a text may be written on several lines
			if s := text.String(); s != "" && s[len(s)-1] != ' ' || s == "" && len(parts) > 0 {
				text.WriteByte(' ')
			}
			for i+1 < len(src) && strings.IndexByte(" \t\r\n", src[i+1]) >= 0 {
				i++
			}
		default: // also a } without a {, as Visual Studio has it
			text.WriteByte(c)
		}
	}
	flush()
	return parts, nil
}

// closingBrace finds the } that ends an expression; -1 if there is none.
func closingBrace(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"', '\'':
			i = skipQuoted(s, i)
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// skipQuoted returns the index of the quote that closes the one at s[i], or the last index.
func skipQuoted(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case s[i]:
			return j
		}
	}
	return len(s) - 1
}

// CutComma splits an expression at its last comma that is in no brackets; ok is false if there is none.
func CutComma(expr string) (before, behind string, ok bool) {
	i := lastComma(expr)
	if i < 0 {
		return "", expr, false
	}
	return strings.TrimSpace(expr[:i]), strings.TrimSpace(expr[i+1:]), true
}

// parseValue splits an expression and the format specifiers behind its last comma.
func parseValue(src string, line int) Value {
	v := Value{Line: line, Expr: strings.TrimSpace(src)}
	for {
		i := lastComma(v.Expr)
		if i < 0 {
			return v
		}
		spec := v.Spec
		if !parseSpec(strings.TrimSpace(v.Expr[i+1:]), &spec) {
			return v
		}
		v.Spec, v.Expr = spec, strings.TrimSpace(v.Expr[:i])
	}
}

// lastComma finds the last comma outside of all brackets; -1 if there is none.
func lastComma(s string) int {
	last, depth := -1, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"', '\'':
			i = skipQuoted(s, i)
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				last = i
			}
		}
	}
	return last
}

// specifiers are the words of format specifiers, longer ones before those that they begin with.
var specifiers = []struct {
	word string
	set  func(*Spec)
}{
	{"s32b", func(s *Spec) { s.Text = "s32b" }}, {"s32", func(s *Spec) { s.Text = "s32" }},
	{"s8b", func(s *Spec) { s.Text = "s8b" }}, {"s8", func(s *Spec) { s.Text = "s8" }},
	{"sub", func(s *Spec) { s.Text = "sub" }}, {"su", func(s *Spec) { s.Text = "su" }},
	{"sb", func(s *Spec) { s.Text = "sb" }}, {"s", func(s *Spec) { s.Text = "s" }},
	{"bstr", func(s *Spec) { s.Text = "su" }},
	{"nvo", func(s *Spec) { s.NumberOnly = true }},
	{"na", func(s *Spec) { s.NoAddress = true }},
	{"nd", func(s *Spec) { s.NoDerived = true }},
	{"nr", func(*Spec) {}}, {"en", func(*Spec) {}}, {"expand", func(*Spec) {}}, // as it is shown anyway
	{"handle", func(s *Spec) { s.Base = 'x' }},
	{"hr", func(s *Spec) { s.Base = 'x' }}, {"wm", func(s *Spec) { s.Base = 'x' }}, // Windows's own names
	{"wc", func(s *Spec) { s.Base = 'x' }},
	{"xb", func(s *Spec) { s.Base, s.BarePrefix = 'x', true }}, {"Xb", func(s *Spec) { s.Base, s.BarePrefix = 'x', true }},
	{"hb", func(s *Spec) { s.Base, s.BarePrefix = 'x', true }}, {"Hb", func(s *Spec) { s.Base, s.BarePrefix = 'x', true }},
	{"bb", func(s *Spec) { s.Base, s.BarePrefix = 'b', true }},
	{"x", func(s *Spec) { s.Base = 'x' }}, {"X", func(s *Spec) { s.Base = 'x' }},
	{"h", func(s *Spec) { s.Base = 'x' }}, {"H", func(s *Spec) { s.Base = 'x' }},
	{"d", func(s *Spec) { s.Base = 'd' }}, {"i", func(s *Spec) { s.Base = 'd' }}, {"u", func(s *Spec) { s.Base = 'd' }},
	{"o", func(s *Spec) { s.Base = 'o' }}, {"b", func(s *Spec) { s.Base = 'b' }}, {"c", func(s *Spec) { s.Base = 'c' }},
	{"e", func(s *Spec) { s.Float = 'e' }}, {"f", func(s *Spec) { s.Float = 'f' }}, {"g", func(s *Spec) { s.Float = 'g' }},
	{"!", func(s *Spec) { s.Raw = true }},
}

// parseSpec reads format specifiers that stand behind each other: x, nvo, [size]x, view(simple)na, 10.
func parseSpec(src string, spec *Spec) bool {
	if src == "" {
		return false
	}
next:
	for src != "" {
		switch {
		case src[0] == ' ' || src[0] == '\t':
			src = src[1:]
			continue
		case src[0] == '[':
			end := matching(src)
			if end < 0 || strings.TrimSpace(src[1:end]) == "" {
				return false
			}
			spec.Count, src = strings.TrimSpace(src[1:end]), src[end+1:]
			continue
		case src[0] >= '0' && src[0] <= '9':
			n := 0
			for n < len(src) && src[n] >= '0' && src[n] <= '9' {
				n++
			}
			spec.Count, src = src[:n], src[n:]
			continue
		}
		if rest, ok := strings.CutPrefix(src, "view("); ok {
			name, behind, ok := strings.Cut(rest, ")")
			if !ok {
				return false
			}
			spec.View, src = strings.TrimSpace(name), behind
			continue
		}
		for _, s := range specifiers {
			if strings.HasPrefix(src, s.word) {
				s.set(spec)
				src = src[len(s.word):]
				continue next
			}
		}
		return false
	}
	return true
}

// matching finds the bracket that closes the one at the beginning; -1 if there is none.
func matching(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '[', '(':
			depth++
		case ']', ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
