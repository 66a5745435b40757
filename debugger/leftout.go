package debugger

import (
	"fmt"
	"path"
	"strings"
)

// What the compiler folded into its callers and what the linker removed leaves no entry that an object keeps, and with
// Rust mostly none at all. That a function was written is in the source.

// maxSearched bounds the text that is looked through for a function's definition, in bytes.
const maxSearched = 16 << 20

// leftOut says where the program's own sources define a function that has no code; "" if they don't.
func (s *Session) leftOut(im *image, name string) string {
	name, _, _ = strings.Cut(name, "(")
	for open := strings.IndexByte(name, '<'); open >= 0 && strings.Contains(name[open:], ">"); open = strings.IndexByte(name, '<') {
		from := strings.LastIndexByte(name[:strings.IndexByte(name, '>')+1], '<')
		if from < 0 {
			return ""
		}
		name = name[:from] + name[strings.IndexByte(name, '>')+1:]
	}
	name = strings.TrimSuffix(strings.ReplaceAll(name, "::::", "::"), "::")
	owner := ""
	if i := strings.LastIndex(name, "::"); i >= 0 {
		owner, name = name[:i], name[i+2:]
		owner = owner[strings.LastIndex(owner, ":")+1:]
	}
	if !isIdentifier(name) || owner != "" && !isIdentifier(owner) {
		return ""
	}
	left := maxSearched
	for _, f := range im.table.Files() {
		if left < 0 || isLibrary(f) || !s.HasSource(f) {
			continue
		}
		lines, err := s.Source(f)
		if err != nil {
			continue
		}
		for i, line := range lines {
			left -= len(line) + 1
			if definesFunction(lines[i:], name, path.Ext(f) == ".rs") && (owner == "" || isIn(owner, lines[:i+1], f)) {
				return fmt.Sprintf("%s:%d defines it, but the compiler or the linker left no code of it", path.Base(f), i+1)
			}
		}
	}
	return ""
}

// isIdentifier tells whether a name is one that C's and Rust's functions have.
func isIdentifier(name string) bool {
	for i := range len(name) {
		if !isWordByte(name[i]) {
			return false
		}
	}
	return name != "" && (name[0] < '0' || name[0] > '9')
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}

// isIn tells whether the last of a file's lines is in a type or trait by the look of it, or the file in a module or folder of that name.
func isIn(owner string, lines []string, file string) bool {
	if hasWord(lines[len(lines)-1], owner) || hasWord(file, owner) {
		return true
	}
	for i := len(lines) - 2; i >= 0; i-- {
		for n, word := range strings.Fields(lines[i]) {
			word, _, _ = strings.Cut(word, "<")
			if opensScope[word] {
				return hasWord(lines[i], owner)
			}
			if n == 0 && word != "pub" && word != "unsafe" && word != "template" && word != "export" || word == "fn" {
				break
			}
		}
	}
	return false
}

// opensScope are the words that begin what functions stand in.
var opensScope = map[string]bool{"impl": true, "trait": true, "class": true, "struct": true, "union": true, "namespace": true, "mod": true}

// hasWord tells whether a name stands in a text by itself.
func hasWord(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		from = i + len(name)
		if (i == 0 || !isWordByte(text[i-1])) && (from == len(text) || !isWordByte(text[from])) {
			return true
		}
	}
}

// definesFunction tells whether the first of the lines begins, by the look of it, the definition of the function name: what stands
// in front of the name, its parameters, and, in C and C++, a body.
func definesFunction(lines []string, name string, rust bool) bool {
	line := lines[0]
	i := strings.Index(line, name)
	if i <= 0 || isWordByte(line[i-1]) || i+len(name) < len(line) && isWordByte(line[i+len(name)]) {
		return false
	}
	before, rest := strings.TrimSpace(line[:i]), strings.TrimSpace(line[i+len(name):])
	if strings.HasPrefix(before, "//") || strings.HasPrefix(before, "*") || strings.HasPrefix(before, "#") {
		return false
	}
	if rust {
		return (before == "fn" || strings.HasSuffix(before, " fn")) && (rest == "" || rest[0] == '(' || rest[0] == '<')
	}
	last := before[strings.LastIndexAny(before, " \t")+1:]
	if !strings.HasPrefix(rest, "(") || strings.ContainsAny(before, "=(,;\"'") || last == "return" || last == "else" {
		return false
	}
	const most = 64 // lines of parameters
	depth := 0
	for n := 0; n < len(lines) && n < most; n++ {
		if n > 0 {
			rest = lines[n]
		}
		for k := range len(rest) {
			switch c := rest[k]; {
			case c == '(':
				depth++
			case c == ')':
				depth--
			case depth == 0 && c == '{':
				return true
			case depth == 0 && c == ';':
				return false
			}
		}
	}
	return false
}
