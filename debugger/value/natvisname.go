package value

import "strings"

// microsoftNames are the names that rustc gives to a type for Microsoft's debuggers, which Natvis files for
// Rust are written for: tuple$<A,B> for (A, B).
func microsoftNames(t *Type) []string {
	name := microsoftName(t.name, 0)
	var out []string
	if name != t.name {
		out = append(out, name)
	}
	if t.kind == typeStruct && len(t.load().variants) > 0 {
		out = append(out, "enum2$<"+name+">")
	}
	return out
}

// microsoftName rewrites the types in a name that have no path.
func microsoftName(s string, depth int) string {
	s = strings.TrimSpace(s)
	if depth > 32 || s == "" {
		return s
	}
	in := func(part string) string { return microsoftName(part, depth+1) }
	for _, p := range [...]struct{ sign, name string }{
		{"&mut ", "ref_mut$"}, {"&", "ref$"}, {"*const ", "ptr_const$"}, {"*mut ", "ptr_mut$"},
	} {
		if rest, ok := strings.CutPrefix(s, p.sign); ok {
			return p.name + "<" + in(rest) + ">"
		}
	}
	switch {
	case s == "str":
		return "str$"
	case s == "!":
		return "never$"
	case strings.HasPrefix(s, "dyn "):
		return "dyn$<" + in(s[4:]) + ">"
	case s[0] == '[' && closing(s, 0) == len(s)-1:
		if elem, n, ok := strings.Cut(s[1:len(s)-1], ";"); ok && topSemicolon(s[1:len(s)-1]) == len(elem) {
			return "array$<" + in(elem) + "," + strings.TrimSpace(n) + ">"
		}
		return "slice2$<" + in(s[1:len(s)-1]) + ">"
	case s[0] == '(' && closing(s, 0) == len(s)-1:
		if s == "()" {
			return "tuple$<>"
		}
		return "tuple$<" + strings.Join(each(s[1:len(s)-1], in), ",") + ">"
	}
	open := strings.IndexByte(s, '<')
	if open <= 0 {
		return s
	}
	end := closing(s, open)
	if end < 0 {
		return s
	}
	return s[:open+1] + strings.Join(each(s[open+1:end], in), ",") + ">" + s[end+1:]
}

// topSemicolon is where the first semicolon outside of brackets is.
func topSemicolon(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ';':
			return i
		case '(', '<', '[':
			if i = closing(s, i); i < 0 {
				return -1
			}
		}
	}
	return -1
}

// each applies f to the parts between commas outside of brackets.
func each(s string, f func(string) string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ',':
			out = append(out, f(s[start:i]))
			start = i + 1
		case '(', '<', '[':
			end := closing(s, i)
			if end < 0 {
				i = len(s)
			} else {
				i = end
			}
		}
	}
	if last := strings.TrimSpace(s[min(start, len(s)):]); last != "" {
		out = append(out, f(last))
	}
	return out
}

// rustTypes gives the types in an expression the names that they have in Rust's debug information here, where
// they are written as for Microsoft's debuggers: 'tuple$<u8,u16>' becomes '(u8, u16)', in quotes, since it is no
// word of an expression.
func rustTypes(expr string) string {
	var b strings.Builder
	for i := 0; i < len(expr); i++ {
		end := i
		for end < len(expr) && (isNamePart(expr[end]) || expr[end] == ':') {
			end++
		}
		if end == i || end+1 >= len(expr) || expr[end] != '$' || expr[end+1] != '<' {
			if end > i {
				b.WriteString(expr[i:end])
				i = end - 1
			} else {
				b.WriteByte(expr[i])
			}
			continue
		}
		last := closing(expr, end+1)
		if last < 0 {
			b.WriteString(expr[i:])
			break
		}
		b.WriteString("'" + strings.ReplaceAll(rustName(expr[i:last+1], 0), "'", "") + "'")
		i = last
	}
	return b.String()
}

// rustName is the opposite of microsoftName.
func rustName(s string, depth int) string {
	s = strings.TrimSpace(s)
	open := strings.IndexByte(s, '<')
	if open <= 0 || depth > 32 || closing(s, open) != len(s)-1 {
		return strings.TrimSuffix(s, "$")
	}
	args := each(s[open+1:len(s)-1], func(part string) string { return rustName(part, depth+1) })
	list := strings.Join(args, ", ")
	switch s[:open] {
	case "tuple$":
		return "(" + list + ")"
	case "ref$":
		return "&" + list
	case "ref_mut$":
		return "&mut " + list
	case "ptr_const$":
		return "*const " + list
	case "ptr_mut$":
		return "*mut " + list
	case "slice2$":
		return "[" + list + "]"
	case "array$":
		return "[" + strings.Join(args, "; ") + "]"
	case "dyn$":
		return "dyn " + list
	case "enum2$":
		return list
	}
	return s[:open] + "<" + list + ">"
}
