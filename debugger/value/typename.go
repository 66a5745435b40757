package value

import (
	"strings"

	"sphex/debugger/symbols"
	"sphex/dwarf/info"
)

// TypeName returns the type's name, short for display (Vec<String>) or as in DWARF. The short
// name of a trait object also tells the type behind it: &dyn Shape (Circle).
func (v *Variable) TypeName(full bool) string {
	if v.typ == nil {
		return ""
	}
	if full {
		return v.typ.fullTypeName()
	}
	if t := v.dynType(); t != "" {
		return v.typ.short() + " (" + t + ")"
	}
	return v.typ.short()
}

// NameAt returns the short name of the type that the entry at off describes.
func (ts *Types) NameAt(off info.Offset) string { return ts.at(uint64(off)).short() }

// Name returns the type's name as TypeName does that of a value's.
func (t *Type) Name(full bool) string {
	if full {
		return t.fullTypeName()
	}
	return t.short()
}

// short is the name for display: without namespaces, default allocators and hashers.
func (t *Type) short() string {
	name := ShortTypeName(t.fullTypeName())
	if t != nil && t.lang == symbols.LangC && (strings.Contains(name, "__") || name == nimString) {
		return nimName(t, name)
	}
	if t != nil && t.lang == symbols.LangRust && strings.ContainsRune(name, '(') {
		return rustSpelling(name)
	}
	if t != nil && t.lang == symbols.LangCPP && strings.ContainsAny(name, "<") {
		return cppSpelling(name)
	}
	return name
}

// ShortTypeName shortens a qualified type name: alloc::vec::Vec<alloc::string::String,
// alloc::alloc::Global> becomes Vec<String>, and C++'s basic_string string.
func ShortTypeName(name string) string {
	if len(name) > 8192 {
		name = name[:8192] + "…"
	}
	name = inlineStd.Replace(name)
	for long, short := range cppAliases {
		if strings.Contains(name, long) {
			name = strings.ReplaceAll(name, long, short)
		}
	}
	var b strings.Builder
	word := 0    // start in b of the present path
	inside := "" // the last part of the path that is a name
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case strings.HasPrefix(name[i:], "(anonymous namespace)::"):
			i += len("(anonymous namespace)::") - 1
		case strings.HasPrefix(name[i:], "::*"): // a pointer to member
			b.WriteString("::*")
			i += 2
		case c == ':' && i+1 < len(name) && name[i+1] == ':':
			s := b.String()
			if part := s[word:]; part != "" && part[0] != '{' {
				inside = part
			}
			b.Reset()
			b.WriteString(s[:word])
			if strings.HasSuffix(s, ">") && !strings.HasPrefix(name[i+2:], "{") {
				b.WriteString("::") // a type in a template
			}
			i++
		case c == '{' && b.Len() == word && strings.Contains(name[i:], "_env#"):
			part, _, _ := strings.Cut(name[i:], "}")
			i += len(part) - 1
			b.WriteString(rustEnvironment(part, inside))
		case isNamePart(c) || c == '{' || c == '}' || c == '#' || c == '~':
			b.WriteByte(c)
		case c == ' ' && i+1 < len(name) && name[i+1] == '>':
			// old style `> >`
		default:
			b.WriteByte(c)
			word = b.Len()
		}
	}
	s := b.String()
	for _, d := range defaultArgs {
		s = strings.ReplaceAll(s, d+">", ">")
		s = strings.ReplaceAll(s, d+",", ",")
	}
	return dropDefaults(s)
}

// rustEnvironment names what rustc calls {closure_env#1, which is in a function: {closure#1; the
// brace that follows is not part of it.
func rustEnvironment(part, function string) string {
	kind, number, ok := strings.Cut(part, "_env#")
	if !ok {
		return part
	}
	switch kind {
	case "{closure":
		return kind + "#" + number
	case "{async_fn":
		return "{async fn " + function
	case "{async_block":
		return "{async block in " + function
	case "{async_closure":
		return "{async closure in " + function
	case "{coroutine", "{generator":
		return "{coroutine in " + function
	}
	return part
}

// rustSpelling writes a type's name as one does in Rust, where rustc does not: (u32,) for (u32)
// and Fn(u32) -> u32 for Fn<(u32), Output=u32>.
func rustSpelling(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '(' {
			b.WriteByte(s[i])
			continue
		}
		end := closing(s, i)
		if end < 0 {
			b.WriteString(s[i:])
			break
		}
		in, before := rustSpelling(s[i+1:end]), b.String()
		i = end
		switch {
		case strings.HasSuffix(before, "Fn<") || strings.HasSuffix(before, "FnMut<") || strings.HasSuffix(before, "FnOnce<"):
			result, found := strings.CutPrefix(s[end+1:], ", Output=")
			stop := strings.LastIndexByte(before, '<') // its > ends the whole
			if last := closing(before[stop:]+"()"+s[end+1:], 0); found && last >= 0 {
				last += end + 1 - (len(before) - stop + 2)
				b.Reset()
				b.WriteString(before[:stop] + "(" + in + ")")
				if r := rustSpelling(result[:last-end-1-len(", Output=")]); r != "()" {
					b.WriteString(" -> " + r)
				}
				i = last
				continue
			}
		case before != "" && isNamePart(before[len(before)-1]): // parameters
		case in != "" && !strings.HasPrefix(in, "dyn ") && !topComma(in):
			in += ","
		}
		b.WriteString("(" + in + ")")
	}
	return b.String()
}

// closing finds what closes the bracket at s[i]; -1 if nothing does.
func closing(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(' || c == '<' || c == '[':
			depth++
		case c == '>' && i > 0 && s[i-1] == '-':
		case c == ')' || c == '>' || c == ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// topComma tells whether there is a comma outside of all brackets.
func topComma(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ',':
			return true
		case '(', '<', '[':
			if i = closing(s, i); i < 0 {
				return false
			}
		}
	}
	return false
}

// inlineStd removes libc++'s inline namespaces, whose number is the ABI's.
var inlineStd = symbols.InlineStd

// defaultArgs are template arguments that hardly anyone writes.
var defaultArgs = []string{", Global", ", RandomState", ", DefaultHashBuilder"}

var cppAliases = map[string]string{
	"std::basic_string<char, std::char_traits<char>, std::allocator<char> >":          "std::string",
	"std::basic_string<char, std::char_traits<char>, std::allocator<char>>":           "std::string",
	"std::basic_string<wchar_t, std::char_traits<wchar_t>, std::allocator<wchar_t> >": "std::wstring",
	"std::basic_string<wchar_t, std::char_traits<wchar_t>, std::allocator<wchar_t>>":  "std::wstring",
	"std::basic_string_view<char, std::char_traits<char> >":                           "std::string_view",
	"std::basic_string_view<char, std::char_traits<char>>":                            "std::string_view",
}

// dropDefaults removes C++'s default allocators, comparators, hashers and deleters, which are
// the later arguments of a template.
func dropDefaults(s string) string {
	for _, d := range []string{", allocator<", ", less<", ", hash<", ", equal_to<", ", default_delete<", ", char_traits<"} {
		for {
			i := strings.Index(s, d)
			if i < 0 {
				break
			}
			depth, j := 0, i+len(d)-1
			for ; j < len(s); j++ {
				if s[j] == '<' {
					depth++
				} else if s[j] == '>' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			if j >= len(s) {
				return s
			}
			s = s[:i] + s[j+1:]
		}
	}
	return s
}

// lastSegment is the name behind the last :: outside of template arguments, without the
// arguments: Point of main::Point, Vec of alloc::vec::Vec<u8>.
func lastSegment(name string) string {
	depth, start := 0, 0
	end := len(name)
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '<':
			if depth == 0 {
				end = i
			}
			depth++
		case c == '>' && depth > 0 && name[i-1] != '-':
			depth--
		case c == ':' && depth == 0 && i+1 < len(name) && name[i+1] == ':':
			start, end = i+2, len(name)
			i++
		}
	}
	if end < start {
		end = len(name)
	}
	return name[start:end]
}
