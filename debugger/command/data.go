package command

import (
	"fmt"
	"slices"
	"strings"

	"sphex/debugger/value"
)

func runPrint(in *Interp, c *call) error {
	format, _, expr, err := cutFormat(c, false)
	if err != nil {
		return err
	}
	if expr == "" {
		return fmt.Errorf("print what? an expression: a name, order.items[0], *p, a + 1")
	}
	v, err := in.eval(expr)
	if err != nil {
		return explain(err)
	}
	in.Session.Keep(v)
	if c.name == "call" && v.Kind() == value.KindUnit {
		return nil
	}
	in.printf("%s\n", v.Format(format))
	return nil
}

// eval evaluates an expression, which may let a function of the program run: what interrupts the program
// interrupts that.
func (in *Interp) eval(expr string) (v *value.Variable, err error) {
	run := func() { v, err = in.Session.Eval(in.Level, expr) }
	if e, perr := value.Parse(expr); in.During != nil && perr == nil && e.Changes() {
		in.During(run)
	} else {
		run()
	}
	return v, err
}

// runHistory lists what was kept.
func runHistory(in *Interp, c *call) error {
	vs, err := in.Session.Kept(10)
	if err != nil {
		return explain(err)
	}
	for _, v := range vs {
		in.printf("%s = %s\n", v.Name, v.String())
	}
	if len(vs) == 0 {
		in.printf("(none)\n")
	}
	return nil
}

func (in *Interp) locals() ([]*value.Variable, error)    { return in.Session.Locals(in.Level) }
func (in *Interp) arguments() ([]*value.Variable, error) { return in.Session.Arguments(in.Level) }

// lister prints variables, one per line.
func lister(get func(*Interp) ([]*value.Variable, error)) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		format, long, pattern, err := cutFormat(c, true)
		if err != nil {
			return err
		}
		vs, err := get(in)
		if err != nil {
			return explain(err)
		}
		shown := 0
		for _, v := range vs {
			if strings.Contains(v.Name, pattern) {
				in.printFormatted(v, format, long)
				shown++
			}
		}
		if shown == 0 {
			in.printf("(none)\n")
		}
		return nil
	}
}

// runVariables prints what lldb's users see behind frame variable.
func runVariables(in *Interp, c *call) error {
	if c.args != "" {
		return runPrint(in, c)
	}
	args, err := in.arguments()
	if err != nil {
		return explain(err)
	}
	locals, err := in.locals()
	if err != nil {
		return explain(err)
	}
	for _, v := range append(args, locals...) {
		in.printVariable(v)
	}
	if len(args)+len(locals) == 0 {
		in.printf("(none)\n")
	}
	return nil
}

func (in *Interp) printVariable(v *value.Variable) { in.printFormatted(v, value.Format{}, false) }

func (in *Interp) printFormatted(v *value.Variable, f value.Format, longType bool) {
	note := ""
	if v.Shadowed {
		note = "  (shadowed)"
	}
	if v.Ahead > 0 {
		note += fmt.Sprintf("  (not initialised yet: declared at line %d)", v.Ahead)
	}
	in.printf("%s: %s = %s%s\n", v.Name, v.TypeName(longType), v.Format(f), note)
}

func runGlobals(in *Interp, c *call) error {
	pattern, all := c.args, false
	if rest, ok := strings.CutPrefix(pattern, "-a"); ok {
		pattern, all = strings.TrimSpace(rest), true
	}
	vs, err := in.Session.Globals(in.Level, all)
	if err != nil {
		return explain(err)
	}
	shown := 0
	for _, v := range vs {
		if strings.Contains(v.Name, pattern) {
			in.printVariable(v)
			shown++
		}
	}
	if shown == 0 {
		in.printf("(none)\n")
	}
	return nil
}

func runSet(in *Interp, c *call) error {
	args := strings.TrimSpace(strings.TrimPrefix(c.args, "var "))
	place, expr, ok := cutAssignment(args)
	if !ok {
		return fmt.Errorf("set needs PLACE = EXPRESSION")
	}
	v, err := in.Session.SetVariable(in.Level, place, expr)
	if err != nil {
		return explain(err)
	}
	in.printf("%s = %s\n", place, v.String())
	return nil
}

// cutAssignment splits at the first = that is no comparison.
func cutAssignment(s string) (place, expr string, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '=' {
			i++
			continue
		}
		if i > 0 && strings.IndexByte("<>!=", s[i-1]) >= 0 {
			continue
		}
		place, expr = strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:])
		return place, expr, place != "" && expr != ""
	}
	return "", "", false
}

func runWhatis(in *Interp, c *call) error {
	if c.args == "" {
		return fmt.Errorf("the type of which expression?")
	}
	v, err := in.Session.Eval(in.Level, c.args)
	if err != nil {
		return explain(err)
	}
	in.printf("%s\n", v.TypeName(true))
	if p := v.Place(); p != "" {
		in.printf("  %d bytes in %s\n", v.Size(), p)
	}
	named, indexed := v.NumChildren()
	if named > 0 && indexed == 0 {
		for _, k := range v.Children(0, -1) {
			in.printf("  %s: %s\n", k.Name, k.TypeName(false))
		}
	}
	return nil
}

func runRegs(in *Interp, c *call) error {
	rs, err := in.Session.Registers()
	if err != nil {
		return explain(err)
	}
	for _, r := range rs {
		in.printf("%-6s 0x%016x\n", r.Name, r.Value)
	}
	return nil
}

// topics are what info tells about, and the commands that do.
var topics = []struct {
	names   []string
	command string
}{
	{[]string{"locals", "lo"}, "locals"},
	{[]string{"args", "ar"}, "args"},
	{[]string{"breakpoints", "break", "b"}, "breakpoints"},
	{[]string{"registers", "r", "reg"}, "regs"},
	{[]string{"functions", "fun", "fu"}, "funcs"},
	{[]string{"sources", "source"}, "sources"},
	{[]string{"variables", "var"}, "globals"},
	{[]string{"frame", "f"}, "frame"},
	{[]string{"stack", "s"}, "stack"},
	{[]string{"line"}, "line"},
	{[]string{"threads"}, "threads"},
	{[]string{"stop", "program", "exception"}, "why"},
	{[]string{"catch"}, "catch"},
}

func runInfo(in *Interp, c *call) error {
	what, rest, _ := strings.Cut(c.args, " ")
	rest = strings.TrimSpace(rest)
	for _, t := range topics {
		if !slices.Contains(t.names, what) {
			continue
		}
		switch t.command {
		case "line":
			return runInfoLine(in, &call{args: rest})
		case "threads":
			in.printf("* 1 main (a WebAssembly program has one thread)\n")
			return nil
		}
		cmd, err := Find(t.command)
		if err != nil {
			return err
		}
		return cmd.run(in, &call{name: t.command, args: rest})
	}
	all := strings.Join(completeTopic(in, ""), ", ")
	if what == "" {
		return fmt.Errorf("info about what? %s", all)
	}
	return fmt.Errorf("info %s is not known; there is %s", what, all)
}

func completeTopic(_ *Interp, word string) []string {
	var out []string
	for _, t := range topics {
		if strings.HasPrefix(t.names[0], word) {
			out = append(out, t.names[0])
		}
	}
	return out
}

// runInfoLine prints the addresses of a line.
func runInfoLine(in *Interp, c *call) error {
	spec, err := in.location(c.args)
	if err != nil {
		return err
	}
	places, msg := in.Session.FindPlaces(spec)
	if len(places) == 0 {
		return fmt.Errorf("%s", msg)
	}
	for _, p := range places {
		in.printf("%s:%d in %s: text %#x, module offset %#x\n", p.File, p.Line, p.Function, uint32(p.Text), uint32(p.Offset))
	}
	return nil
}

// completeNames lists what can stand in an expression in the selected frame.
func (in *Interp) completeNames() []string {
	var out []string
	for _, get := range []func() ([]*value.Variable, error){in.locals, in.arguments,
		func() ([]*value.Variable, error) { return in.Session.Globals(in.Level, false) }} {
		vs, err := get()
		if err != nil {
			continue
		}
		for _, v := range vs {
			out = append(out, v.Name)
		}
	}
	return out
}
