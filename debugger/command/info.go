package command

import (
	"fmt"
	"slices"
	"strings"
)

// topic is what info tells about.
type topic struct {
	names   []string
	command string                     // that does it
	run     func(*Interp, *call) error // or else this
	try     string                     // what may stand behind it; TestHabits plays it
}

var topics []topic

func init() {
	topics = []topic{
		{[]string{"locals", "lo"}, "locals", nil, ""},
		{[]string{"args", "ar"}, "args", nil, ""},
		{[]string{"breakpoints", "break", "b", "watchpoints", "wat"}, "breakpoints", nil, ""},
		{[]string{"registers", "r", "reg", "all-registers"}, "regs", nil, "rip"},
		{[]string{"functions", "fun", "fu"}, "funcs", nil, "price"},
		{[]string{"types", "type", "ty"}, "types", nil, "Order"},
		{[]string{"sources"}, "sources", nil, "main.rs"},
		{[]string{"source"}, "", infoSource, ""},
		{[]string{"variables", "var", "va"}, "globals", nil, ""},
		{[]string{"frame", "f"}, "frame", nil, ""},
		{[]string{"stack", "s"}, "stack", nil, ""},
		{[]string{"line", "li"}, "", runInfoLine, "main.rs:54"},
		{[]string{"symbol", "sy"}, "", infoSymbol, "$pc"},
		{[]string{"address", "ad"}, "", infoAddress, "order"},
		{[]string{"scope", "sc"}, "", infoScope, "main.rs:54"},
		{[]string{"threads", "th", "inferiors", "inf", "goroutines"}, "", infoThreads, ""},
		{[]string{"sharedlibrary", "sharedlib", "share", "shared", "dll", "files", "target", "proc", "modules"}, "modules", nil, ""},
		{[]string{"display", "di"}, "", listDisplays, ""},
		{[]string{"checkpoints", "checkpoint", "ch"}, "checkpoints", nil, ""},
		{[]string{"skip", "sk"}, "skip", nil, ""},
		{[]string{"stop", "program", "prog", "exception"}, "why", nil, ""},
		{[]string{"catch"}, "catch", nil, ""},
		{[]string{"trace"}, "trace", nil, ""},
		{[]string{"settings", "set"}, "show", nil, ""},
		{[]string{"macro", "mac"}, "macro", nil, "EOF"},
		{[]string{"macros"}, "", runListMacros, ""},
		{[]string{"signals", "handle"}, "", func(in *Interp, _ *call) error {
			in.printf("A WebAssembly program gets no signals. What stops it by itself is listed by catch.\n")
			return nil
		}, ""},
	}
}

// runInfo is what gdb's users type in place of a command of that name.
func runInfo(in *Interp, c *call) error {
	what, rest, _ := strings.Cut(c.args, " ")
	rest = strings.TrimSpace(rest)
	t, err := findTopic(what)
	if err != nil {
		return err
	}
	if t.run != nil {
		return t.run(in, &call{args: rest, format: c.format})
	}
	cmd, err := Find(t.command)
	if err != nil {
		return err
	}
	return cmd.run(in, &call{name: t.command, args: rest, format: c.format})
}

// findTopic finds a topic by a name or an unambiguous beginning of one.
func findTopic(what string) (*topic, error) {
	all := strings.Join(topicNames(), ", ")
	if what == "" {
		return nil, fmt.Errorf("info about what? %s", all)
	}
	for i := range topics {
		if slices.Contains(topics[i].names, what) {
			return &topics[i], nil
		}
	}
	var found []*topic
	var names []string
	for i := range topics {
		for _, n := range topics[i].names {
			if strings.HasPrefix(n, what) {
				found, names = append(found, &topics[i]), append(names, n)
				break
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		if near := nearestOf(what, topicNames()); near != "" {
			return nil, fmt.Errorf("info %s is not known, did you mean info %s?", what, near)
		}
		return nil, fmt.Errorf("info %s is not known; there is %s", what, all)
	}
	return nil, fmt.Errorf("info %s is ambiguous: %s", what, strings.Join(names, ", "))
}

func topicNames() (out []string) {
	for _, t := range topics {
		out = append(out, t.names[0])
	}
	return out
}

func completeTopic(_ *Interp, word string) []string {
	var out []string
	for _, n := range topicNames() {
		if strings.HasPrefix(n, word) {
			out = append(out, n)
		}
	}
	return out
}
