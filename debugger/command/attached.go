package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sphex/debugger"
)

// definition is a list of commands that is being typed, up to end: those of breakpoints, or of a command of the person's own.
type definition struct {
	what  string
	done  func(lines []string) error
	lines []string
	depth int // of definitions inside of it
}

// mostScriptLines bounds the commands of one breakpoint.
const mostScriptLines = 1000

// runCommands attaches commands to breakpoints: those behind the numbers, separated by semicolons, or else the
// lines that follow.
func runCommands(in *Interp, c *call) error {
	words := c.words()
	n := 0
	for n < len(words) && strings.Trim(words[n], "0123456789,$") == "" {
		n++
	}
	ids, err := in.ids(words[:n])
	if n == 0 {
		bs := in.Session.Breakpoints()
		if len(bs) == 0 {
			return fmt.Errorf("there is no breakpoint to attach commands to")
		}
		ids, err = []int{bs[len(bs)-1].ID}, nil
	}
	if err != nil {
		return err
	}
	if n == len(words) {
		in.take("the commands of a breakpoint", func(lines []string) error {
			in.attach(ids, lines)
			return nil
		})
		return nil
	}
	var lines []string
	for _, line := range strings.Split(strings.Join(words[n:], " "), ";") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	in.attach(ids, lines)
	return nil
}

// take makes the lines that follow, up to end, a definition.
func (in *Interp) take(what string, done func(lines []string) error) {
	in.defining = &definition{what: what, done: done}
}

// define takes a line of a definition.
func (in *Interp) define(line string) error {
	d := in.defining
	switch first, _, _ := strings.Cut(line, " "); {
	case line == "end" && d.depth > 0:
		d.depth--
	case line == "end":
		in.defining = nil
		return d.done(d.lines)
	case first == "define" || first == "document" || first == "commands" && !strings.Contains(line, ";"):
		d.depth++
	}
	if len(d.lines) == mostScriptLines {
		in.defining = nil
		return fmt.Errorf("more than %d lines for %s", mostScriptLines, d.what)
	}
	if line != "" {
		d.lines = append(d.lines, line)
	}
	return nil
}

// Defining tells whether lines are taken as a definition, until end.
func (in *Interp) Defining() bool { return in.defining != nil }

// attach makes lines the commands of breakpoints; none takes them away.
func (in *Interp) attach(ids []int, lines []string) {
	if in.scripts == nil {
		in.scripts = map[int][]string{}
	}
	for _, id := range ids {
		if len(lines) == 0 {
			delete(in.scripts, id)
			in.printf("Breakpoint %d has no commands.\n", id)
			continue
		}
		in.scripts[id] = lines
		in.printf("Breakpoint %d has %s.\n", id, plural(len(lines), "command"))
	}
}

// script is what the breakpoints of a stop have to be done; silent, if the stop is not to be shown.
func (in *Interp) script(stop *debugger.Stop) (lines []string, silent bool) {
	for _, id := range stop.Breakpoints() {
		s := in.scripts[id]
		if len(s) > 0 && s[0] == "silent" {
			s, silent = s[1:], true
		}
		lines = append(lines, s...)
	}
	return lines, silent
}

// attend runs the commands of the breakpoints of a stop. One that lets the program run ends them, and
// those of the next stop follow.
func (in *Interp) attend(stop *debugger.Stop) error {
	if in.attending { // the loop below goes on with this stop
		in.next = stop
		return nil
	}
	in.attending = true
	defer func() { in.attending, in.next = false, nil }()
	for stop != nil {
		lines, _ := in.script(stop)
		stop = nil
		for _, line := range lines {
			in.next = nil
			if err := in.Execute(line); err != nil {
				return err
			}
			if stop = in.next; stop != nil {
				break
			}
		}
	}
	return nil
}

// runSave writes the breakpoints to a file, as commands.
func runSave(in *Interp, c *call) error {
	words := c.words()
	if len(words) > 0 && words[0] == "breakpoints" {
		words = words[1:]
	}
	if len(words) != 1 {
		return fmt.Errorf("save needs a file: save breakpoints FILE")
	}
	var b strings.Builder
	n := 0
	for _, x := range in.Session.Breakpoints() {
		line := asCommand(&x)
		if line == "" {
			continue
		}
		n++
		fmt.Fprintln(&b, line)
		if x.HitCondition != "" {
			fmt.Fprintf(&b, "condition $ -hits %s\n", x.HitCondition)
		}
		if x.Ignore > 0 {
			fmt.Fprintf(&b, "ignore $ %d\n", x.Ignore)
		}
		if lines := in.scripts[x.ID]; len(lines) > 0 {
			fmt.Fprintf(&b, "commands $\n%s\nend\n", strings.Join(lines, "\n"))
		}
		if x.Disabled {
			fmt.Fprintln(&b, "disable $")
		}
	}
	if err := writeFile(words[0], b.String()); err != nil {
		return err
	}
	in.printf("%s saved to %s; source reads them.\n", plural(n, "breakpoint"), words[0])
	return nil
}

// asCommand renders the command that sets a breakpoint again; "" for those that others set.
func asCommand(b *debugger.Breakpoint) string {
	loc := b.BreakpointSpec.String()
	switch {
	case b.Watch != nil:
		return watchAsCommand(b)
	case b.Catch != debugger.CatchNothing:
		line := "catch " + loc
		if b.Condition != "" {
			line += " if " + b.Condition
		}
		return line
	case b.Pattern != "":
		loc = "-r " + b.Pattern
	case b.Code != nil:
		loc = fmt.Sprintf("*%#x", uint32(*b.Code))
	case b.Offset != nil:
		loc = fmt.Sprintf("*file:%#x", uint32(*b.Offset))
	case b.Text != nil:
		loc = fmt.Sprintf("*text:%#x", uint32(*b.Text))
	case b.Column > 0:
		loc += fmt.Sprintf(":%d", b.Column)
	}
	if b.LogMessage != "" {
		line := "logpoint " + loc + " " + b.LogMessage
		if b.Condition != "" {
			line += "\ncondition $ " + b.Condition
		}
		return line
	}
	line := "break " + loc
	if b.Temporary {
		line = "tbreak " + loc
	}
	if b.Thread != 0 {
		line += fmt.Sprintf(" thread %d", b.Thread)
	}
	if b.Condition != "" {
		line += " if " + b.Condition
	}
	return line
}

// mostSourced bounds how deep files of commands may name each other.
const mostSourced = 8

// runSource runs the commands of a file.
func runSource(in *Interp, c *call) error {
	if c.args == "" {
		return fmt.Errorf("source needs a file of commands")
	}
	if in.sourced == mostSourced {
		return fmt.Errorf("files of commands are nested more than %d deep", mostSourced)
	}
	text, err := readFile(c.args)
	if err != nil {
		return err
	}
	if errs := in.runLines(c.args, text, false); len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// runLines runs the commands of a file. It ends at the first error, unless it is to go on.
func (in *Interp) runLines(name, text string, goOn bool) (errs []error) {
	in.sourced++
	defer func() { in.sourced-- }()
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if !in.Defining() && (line == "" || strings.HasPrefix(line, "#")) {
			continue
		}
		if err := in.Execute(line); err != nil {
			if !errors.Is(err, ErrQuit) {
				err = fmt.Errorf("%s:%d: %w", name, n+1, err)
			}
			if errs = append(errs, err); !goOn || errors.Is(err, ErrQuit) {
				in.defining = nil
				return errs
			}
		}
	}
	if in.Defining() {
		errs = append(errs, fmt.Errorf("%s: %s is not ended by end", name, in.defining.what))
		in.defining = nil
	}
	return errs
}

// newest is the number of the newest breakpoint, which $ stands for.
func (in *Interp) newest() (id int, ok bool) {
	bs := in.Session.Breakpoints()
	if len(bs) == 0 {
		return 0, false
	}
	return slices.MaxFunc(bs, func(a, b debugger.Breakpoint) int { return a.ID - b.ID }).ID, true
}

// runOn adds a command to those of a breakpoint.
func runOn(in *Interp, c *call) error {
	first, line, _ := strings.Cut(c.args, " ")
	ids, err := in.ids(strings.Fields(first))
	if err != nil {
		return err
	}
	if line = strings.TrimSpace(line); line == "" {
		return fmt.Errorf("on needs a breakpoint and a command: on 1 locals")
	}
	for _, id := range ids {
		in.attach([]int{id}, append(slices.Clone(in.scripts[id]), line))
	}
	return nil
}
