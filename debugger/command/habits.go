package command

import (
	"slices"
	"strings"
)

// habit is a command of more than one word, as lldb's and gdb's users type it, and what we call it.
type habit struct {
	words string // each may be shortened, but not to less than what stands before its dot
	means string
	// adapt turns what stands behind the words into our own arguments, with the flags of lldb; without means, into whole lines.
	// Nil leaves the arguments as they are.
	adapt func(args string) (lines []string, err error)
	try   string // how it is typed; TestHabits plays it on a program
}

var habits = []habit{
	{"br.eakpoint s.et", "", adaptBreak, "br s -f main.rs -l 54"},
	{"br.eakpoint l.ist", "breakpoints", dropFlags, "br l"},
	{"br.eakpoint del.ete", "clear", dropFlags, "br del 1"},
	{"br.eakpoint en.able", "enable", nil, "br en 1"},
	{"br.eakpoint dis.able", "disable", nil, "br dis 1"},
	{"br.eakpoint m.odify", "", adaptModify, "br mod -c 'paid > 600' 1"},
	{"br.eakpoint co.mmand a.dd", "commands", adaptBreakCommands, "br command add -o bt 1"},
	{"br.eakpoint co.mmand d.elete", "", adaptNoCommands, "br command delete 1"},
	{"br.eakpoint cl.ear", "clear", adaptClear, "br clear -f main.rs -l 54"},
	{"br.eakpoint w.rite", "save breakpoints", adaptFile, "br write -f breakpoints.txt"},
	{"br.eakpoint re.ad", "source", adaptFile, "br read -f breakpoints.txt"},
	{"watch.point s.et", "watch", nil, "watchpoint set variable self.takings"},
	{"watchp.oint l.ist", "breakpoints", dropFlags, "watchp list"},
	{"watchp.oint del.ete", "clear", dropFlags, "watchp del 2"},
	{"watchp.oint en.able", "enable", nil, "watchp enable 2"},
	{"watchp.oint dis.able", "disable", nil, "watchp disable 2"},
	{"watchp.oint m.odify", "", adaptModify, "watchp modify -c 'self.takings > 1000' 2"},
	{"fr.ame v.ariable", "", adaptVariables, "fr v order"},
	{"fr.ame s.elect", "", adaptFrame, "fr s 1"},
	{"fr.ame i.nfo", "frame", nil, "fr info"},
	{"fr.ame f.unction", "frame", nil, "frame function main"},
	{"th.read b.acktrace", "stack", adaptStack, "thread backtrace"},
	{"th.read bt.", "stack", adaptStack, "th bt 2"},
	{"th.read a.pply", "thread apply", nil, "thread apply all bt"},
	{"th.read l.ist", "info threads", dropFlags, "thread list"},
	{"th.read inf.o", "info threads", dropArgs, "thread info"},
	{"th.read s.elect", "thread", nil, "thread select 1"},
	{"th.read step-in.", "step", dropFlags, "thread step-in"},
	{"th.read step-over.", "next", dropFlags, "thread step-over"},
	{"th.read step-out.", "stepout", dropFlags, "thread step-out"},
	{"th.read step-inst.", "step-instruction", dropFlags, "thread step-inst"},
	{"th.read step-inst-over.", "next-instruction", dropFlags, "thread step-inst-over"},
	{"th.read c.ontinue", "continue", dropArgs, "thread continue"},
	{"th.read u.ntil", "until", dropFlags, "thread until 55"},
	{"th.read j.ump", "jump", adaptLine, "thread jump -l 54"},
	{"th.read r.eturn", "return", nil, "thread return"},
	{"pro.cess la.unch", "", adaptLaunch, "process launch"},
	{"pro.cess c.ontinue", "continue", adaptContinue, "process continue"},
	{"pro.cess k.ill", "kill", nil, "process kill"},
	{"pro.cess st.atus", "why", nil, "process status"},
	{"pro.cess save-core.", "coredump", dropFlags, "process save-core here.core"},
	{"mem.ory r.ead", "examine", adaptMemoryRead, "memory read -c 4 -s 4 -f x 1024"},
	{"me.mory re.ad", "examine", adaptMemoryRead, "me re 1024"},
	{"mem.ory w.rite", "write", adaptMemoryWrite, "memory write 1024 0x61"},
	{"mem.ory f.ind", "find", adaptMemoryFind, "memory find -s tea 0 2000000"},
	{"reg.ister r.ead", "regs", dropFlags, "register read rip"},
	{"re.gister r.ead", "regs", dropFlags, "re r"},
	{"reg.ister w.rite", "", adaptRegister, "register write rax 1"},
	{"ta.rget v.ariable", "globals", dropFlags, "target variable CURRENCY"},
	{"ta.rget l.ist", "modules", nil, "target list"},
	{"ta.rget m.odules l.ist", "modules", nil, "target modules list"},
	{"ta.rget m.odules lo.okup", "", adaptLookup, "target modules lookup -n price"},
	{"ta.rget st.op-hook a.dd", "", adaptStopHook, "target stop-hook add -o bt"},
	{"im.age li.st", "modules", nil, "image list"},
	{"im.age lo.okup", "", adaptLookup, "image lookup -a 5000"},
	{"sou.rce li.st", "list", adaptSourceList, "source list -f main.rs -l 54"},
	{"sou.rce inf.o", "info source", dropArgs, "source info"},
	{"se.ttings s.et", "set", dropFlags, "settings set target.max-children-count 10"},
	{"se.ttings sh.ow", "show", nil, "settings show max-items"},
	{"se.ttings l.ist", "show", nil, "settings list"},
	{"se.ttings c.lear", "unset", nil, "settings clear max-items"},
	{"com.mand al.ias", "alias", nil, "command alias again bt"},
	{"com.mand un.alias", "unalias", nil, "command unalias again"},
	{"com.mand so.urce", "source", dropFlags, "command source breakpoints.txt"},
	{"ty.pe lo.okup", "ptype", dropFlags, "type lookup Order"},
	{"plat.form sh.ell", "shell", nil, "platform shell true"},
	{"tui en.able", "tui", dropArgs, ""}, // these two need a terminal
	{"tui di.sable", "tui off", dropArgs, ""},
	{"delete br.eakpoints", "delete", nil, "delete breakpoints 1"},
	{"delete d.isplay", "undisplay", nil, "delete display 1"},
	{"delete ch.eckpoint", "checkpoints delete", nil, "delete checkpoint 1"},
	{"d br.eakpoints", "delete", nil, "d breakpoints 1"},
	{"disable br.eakpoints", "disable", nil, "disable breakpoints"},
	{"enable br.eakpoints", "enable", nil, "enable breakpoints"},
	{"enable on.ce", "enable once", nil, "enable once 1"},
	{"call void.", "call", nil, ""},
}

// translated puts our words for a command of several. What lldb's flags ask for may take several lines.
func translated(line string) (lines []string, err error) {
	words := strings.Fields(line)
	for n := min(3, len(words)); n >= 2; n-- {
		for i := range habits {
			h := &habits[i]
			if full := strings.Fields(h.words); len(full) != n || !allShorten(full, words[:n]) {
				continue
			}
			rest := behindWords(line, n)
			if h.adapt == nil {
				return []string{strings.TrimSpace(h.means + " " + rest)}, nil
			}
			lines, err := h.adapt(rest)
			for i := range lines {
				lines[i] = strings.TrimSpace(h.means + " " + lines[i])
			}
			return lines, err
		}
	}
	if len(words) > 1 && slices.Contains([]string{"b", "br", "break", "breakpoint", "tbreak", "tb"}, words[0]) && hasBreakFlags(behindWords(line, 1)) {
		flags := behindWords(line, 1)
		if words[0][0] == 't' {
			flags = "--one-shot " + flags
		}
		return adaptBreak(flags)
	}
	return []string{line}, nil
}

// behindWords cuts n words off the front of a line.
func behindWords(line string, n int) string {
	for range n {
		line = strings.TrimLeft(line, " \t")
		if i := strings.IndexAny(line, " \t"); i >= 0 {
			line = line[i:]
		} else {
			line = ""
		}
	}
	return strings.TrimSpace(line)
}

func allShorten(full, words []string) bool {
	for i := range full {
		if !shortens(full[i], words[i]) {
			return false
		}
	}
	return true
}

// shortens tells whether word is full, written with a dot behind what must be there, or a beginning of it. Without a dot it
// must be the whole.
func shortens(full, word string) bool {
	least, more, cut := strings.Cut(full, ".")
	if !cut {
		return word == full
	}
	return strings.HasPrefix(word, least) && strings.HasPrefix(least+more, word)
}

// IsCommand tells whether a line begins with a command's name or alias, written out.
func IsCommand(line string) bool {
	lines, err := translated(strings.TrimSpace(line))
	if err != nil || len(lines) == 0 {
		return err != nil
	}
	name, _, _ := strings.Cut(lines[0], " ")
	name, _, _ = strings.Cut(name, "/")
	for i := range Table {
		if slices.Contains(Table[i].Names, name) {
			return true
		}
	}
	return false
}

// Knows tells whether a line begins with a command's name or with one that the person has made.
func (in *Interp) Knows(line string) bool {
	if line = strings.TrimSpace(line); line == "" {
		return IsCommand(line)
	}
	a, _, _ := in.aliasOf(line)
	return a != nil || IsCommand(line)
}

// elsewhere says what to do for commands of other debuggers that have no place here.
var elsewhere = map[string]string{
	"attach":            "sphex connect attaches to a program that listens: sphex run --debug-listen",
	"core-file":         "sphex core DUMP PROGRAM opens a core dump",
	"file":              "the program is named when the debugger starts: sphex debug PROGRAM; restart loads it again when its file has changed",
	"symbol-file":       "the debug information is the program's own; --debug-dir DIR says where separate files are",
	"add-symbol-file":   "the debug information is the program's own; --debug-dir DIR says where separate files are",
	"detach":            "kill ends the program, exit leaves",
	"disconnect":        "kill ends the program, exit leaves",
	"record":            "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"reverse-continue":  "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"reverse-next":      "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"reverse-step":      "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"rewind":            "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"rc":                "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"rn":                "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"rs":                "the program does not run backwards; checkpoint saves where it stands, and restore comes back",
	"handle":            "a WebAssembly program gets no signals; catch trap is about what stops it",
	"signal":            "a WebAssembly program gets no signals; catch trap is about what stops it",
	"target":            "the program runs in the debugger itself; there is no other target",
	"gdb-remote":        "the program runs in the debugger itself; there is no other target",
	"goroutines":        "threads lists the program's threads; bt prints a stack",
	"goroutine":         "thread N selects a thread; bt prints its stack",
	"python":            "there is no Python here; source runs a file of commands",
	"script":            "there is no Python here; source runs a file of commands",
	"rebuild":           "restart loads the program again when its file has changed",
	"add-auto-load":     "the terminal reads one file of commands when it starts: config -file tells which",
	"if":                "there are no conditions between commands; a breakpoint has them: break LOCATION if CONDITION",
	"while":             "there are no loops between commands; next 10 repeats, and commands run at each stop of a breakpoint",
	"transcript":        "commands that are piped into sphex debug make a transcript of its output",
	"platform":          "platform shell COMMAND is all there is of it: shell",
	"tracepoint":        "trace FUNCTION prints calls and returns, logpoint LOCATION MESSAGE what you like",
	"inferior":          "there is one program: restart starts it again",
	"plugin":            "there are no plugins",
	"add-inferior":      "there is one program: restart starts it again",
	"generate-coredump": "coredump FILE writes a core dump",
}
