package value

import (
	"strings"

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

// short is the name for display: without namespaces, default allocators and hashers.
func (t *Type) short() string { return ShortTypeName(t.fullTypeName()) }

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
	word := 0 // start in b of the present path
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
			b.Reset()
			b.WriteString(s[:word])
			i++
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
		s = strings.ReplaceAll(s, d, "")
	}
	return dropDefaults(s)
}

// inlineStd removes libc++'s inline namespaces, whose number is the ABI's.
var inlineStd = strings.NewReplacer("std::__1::", "std::", "std::__2::", "std::", "std::__ndk1::", "std::", "std::__cxx11::", "std::")

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
