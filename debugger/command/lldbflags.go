package command

import (
	"fmt"
	"strconv"
	"strings"
)

// flags takes lldb's flags off the front of a text. The table names each by its letters, short and long:
// "f|file=" has a value, "o|one-shot" has none. Flags may stand behind other words, up to --; what is no flag is rest.
// Values may be quoted.
func flags(text, table string) (found map[string]string, rest string, err error) {
	type flag struct {
		name   string
		valued bool
	}
	known := map[string]flag{}
	for _, row := range strings.Fields(table) {
		names, valued := strings.CutSuffix(row, "=")
		short, long, _ := strings.Cut(names, "|")
		for _, n := range []string{"-" + short, "--" + long} {
			known[n] = flag{short, valued}
		}
	}
	found = map[string]string{}
	var others []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		word, after := cutQuoted(text)
		if word == "--" {
			others = append(others, strings.TrimSpace(after))
			break
		}
		if !strings.HasPrefix(word, "-") || len(word) < 2 || word[1] >= '0' && word[1] <= '9' {
			others = append(others, strings.TrimSpace(text[:len(text)-len(after)]))
			text = after
			continue
		}
		key, val, joined := word, "", false
		if strings.HasPrefix(word, "--") {
			key, val, joined = strings.Cut(word, "=")
		} else if len(word) > 2 {
			key, val, joined = word[:2], word[2:], true
		}
		f, ok := known[key]
		if !ok {
			return nil, "", fmt.Errorf("there is no flag %s here", key)
		}
		text = after
		if f.valued && !joined {
			if strings.TrimSpace(text) == "" {
				return nil, "", fmt.Errorf("%s needs a value", key)
			}
			val, text = cutQuoted(strings.TrimSpace(text))
		}
		if old, ok := found[f.name]; ok && f.valued {
			val = old + "\n" + val
		}
		found[f.name] = val
	}
	return found, strings.TrimSpace(strings.Join(others, " ")), nil
}

const breakFlags = "f|file= l|line= u|column= n|name= F|fullname= b|basename= M|method= S|selector= r|func-regex= a|address= c|condition= i|ignore-count= " +
	"C|command= o|one-shot= d|disable N|breakpoint-name= H|hardware K|skip-prologue= s|shlib= E|language-exception= G|auto-continue= t|thread-id= L|language= m|move-to-nearest-code="

// adaptBreak makes break of breakpoint set: of -f FILE -l LINE, -n NAME, -r REGEX, -a ADDRESS and what may stand with them.
func adaptBreak(args string) ([]string, error) {
	if !strings.HasPrefix(args, "-r ") && !hasBreakFlags(args) {
		return []string{"break " + args}, nil
	}
	// The one flag of these whose value may be left out.
	args = " " + args + " "
	for _, o := range []string{" -o ", " --one-shot "} {
		args = strings.Replace(args, o, " --one-shot=true ", 1)
	}
	f, rest, err := flags(args, breakFlags)
	if err != nil {
		return nil, err
	}
	loc := rest
	for _, n := range []string{"n", "F", "b", "M", "S"} {
		if f[n] != "" {
			loc = f[n]
		}
	}
	switch {
	case f["r"] != "":
		loc = "-r " + f["r"]
	case f["a"] != "":
		loc = "*file:" + f["a"]
	case f["E"] != "":
		loc = "std::terminate"
		if strings.Contains(strings.ToLower(f["E"]), "rust") {
			loc = "rust_panic"
		}
	case f["l"] != "":
		loc = f["l"]
		if f["f"] != "" {
			loc = f["f"] + ":" + loc
		}
		if f["u"] != "" {
			loc += ":" + f["u"]
		}
	}
	line := "break " + loc
	if f["o"] == "true" || f["o"] == "1" {
		line = "tbreak " + loc
	}
	if f["c"] != "" {
		line += " if " + f["c"]
	}
	lines := []string{line}
	if f["i"] != "" {
		lines = append(lines, "ignore $ "+f["i"])
	}
	commands := strings.ReplaceAll(f["C"], "\n", "; ")
	if on := strings.ToLower(f["G"]); on == "true" || on == "1" {
		commands = strings.TrimPrefix(commands+"; continue", "; ")
	}
	if commands != "" {
		lines = append(lines, "commands $ "+commands)
	}
	if _, off := f["d"]; off {
		lines = append(lines, "disable $")
	}
	return lines, nil
}

// hasBreakFlags tells lldb's flags from a location like -3 and from -r, which break itself knows.
func hasBreakFlags(args string) bool {
	return len(args) > 1 && args[0] == '-' && (args[1] < '0' || args[1] > '9') && !strings.HasPrefix(args, "-r ")
}

// adaptModify changes a breakpoint: -c CONDITION, -i COUNT, -e or -d, of the numbers behind.
func adaptModify(args string) (lines []string, err error) {
	f, rest, err := flags(args, "c|condition= i|ignore-count= e|enable d|disable o|one-shot= t|thread-id= C|command= G|auto-continue=")
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(rest)
	if len(ids) == 0 {
		ids = []string{"$"}
	}
	for _, id := range ids {
		if c, ok := f["c"]; ok {
			lines = append(lines, "condition "+id+" "+c)
		}
		if f["i"] != "" {
			lines = append(lines, "ignore "+id+" "+f["i"])
		}
		if f["C"] != "" {
			lines = append(lines, "commands "+id+" "+f["C"])
		}
		if _, on := f["e"]; on {
			lines = append(lines, "enable "+id)
		}
		if _, off := f["d"]; off {
			lines = append(lines, "disable "+id)
		}
		if f["o"] != "" {
			lines = append(lines, "enable once "+id)
		}
	}
	return lines, nil
}

func adaptBreakCommands(args string) ([]string, error) {
	f, rest, err := flags(args, "o|one-liner= e|stop-on-error= D|dummy-breakpoints")
	if err != nil {
		return nil, err
	}
	return []string{strings.TrimSpace(rest + " " + strings.ReplaceAll(f["o"], "\n", "; "))}, nil
}

func adaptNoCommands(args string) ([]string, error) {
	return []string{"commands " + args, "end"}, nil
}

// adaptClear makes a location of -f FILE -l LINE.
func adaptClear(args string) ([]string, error) {
	f, rest, err := flags(args, "f|file= l|line=")
	if err != nil || f["l"] == "" {
		return []string{rest}, err
	}
	if f["f"] == "" {
		return []string{f["l"]}, nil
	}
	return []string{f["f"] + ":" + f["l"]}, nil
}

func adaptFile(args string) ([]string, error) {
	f, rest, err := flags(args, "f|file= a|append")
	if f["f"] != "" {
		rest = f["f"]
	}
	return []string{rest}, err
}

// dropFlags leaves flags out that change only how lldb prints.
func dropFlags(args string) ([]string, error) {
	words := strings.Fields(args)
	for len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "-" {
		words = words[1:]
	}
	return []string{strings.Join(words, " ")}, nil
}

func dropArgs(string) ([]string, error) { return []string{""}, nil }

// formatLetters are lldb's words for formats.
var formatLetters = map[string]string{
	"hex": "x", "x": "x", "X": "x", "decimal": "d", "d": "d", "unsigned": "d", "u": "d", "octal": "o", "o": "o", "binary": "b", "b": "b", "t": "b",
	"c": "c", "char": "c", "character": "c", "default": "", "s": "", "c-string": "", "f": "", "float": "", "p": "x", "pointer": "x",
}

func formatLetter(word string) (string, error) {
	l, ok := formatLetters[word]
	if !ok {
		return "", fmt.Errorf("there is no format %s: hex, decimal, octal, binary and char are known", word)
	}
	if l != "" {
		l = "/" + l + " "
	}
	return l, nil
}

// adaptVariables makes variables of frame variable, which takes several names.
func adaptVariables(args string) (lines []string, err error) {
	f, rest, err := flags(args, "f|format= a|no-args l|no-locals g|show-globals t|show-types T|show-types s|scope c|show-declaration A|show-all-children "+
		"D|depth= P|ptr-depth= R|raw-output F|flat L|location O|object-description S|synthetic-type= V|validate= y|summary= z|summary-string= Z|element-count= d|dynamic-type= r|regex")
	if err != nil {
		return nil, err
	}
	format := ""
	if f["f"] != "" {
		if format, err = formatLetter(f["f"]); err != nil {
			return nil, err
		}
	}
	if _, raw := f["R"]; raw && format == "" {
		format = "/r "
	}
	if rest != "" {
		for _, name := range strings.Fields(rest) {
			lines = append(lines, "variables "+format+name)
		}
		return lines, nil
	}
	_, noArgs := f["a"]
	_, noLocals := f["l"]
	switch {
	case !noLocals && !noArgs && format == "":
		lines = append(lines, "variables")
	default:
		if !noArgs {
			lines = append(lines, "args "+format)
		}
		if !noLocals {
			lines = append(lines, "locals "+format)
		}
	}
	if _, globals := f["g"]; globals {
		lines = append(lines, "globals")
	}
	return lines, nil
}

// adaptFrame understands the offsets of -r.
func adaptFrame(args string) ([]string, error) {
	f, rest, err := flags(args, "r|relative=")
	if err != nil || f["r"] == "" {
		return []string{"frame " + rest}, err
	}
	n, err := strconv.Atoi(f["r"])
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is no count of frames", f["r"])
	case n < 0:
		return []string{fmt.Sprintf("down %d", -n)}, nil
	}
	return []string{fmt.Sprintf("up %d", n)}, nil
}

func adaptStack(args string) ([]string, error) {
	f, rest, err := flags(args, "c|count= s|start= e|extended= f|filtered=")
	if f["c"] != "" {
		rest = f["c"]
	}
	return []string{rest}, err
}

func adaptLine(args string) ([]string, error) {
	f, rest, err := flags(args, "l|line= f|file= b|by= a|address= r|force")
	if err != nil {
		return nil, err
	}
	switch {
	case f["l"] != "" && f["f"] != "":
		rest = f["f"] + ":" + f["l"]
	case f["l"] != "":
		rest = f["l"]
	case f["b"] != "":
		rest = f["b"]
		if rest[0] != '-' {
			rest = "+" + rest
		}
	case f["a"] != "":
		rest = "*file:" + f["a"]
	}
	return []string{rest}, nil
}

func adaptLaunch(args string) ([]string, error) {
	f, rest, err := flags(args, "s|stop-at-entry E|environment= w|working-dir= A|disable-aslr= o|stdout= e|stderr= i|stdin= n|no-stdio t|tty")
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, v := range strings.Split(f["E"], "\n") {
		if v != "" {
			lines = append(lines, "set env "+v)
		}
	}
	if _, stop := f["s"]; stop {
		return append(lines, "start "+rest), nil
	}
	return append(lines, "run "+rest), nil
}

func adaptContinue(args string) ([]string, error) {
	f, _, err := flags(args, "i|ignore-count= b|continue-to-bkpt=")
	if f["i"] != "" {
		n, _ := strconv.Atoi(f["i"])
		return []string{fmt.Sprint(n + 1)}, err
	}
	return []string{""}, err
}

// sizeLetters are the sizes of memory's units.
var sizeLetters = map[string]string{"1": "b", "2": "h", "4": "w", "8": "g"}

func adaptMemoryRead(args string) ([]string, error) {
	f, rest, err := flags(args, "c|count= s|size= f|format= r|force G|gdb-format= t|type= l|num-per-line= b|binary o|outfile=")
	if err != nil {
		return nil, err
	}
	if f["G"] != "" {
		return []string{"/" + f["G"] + " " + rest}, nil
	}
	addr, end, _ := strings.Cut(rest, " ")
	layout := f["c"]
	letter := map[string]string{"x": "x", "hex": "x", "d": "d", "decimal": "d", "u": "u", "unsigned": "u", "t": "t", "binary": "t", "c": "c", "char": "c", "s": "s", "c-string": "s"}[f["f"]]
	layout += letter
	if size := sizeLetters[f["s"]]; size != "" {
		if letter == "" && layout == f["c"] {
			layout += "x"
		}
		layout += size
	}
	from, err1 := strconv.ParseUint(addr, 0, 64)
	to, err2 := strconv.ParseUint(strings.TrimSpace(end), 0, 64)
	if layout == "" && err1 == nil && err2 == nil && to > from {
		layout = fmt.Sprint(to - from)
	}
	if layout != "" {
		layout = "/" + layout + " "
	}
	return []string{layout + addr}, nil
}

func adaptMemoryWrite(args string) ([]string, error) {
	f, rest, err := flags(args, "s|size= f|format=")
	if err != nil {
		return nil, err
	}
	if size := sizeLetters[f["s"]]; size != "" {
		rest = "/" + size + " " + rest
	}
	return []string{rest}, nil
}

func adaptMemoryFind(args string) ([]string, error) {
	f, rest, err := flags(args, "s|string= e|expression= c|count= o|dump-offset=")
	if err != nil {
		return nil, err
	}
	what := f["e"]
	if f["s"] != "" {
		what = strconv.Quote(f["s"])
	}
	return []string{strings.Join(append(strings.Fields(rest), what), ", ")}, nil
}

func adaptRegister(args string) ([]string, error) {
	name, val, _ := strings.Cut(args, " ")
	return []string{"set $" + strings.TrimPrefix(name, "$") + " = " + val}, nil
}

// adaptLookup understands image lookup's -a ADDRESS, -n NAME, -t TYPE and -r.
func adaptLookup(args string) ([]string, error) {
	f, rest, err := flags(args, "a|address= n|name= F|function= s|symbol= t|type= r|regex v|verbose f|file= l|line= o|offset= i|no-inlines A|all")
	if err != nil {
		return nil, err
	}
	name := f["n"] + f["F"] + f["s"]
	_, regex := f["r"]
	switch {
	case f["a"] != "":
		return []string{"info symbol *file:" + f["a"]}, nil
	case f["t"] != "":
		return []string{"ptype " + f["t"]}, nil
	case f["l"] != "":
		return []string{"info line " + f["f"] + ":" + f["l"]}, nil
	case regex:
		return []string{"funcs " + name + rest}, nil
	case name+rest != "":
		return []string{"info line " + name + rest}, nil
	}
	return nil, fmt.Errorf("image lookup needs -a ADDRESS, -n FUNCTION, -t TYPE, or -f FILE -l LINE")
}

// adaptStopHook makes the command that runs at each stop; gdb calls it hook-stop.
func adaptStopHook(args string) ([]string, error) {
	f, _, err := flags(args, "o|one-liner= n|name= G|auto-continue= f|file= l|start-line=")
	if err != nil {
		return nil, err
	}
	if f["o"] == "" {
		return []string{"define hook-stop"}, nil
	}
	return append(append([]string{"define hook-stop"}, strings.Split(f["o"], "\n")...), "end"), nil
}

func adaptSourceList(args string) ([]string, error) {
	f, rest, err := flags(args, "f|file= l|line= n|name= c|count= a|address= b|show-breakpoints r|reverse")
	switch {
	case err != nil:
		return nil, err
	case f["n"] != "":
		rest = f["n"]
	case f["a"] != "":
		rest = "*file:" + f["a"]
	case f["l"] != "" && f["f"] != "":
		rest = f["f"] + ":" + f["l"]
	case f["l"] != "":
		rest = f["l"]
	case f["f"] != "":
		rest = f["f"] + ":1"
	}
	return []string{rest}, nil
}

// adaptPrint understands expression -f x -- EXPRESSION and its other flags.
func adaptPrint(args string) (string, error) {
	head, expr, ok := strings.Cut(args, "-- ")
	if !ok || !strings.HasPrefix(args, "-") {
		return args, nil
	}
	f, rest, err := flags(head, "f|format= l|language= O|object-description u|unwind-on-error= i|ignore-breakpoints= t|timeout= R|raw-output T|show-types d|dynamic-type= D|depth= "+
		"A|show-all-children j|allow-jit= g|debug p|top-level")
	if err != nil || rest != "" {
		return args, nil // it is an expression: a negative number, a decrement
	}
	if _, raw := f["R"]; raw {
		return "/r " + expr, nil
	}
	if f["f"] == "" {
		return expr, nil
	}
	l, err := formatLetter(f["f"])
	return l + expr, err
}
