package debugger

import (
	"os"
	"strings"

	"sphex/debugger/symbols"
)

// read reads the macros that a source file defines, and returns what it includes as it is written there. What is in a part that
// the preprocessor leaves out for sure is left out.
func (ms *sourceMacros) read(file string, lang symbols.Language) (includes []string) {
	if st, err := os.Stat(file); err != nil || st.Size() > maxMacroSource-int64(ms.bytes) {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	ms.bytes += len(text)
	conds := conditionStack{cpp: lang == symbols.LangCPP}
	comment := false
	lines := strings.Split(string(text), "\n")
	for n := 0; n < len(lines); n++ {
		at := n + 1
		line := lines[n]
		if !comment && !strings.Contains(line, "#") && !strings.Contains(line, "/*") || comment && !strings.Contains(line, "*/") {
			continue
		}
		line, comment = withoutComments(line, comment)
		trimmed := strings.TrimSpace(line)
		if !strings.HasPrefix(trimmed, "#") {
			continue
		}
		for strings.HasSuffix(trimmed, `\`) && n+1 < len(lines) {
			n++
			line, comment = withoutComments(lines[n], comment)
			trimmed = strings.TrimSuffix(trimmed, `\`) + " " + strings.TrimSpace(line)
		}
		for comment && n+1 < len(lines) { // a comment that begins in a directive is a blank in it
			n++
			line, comment = withoutComments(lines[n], true)
			trimmed += " " + strings.TrimSpace(line)
		}
		word, rest := directive(trimmed)
		if conds.take(word, rest) || conds.off() {
			continue
		}
		switch word {
		case "include":
			includes = append(includes, rest)
		case "undef": // before the first definition it only makes room
			if len(ms.named[rest]) > 0 {
				ms.undone[rest] = true
			}
		case "define":
			if m, ok := symbols.ParseMacro(rest); ok {
				m.Text = strings.Join(strings.Fields(m.Text), " ")
				m.File, m.Line = file, at
				ms.named[m.Name] = append(ms.named[m.Name], sourceMacro{m, conds.lacks(m.Name)})
			}
		}
	}
	return includes
}

// directive splits a directive into its name and the rest.
func directive(line string) (word, rest string) {
	line = strings.TrimSpace(strings.TrimPrefix(line, "#"))
	n := 0
	for n < len(line) && line[n] >= 'a' && line[n] <= 'z' {
		n++
	}
	return line[:n], strings.TrimSpace(line[n:])
}

// withoutComments takes the comments out of a line; inside tells whether one is open at its start, open whether one is at its end.
func withoutComments(line string, inside bool) (text string, open bool) {
	line = strings.TrimSuffix(line, "\r")
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case inside:
			if strings.HasPrefix(line[i:], "*/") {
				inside = false
				b.WriteByte(' ')
				i++
			}
		case strings.HasPrefix(line[i:], "/*"):
			inside = true
			i++
		case strings.HasPrefix(line[i:], "//"):
			return b.String(), false
		case line[i] == '"' || line[i] == '\'':
			from := i
			for i++; i < len(line) && line[i] != line[from]; i++ {
				if line[i] == '\\' {
					i++
				}
			}
			b.WriteString(line[from:min(i+1, len(line))])
		default:
			b.WriteByte(line[i])
		}
	}
	return b.String(), inside
}

// conditionStack follows #if, #else and #endif.
type conditionStack struct {
	cpp  bool
	open []openCondition
}

// openCondition is an #if whose #endif is still to come.
type openCondition struct {
	lacks string // the name of which it asks that it is not defined
	off   bool   // the preprocessor leaves out what stands here
	taken bool   // it has taken a part of it for sure
}

// take follows a directive, if it is one of conditions.
func (c *conditionStack) take(word, rest string) bool {
	top := len(c.open) - 1
	switch word {
	case "if", "ifdef", "ifndef":
		holds, known := c.holds(word, rest)
		c.open = append(c.open, openCondition{lacks: lacking(word, rest), off: known && !holds, taken: known && holds})
	case "elif", "elifdef", "elifndef":
		if top >= 0 {
			holds, known := c.holds(strings.TrimPrefix(word, "el"), rest)
			o := &c.open[top]
			o.lacks, o.off = "", o.taken || known && !holds
			o.taken = o.taken || known && holds
		}
	case "else":
		if top >= 0 {
			c.open[top].lacks, c.open[top].off = "", c.open[top].taken
		}
	case "endif":
		if top >= 0 {
			c.open = c.open[:top]
		}
	default:
		return false
	}
	return true
}

// off reports whether the preprocessor leaves out what stands here.
func (c *conditionStack) off() bool {
	for i := range c.open {
		if c.open[i].off {
			return true
		}
	}
	return false
}

// lacks reports whether what stands here is read only where a name is not defined.
func (c *conditionStack) lacks(name string) bool {
	for i := range c.open {
		if c.open[i].lacks == name {
			return true
		}
	}
	return false
}

// lacking is the name of which a condition asks that it is not defined.
func lacking(word, rest string) string {
	if word == "ifndef" {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	if rest, ok := strings.CutPrefix(strings.ReplaceAll(rest, " ", ""), "!defined"); ok && word == "if" {
		return strings.Trim(rest, "()")
	}
	return ""
}

// predefined tells of names whether compilers for WebAssembly define them.
var predefined = map[string]bool{
	"__wasm__": true, "__wasm": true, "__clang__": true, "__GNUC__": true, "__STDC__": true,
	"_WIN32": false, "_WIN64": false, "WIN32": false, "_MSC_VER": false, "__MINGW32__": false, "__CYGWIN__": false, "__BORLANDC__": false, "__WATCOMC__": false,
	"__APPLE__": false, "__linux__": false, "__linux": false, "__FreeBSD__": false, "__ANDROID__": false, "__sun": false, "_AIX": false, "__INTEL_COMPILER": false,
	"__x86_64__": false, "_M_X64": false, "__i386__": false, "_M_IX86": false, "__arm__": false, "__aarch64__": false, "_M_ARM64": false, "__powerpc__": false, "__riscv": false, "__ARM_NEON": false,
}

// holds evaluates the conditions that need no more than the names which compilers define.
func (c *conditionStack) holds(word, rest string) (holds, known bool) {
	defined := func(name string) (bool, bool) {
		if name == "__cplusplus" {
			return c.cpp, true
		}
		is, known := predefined[name]
		return is, known
	}
	switch word {
	case "ifdef":
		return defined(rest)
	case "ifndef":
		is, known := defined(rest)
		return !is, known
	}
	bare := strings.ReplaceAll(rest, " ", "")
	switch bare {
	case "0":
		return false, true
	case "1":
		return true, true
	}
	inner, not := strings.CutPrefix(bare, "!")
	if name, ok := strings.CutPrefix(inner, "defined"); ok && !strings.ContainsAny(name, "&|!<>=+-") {
		is, known := defined(strings.Trim(name, "()"))
		return is != not, known
	}
	return false, false
}
