package debugger

import (
	"fmt"
	"path"
	"strings"

	"sphex/aot/debuginfo"
	"sphex/debugger/symbols"
)

// Brief renders the frame like String, with long type arguments and the hash of a Rust
// toolchain's path left out, for people to read.
func (f *Frame) Brief() string {
	g := *f
	g.Function, g.File = BriefName(f.Function), BriefPath(f.File)
	return g.String()
}

// BriefPath shortens /rustc/HASH/library/… to its hash's first digits, which still name the
// version of the toolchain.
func BriefPath(file string) string {
	if debuginfo.IsText(file) {
		return path.Base(file)
	}
	const prefix, digits = "/rustc/", 8
	rest, ok := strings.CutPrefix(file, prefix)
	if !ok {
		return file
	}
	hash, rest, ok := strings.Cut(rest, "/")
	if !ok || len(hash) <= digits+1 || strings.Trim(hash, "0123456789abcdef") != "" {
		return file
	}
	return prefix + hash[:digits] + "…/" + rest
}

// maxName is how long a function's name may be, in bytes, before its type arguments are left out.
const maxName = 72

// BriefName shortens a function's name: the versions of C++'s libraries are left out, type arguments become <…>, and if that is not enough
// types in <Type as Trait>::method lose their modules.
func BriefName(name string) string {
	name = symbols.Unversioned(name)
	if len(name) <= maxName || strings.Contains(name, "operator") {
		return name // an operator's < and > are no brackets
	}
	short, ok := dropArguments(name)
	if !ok {
		return name
	}
	if len(short) > maxName && short[0] == '<' {
		if end := closing(short); end > 0 {
			short = dropModules(short[:end]) + short[end:]
		}
	}
	return short
}

// dropArguments replaces the contents of angle brackets, but not of one at the beginning,
// which is Rust's <Type as Trait>. It fails where brackets don't match.
func dropArguments(name string) (string, bool) {
	var out strings.Builder
	keep, depth := 0, 0
	if name[0] == '<' {
		keep = 1
	}
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '<':
			depth++
			if depth <= keep {
				out.WriteByte(c)
			} else if depth == keep+1 {
				out.WriteString("<…")
			}
		case c == '>' && i > 0 && name[i-1] != '-' && name[i-1] != '=':
			if depth <= keep+1 {
				out.WriteByte(c)
			}
			if depth--; depth < 0 {
				return "", false
			}
			if depth == 0 {
				keep = 0
			}
		case depth <= keep:
			out.WriteByte(c)
		}
	}
	return out.String(), depth == 0
}

// closing finds the end of the bracket that name begins with.
func closing(name string) int {
	depth := 0
	for i := range len(name) {
		switch name[i] {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// dropModules removes a:: from each a::b::C.
func dropModules(types string) string {
	var out strings.Builder
	word := 0
	for i := 0; i <= len(types); i++ {
		if i < len(types) && (types[i] == ':' || types[i] == '_' || types[i] >= 'a' && types[i] <= 'z' ||
			types[i] >= 'A' && types[i] <= 'Z' || types[i] >= '0' && types[i] <= '9') {
			continue
		}
		path := types[word:i]
		if j := strings.LastIndex(path, "::"); j >= 0 {
			path = path[j+2:]
		}
		out.WriteString(path)
		if i < len(types) {
			out.WriteByte(types[i])
		}
		word = i + 1
	}
	return out.String()
}

// startNames are functions that stand below main in a program's stack, or beginnings of their names.
var startNames = []string{
	"_start", "_start.command_export", "__original_main", "__main_void", "__main_argc_argv",
	"std::rt::lang_start", "std::rt::lang_start_internal", "std::sys::backtrace::__rust_begin_short_backtrace",
	"std::sys_common::backtrace::__rust_begin_short_backtrace", // before Rust 1.80
	"std::panicking::catch_unwind", "std::panicking::try", "std::panic::catch_unwind", "core::ops::function::FnOnce::call_once",
	"core::ops::function::impls",
}

// IsStart tells whether the frame is one through which a language's runtime calls main.
func (f *Frame) IsStart() bool {
	if f.Host {
		return false
	}
	for _, n := range startNames {
		if rest, ok := strings.CutPrefix(f.Function, n); ok && (rest == "" || strings.HasPrefix(rest, "::") || strings.HasPrefix(rest, "<")) {
			return true
		}
	}
	return strings.HasPrefix(f.Function, "<") && strings.Contains(f.Function, " as core::ops::function::FnOnce") && strings.HasSuffix(f.Function, ">::call_once") ||
		f.Function == "main" && !f.HasSource()
}

// foldStart writes how many frames of a runtime's start are left out.
func foldStart(n int) string { return fmt.Sprintf("   (%s below main)\n", count(n, "frame")) }
