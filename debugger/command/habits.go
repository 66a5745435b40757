package command

import (
	"slices"
	"strings"
)

// habits are commands of more than one word, as lldb's users type them, and what we call
// them. Each word may be shortened, but not to less than what stands before the dot.
var habits = []struct{ first, second, means string }{
	{"br.eakpoint", "s.et", "break"},
	{"br.eakpoint", "l.ist", "breakpoints"},
	{"br.eakpoint", "del.ete", "clear"},
	{"br.eakpoint", "en.able", "enable"},
	{"br.eakpoint", "dis.able", "disable"},
	{"watch.point", "set.", "watch"},
	{"watchp.oint", "l.ist", "breakpoints"},
	{"watchp.oint", "del.ete", "clear"},
	{"watchp.oint", "en.able", "enable"},
	{"watchp.oint", "dis.able", "disable"},
	{"fr.ame", "v.ariable", "variables"},
	{"fr.ame", "s.elect", "frame"},
	{"fr.ame", "i.nfo", "frame"},
	{"th.read", "b.acktrace", "stack"},
	{"th.read", "bt.", "stack"},
	{"th.read", "step-in.", "step"},
	{"th.read", "step-over.", "next"},
	{"th.read", "step-out.", "stepout"},
	{"th.read", "step-inst.", "step-instruction"},
	{"th.read", "c.ontinue", "continue"},
	{"th.read", "u.ntil", "until"},
	{"pro.cess", "la.unch", "run"},
	{"pro.cess", "c.ontinue", "continue"},
	{"pro.cess", "k.ill", "kill"},
	{"mem.ory", "r.ead", "examine"},
	{"reg.ister", "r.ead", "regs"},
	{"ta.rget", "v.ariable", "globals"},
}

// translate puts our word for a command of two.
func translate(line string) string {
	first, rest, ok := strings.Cut(line, " ")
	if !ok {
		return line
	}
	second, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	for _, h := range habits {
		if shortens(h.first, first) && shortens(h.second, second) {
			return strings.TrimSpace(h.means + " " + rest)
		}
	}
	return line
}

// shortens tells whether word is full, written with a dot behind what must be there, or a
// beginning of it.
func shortens(full, word string) bool {
	least, more, _ := strings.Cut(full, ".")
	return strings.HasPrefix(word, least) && strings.HasPrefix(least+more, word)
}

// IsCommand tells whether a line begins with a command's name or alias, written out.
func IsCommand(line string) bool {
	name, _, _ := strings.Cut(translate(strings.TrimSpace(line)), " ")
	name, _, _ = strings.Cut(name, "/")
	for i := range Table {
		if slices.Contains(Table[i].Names, name) {
			return true
		}
	}
	return false
}
