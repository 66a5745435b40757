package command

import (
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// completer proposes whole words for the last word of the arguments.
type completer func(in *Interp, word string) []string

// Complete proposes completions for a line up to the cursor: the words that may stand in
// place of its last one, sorted, and where that word begins.
func (in *Interp) Complete(line string) (words []string, start int) {
	trimmed := strings.TrimLeft(line, " ")
	name, args, hasArgs := strings.Cut(trimmed, " ")
	if !hasArgs {
		return unique(completeName(in, name)), len(line) - len(name)
	}
	// The words of a command of several, as breakpoint set or info locals.
	if words := completeHabit(trimmed); len(words) > 0 {
		last := trimmed[strings.LastIndexByte(trimmed, ' ')+1:]
		if !slices.Contains(words, last) || len(words) > 1 {
			return unique(words), len(line) - len(last)
		}
	}
	if lines, err := translated(trimmed + "x"); err == nil && len(lines) == 1 && lines[0] != trimmed+"x" {
		ours, _, _ := strings.Cut(lines[0], " ")
		rest := behindWords(trimmed, len(strings.Fields(trimmed))-1)
		if strings.HasSuffix(trimmed, " ") {
			rest = ""
		}
		return in.completeArguments(ours, rest, line)
	}
	return in.completeArguments(name, args, line)
}

// completeName proposes commands and aliases. Other names of commands are for those who know them: they are proposed
// only where no name fits.
func completeName(in *Interp, name string) (words []string) {
	for _, n := range in.aliasNames() {
		if strings.HasPrefix(n, name) {
			words = append(words, n)
		}
	}
	words = append(words, completeCommand(in, name)...)
	if len(words) > 0 {
		return words
	}
	for i := range Table {
		for _, n := range Table[i].Names[1:] {
			if strings.HasPrefix(n, name) {
				words = append(words, n)
			}
		}
	}
	for i := range habits { // watchpoint, image, …
		if first, _, _ := strings.Cut(habits[i].words, " "); strings.Contains(first, ".") {
			if full := strings.Replace(first, ".", "", 1); strings.HasPrefix(full, name) {
				words = append(words, full)
			}
		}
	}
	return words
}

// completeHabit proposes the last word of a command of several.
func completeHabit(line string) (words []string) {
	typed := strings.Fields(line)
	if strings.HasSuffix(line, " ") {
		typed = append(typed, "")
	}
	n := len(typed) - 1
	for i := range habits {
		full := strings.Fields(habits[i].words)
		if len(full) <= n || !allShorten(full[:n], typed[:n]) {
			continue
		}
		if w := strings.Replace(full[n], ".", "", 1); strings.HasPrefix(w, typed[n]) {
			words = append(words, w)
		}
	}
	return words
}

// completeArguments proposes what may stand behind the name of one of our commands.
func (in *Interp) completeArguments(name, args, line string) (words []string, start int) {
	name, _, _ = strings.Cut(name, "/")
	for range mostAliases {
		a := in.alias(name)
		if a == nil || len(a.lines) > 0 {
			break
		}
		name, _ = cutCommand(a.text)
		name, _, _ = strings.Cut(name, "/")
	}
	cmd, err := Find(name)
	if err != nil || cmd.complete == nil {
		return nil, len(line)
	}
	begin := strings.LastIndexByte(args, ' ') + 1
	switch {
	case cmd.whole:
		begin = 0
	case cmd.Group == Data:
		begin = tailOf(args)
	case strings.Contains(args, " if "): // behind a location there is a condition
		begin = tailOf(args)
		return unique(in.CompleteExpression(args[begin:])), len(line) - len(args) + begin
	case strings.Contains(cmd.Args, "EXPRESSION") || strings.Contains(cmd.Args, "VALUE"):
		begin = tailOf(args)
	}
	return unique(cmd.complete(in, args[begin:])), len(line) - len(args) + begin
}

// tailOf finds where the expression or the word begins that a text ends in: order.items[0].na, p->next, ns::f.
func tailOf(text string) int {
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch c := text[i]; {
		case c == ']' || c == ')':
			depth++
		case (c == '[' || c == '(') && depth > 0:
			depth--
		case depth > 0:
		case c == '>' && i > 0 && text[i-1] == '-':
			i--
		case strings.IndexByte(" \t([,!&|=<>+*/{};-", c) >= 0:
			return i + 1
		}
	}
	return 0
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
	if file, line, ok := strings.Cut(word, ":"); ok && strings.Trim(line, "0123456789") == "" {
		return completeLine(in, file, line)
	}
	if id, ok := strings.CutPrefix(word, "$"); ok { // as in WebAssembly's text format
		for _, n := range in.Session.FunctionNames(id) {
			if strings.HasPrefix(n, id) && !strings.ContainsAny(n, " (<") {
				out = append(out, "$"+n)
			}
		}
		return out
	}
	// So many names have two letters in them that reading them all takes seconds in a large module.
	if len(word) < 3 {
		if names, ok := in.Session.FunctionsBeginning(word, mostNames); ok {
			return append(out, names...)
		}
	}
	if i := strings.LastIndex(word, "::"); i >= 0 && !in.Session.KnownPath(word[:i]) {
		return out
	}
	for _, n := range in.Session.FunctionNamesLike(word, mostNames, func(n string) bool { return tailWith(n, word) != "" }) {
		out = append(out, tailWith(n, word))
	}
	return out
}

// completeLine proposes the lines of a file that have code.
func completeLine(in *Interp, file, typed string) (out []string) {
	last := 0
	for _, f := range in.sourceFiles() {
		if path.Base(f) != path.Base(file) || !strings.HasSuffix(f, file) {
			continue
		}
		for _, p := range in.Session.Positions(f, 1, math.MaxInt32) {
			if n := strconv.Itoa(p.Line); p.Line != last && strings.HasPrefix(n, typed) {
				out = append(out, file+":"+n)
				last = p.Line
			}
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

// mostNames bounds what is proposed of the names of a whole program.
const mostNames = 500

// completeExpr proposes variables, the fields of what stands before a dot or an arrow, and what is in what stands before ::.
func completeExpr(in *Interp, word string) []string { return in.CompleteExpression(word) }

// CompleteExpression proposes whole expressions in place of one: the path of variables and fields that a person has begun.
func (in *Interp) CompleteExpression(word string) (out []string) {
	dot, arrow := lastOutside(word, "."), lastOutside(word, "->")
	cut := dot
	if arrow > cut {
		cut = arrow + 1
	}
	if i := strings.LastIndex(word, "::"); i > cut && !strings.ContainsAny(word[i:], ".") {
		if !in.Session.KnownPath(word[:i]) {
			return nil
		}
		for _, n := range in.Session.FunctionNamesLike(word, mostNames, func(n string) bool { return tailWith(n, word) != "" }) {
			out = append(out, tailWith(n, word))
		}
		names, _ := in.Session.TypeNames(word[:i], mostNames)
		for _, n := range names {
			if tail := tailWith(n, word); tail != "" {
				out = append(out, tail)
			}
		}
		for _, n := range in.completeNames() {
			if tail := tailWith(n, word); tail != "" {
				out = append(out, tail)
			}
		}
		return out
	}
	if cut <= 0 {
		for _, n := range in.completeNames() {
			if strings.HasPrefix(n, word) {
				out = append(out, n)
			}
		}
		return out
	}
	base := word[:cut]
	if arrow+1 == cut {
		base = word[:arrow]
	}
	for _, n := range in.fields(base) {
		if strings.HasPrefix(n, word[cut+1:]) {
			out = append(out, word[:cut+1]+n)
		}
	}
	return out
}

// lastOutside is strings.LastIndex, but not inside of brackets.
func lastOutside(text, sep string) int {
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ']', ')':
			depth++
		case '[', '(':
			depth--
		}
		if depth == 0 && strings.HasPrefix(text[i:], sep) {
			return i
		}
	}
	return -1
}

// fields lists the members of a value; of a pointer, those of what it points at.
func (in *Interp) fields(base string) (out []string) {
	v, err := in.Session.EvalPure(in.Level, base)
	if err != nil {
		return nil
	}
	for range 3 { // a pointer to a box of a reference
		if v.Kind() != value.KindPointer {
			break
		}
		to, err := in.Session.EvalPure(in.Level, "*("+base+")")
		if err != nil {
			break
		}
		v, base = to, "*("+base+")"
	}
	for _, of := range []*value.Variable{v, v.Plain()} {
		for _, k := range of.Children(0, 200) {
			if k.Name != "" && !strings.ContainsAny(k.Name[:1], "[*(") && !strings.ContainsRune(k.Name, ' ') {
				out = append(out, k.Name)
			}
		}
	}
	return out
}

// mostTypeNames bounds how many types are looked through: below std:: there may be thousands.
const mostTypeNames = 20000

// completeType proposes types, once there is something to go by. Where there are many, namespaces stand for what is in them: std::vec::.
func completeType(in *Interp, word string) (out []string) {
	if word == "" {
		return nil
	}
	names, _ := in.Session.TypeNames(word, mostTypeNames)
	seen := map[string]bool{}
	for _, n := range names {
		if !strings.Contains(word, "::__") {
			n = symbols.InlineStd.Replace(n)
		}
		if tail := tailWith(n, word); tail != "" && !seen[tail] && strings.Count(tail, "(") == strings.Count(tail, ")") {
			seen[tail] = true
			out = append(out, tail)
		}
	}
	if len(out) <= mostTypesWhole {
		return out
	}
	clear(seen)
	whole := out
	out = nil
	for _, n := range whole {
		if n = n[:partEnd(n, len(word))]; !seen[n] && len(out) < mostNames {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// mostTypesWhole is how many types are proposed with their whole names.
const mostTypesWhole = 30

// partEnd is where the part of a qualified name ends that from is in: behind the next ::, or at the end. What stands between angle brackets,
// parentheses and braces is one part with what is before them.
func partEnd(name string, from int) int {
	depth := 0
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '<', '(', '{', '[':
			depth++
		case '>', ')', '}', ']':
			depth--
		case ':':
			if i >= from && depth <= 0 && strings.HasPrefix(name[i:], "::") {
				return i + len("::")
			}
		}
	}
	return len(name)
}

// runComplete lists what Tab would propose.
func runComplete(in *Interp, c *call) error {
	words, start := in.Complete(c.args)
	for _, w := range words {
		in.printf("%s%s\n", c.args[:start], w)
	}
	return nil
}

// completePtype proposes both.
func completePtype(in *Interp, word string) []string {
	return append(completeExpr(in, word), completeType(in, word)...)
}

// completeSetting proposes settings and their values; the text is all that stands behind the command.
func completeSetting(in *Interp, text string) (out []string) {
	if s, rest, ok := FindSetting(text); ok && strings.Contains(text, " ") {
		head := text[:len(text)-len(rest)]
		switch {
		case s.Name == "directories" || s.Name == "substitute-path":
			word := rest[strings.LastIndexByte(rest, ' ')+1:]
			for _, f := range completeFile(in, word) {
				out = append(out, head+rest[:len(rest)-len(word)]+f)
			}
		default:
			for _, v := range strings.Split(s.Values, " | ") {
				if v == strings.ToLower(v) && strings.HasPrefix(v, rest) {
					out = append(out, head+v)
				}
			}
		}
		return out
	}
	for i := range Settings {
		if strings.HasPrefix(Settings[i].Name, text) {
			out = append(out, Settings[i].Name)
		}
	}
	return out
}

// completeSet proposes settings, and variables.
func completeSet(in *Interp, text string) []string {
	out := completeSetting(in, text)
	if _, rest, ok := FindSetting(text); len(out) > 0 || ok && (rest == "" || rest[0] != '=') && strings.Contains(text, " ") {
		return out
	}
	head := tailOf(text)
	for _, n := range completeExpr(in, text[head:]) {
		out = append(out, text[:head]+n)
	}
	return out
}

func completeAlias(in *Interp, word string) (out []string) {
	for _, n := range in.aliasNames() {
		if strings.HasPrefix(n, word) {
			out = append(out, n)
		}
	}
	return out
}

// completeFile proposes files and folders, where the person sits at this process.
func completeFile(in *Interp, word string) (out []string) {
	if !in.Local {
		return nil
	}
	dir, base := filepath.Split(word)
	from := dir
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(dir, "~/") {
		from = home + dir[1:]
	}
	if from == "" {
		from = "."
	}
	list, err := os.ReadDir(from)
	if err != nil {
		return nil
	}
	for _, e := range list {
		name := e.Name()
		if !strings.HasPrefix(name, base) || name[0] == '.' && base == "" {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		out = append(out, dir+name)
	}
	return out
}

func completeHelp(in *Interp, word string) []string {
	out := append(completeName(in, word), completeSetting(in, word)...)
	for i := range Topics {
		if strings.HasPrefix(Topics[i].Name, word) {
			out = append(out, Topics[i].Name)
		}
	}
	return out
}
