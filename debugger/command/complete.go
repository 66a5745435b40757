package command

import (
	"path"
	"sort"
	"strconv"
	"strings"
)

// completer proposes whole words for the last word of the arguments.
type completer func(in *Interp, word string) []string

// Complete proposes completions for a line up to the cursor: the words that may stand in
// place of its last one, sorted, and where that word begins.
func (in *Interp) Complete(line string) (words []string, start int) {
	trimmed := strings.TrimLeft(line, " ")
	name, args, hasArgs := strings.Cut(trimmed, " ")
	if !hasArgs {
		// Aliases are for those who know them: they are proposed only where no name fits.
		if words = completeCommand(in, name); len(words) == 0 {
			for i := range Table {
				for _, n := range Table[i].Names[1:] {
					if strings.HasPrefix(n, name) {
						words = append(words, n)
					}
				}
			}
		}
		return unique(words), len(line) - len(name)
	}
	name, _, _ = strings.Cut(name, "/")
	cmd, err := Find(name)
	if err != nil || cmd.complete == nil {
		return nil, len(line)
	}
	start = strings.LastIndexAny(args, " ([,!&|=<>+*/") + 1
	word := args[start:]
	return unique(cmd.complete(in, word)), len(line) - len(word)
}

func unique(words []string) []string {
	sort.Strings(words)
	out := words[:0]
	for i, w := range words {
		if i == 0 || w != words[i-1] {
			out = append(out, w)
		}
	}
	return out
}

func completeCommand(in *Interp, word string) []string {
	var out []string
	for i := range Table {
		if n := Table[i].Names[0]; strings.HasPrefix(n, word) {
			out = append(out, n)
		}
	}
	return out
}

// completeLocation proposes functions and files. Names of the standard library are left
// out until something of them is typed.
func completeLocation(in *Interp, word string) []string {
	var out []string
	for _, f := range in.sourceFiles() {
		if b := path.Base(f); strings.HasPrefix(b, word) {
			out = append(out, b+":")
		}
	}
	if word == "" {
		return out
	}
	if id, ok := strings.CutPrefix(word, "$"); ok { // as in WebAssembly's text format
		for _, n := range in.Session.FunctionNames(id) {
			if strings.HasPrefix(n, id) && !strings.ContainsAny(n, " (<") {
				out = append(out, "$"+n)
			}
		}
		return out
	}
	for _, n := range in.Session.FunctionNames(word) {
		if tail := tailWith(n, word); tail != "" {
			out = append(out, tail)
		}
	}
	return out
}

// tailWith returns the end of a qualified name that begins with word, "" if none does.
func tailWith(name, word string) string {
	for {
		// The inside of <Type as Trait>::method is no end of it.
		if strings.HasPrefix(name, word) && strings.Count(name, "<") == strings.Count(name, ">") {
			return name
		}
		_, rest, ok := strings.Cut(name, "::")
		if !ok {
			return ""
		}
		name = rest
	}
}

func completeBreakpoint(in *Interp, word string) []string {
	var out []string
	for _, b := range in.Session.Breakpoints() {
		if n := strconv.Itoa(b.ID); strings.HasPrefix(n, word) {
			out = append(out, n)
		}
	}
	return out
}

// completeExpr proposes variables, and the fields of what stands before a dot.
func completeExpr(in *Interp, word string) []string {
	cut := max(strings.LastIndexByte(word, '.'), strings.LastIndex(word, "->")+1)
	if cut <= 0 {
		var out []string
		for _, n := range in.completeNames() {
			if strings.HasPrefix(n, word) {
				out = append(out, n)
			}
		}
		return out
	}
	base := strings.TrimSuffix(word[:cut], "-")
	v, err := in.Session.EvalPure(in.Level, base)
	if err != nil {
		return nil
	}
	var out []string
	for _, k := range v.Children(0, 200) {
		if strings.HasPrefix(k.Name, word[cut+1:]) && !strings.HasPrefix(k.Name, "[") {
			out = append(out, word[:cut+1]+k.Name)
		}
	}
	return out
}
