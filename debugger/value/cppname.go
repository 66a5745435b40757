package value

import (
	"regexp"
	"strings"
)

// cppSpelling makes a short C++ name read as a person writes it: numbers without suffixes, the names
// of libc++'s strings, no default containers.
func cppSpelling(name string) string {
	name = numberSuffix.ReplaceAllString(name, "$1$2")
	for _, s := range stringNames {
		if strings.Contains(name, s[0]) {
			name = strings.ReplaceAll(name, s[0], s[1])
		}
	}
	for _, adapter := range []string{"stack<", "queue<", "priority_queue<"} {
		if !strings.HasPrefix(name, adapter) {
			continue
		}
		if first, rest, ok := cutArg(name[len(adapter):]); ok && (rest == "deque<"+first+">>" || rest == "vector<"+first+">>") {
			name = adapter + first + ">"
		}
	}
	name = strings.ReplaceAll(name, ", 4294967295>", ">") // span's dynamic extent
	return strings.ReplaceAll(name, ", ratio<1, 1>>", ">")
}

var numberSuffix = regexp.MustCompile(`([<(, ]-?[0-9]+)[uU]?[lL]{0,2}([,>)])`)

var stringNames = [][2]string{
	{"basic_string<char>", "string"}, {"basic_string<wchar_t>", "wstring"}, {"basic_string<char8_t>", "u8string"},
	{"basic_string<char16_t>", "u16string"}, {"basic_string<char32_t>", "u32string"},
	{"basic_string_view<char>", "string_view"}, {"basic_string_view<wchar_t>", "wstring_view"}, {"basic_string_view<char8_t>", "u8string_view"},
	{"basic_string_view<char16_t>", "u16string_view"}, {"basic_string_view<char32_t>", "u32string_view"},
}

// cutArg splits a list of template arguments behind its first one.
func cutArg(s string) (first, rest string, ok bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '<', '(':
			depth++
		case '>', ')':
			depth--
		case ',':
			if depth == 0 {
				return s[:i], strings.TrimPrefix(s[i+1:], " "), true
			}
		}
		if depth < 0 {
			break
		}
	}
	return "", "", false
}
