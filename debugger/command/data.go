package command

import (
	"fmt"
	"slices"
	"strings"

	"sphex/debugger"
	"sphex/debugger/value"
)

func runPrint(in *Interp, c *call) error {
	var err error
	if c.args, err = adaptPrint(c.args); err != nil {
		return err
	}
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
	in.printf("%s\n", v.Format(in.inLines(format)))
	return nil
}

// inLines is a format with the options, for what may stand on several lines.
func (in *Interp) inLines(f value.Format) value.Format {
	f = in.withOptions(f)
	if in.options.pretty {
		f.Width = 80
	}
	return f
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
	in.printf("%s: %s = %s%s\n", v.Name, v.TypeName(longType || in.options.longNames), v.Format(in.inLines(f)), note)
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
	var wanted []string
	for _, w := range c.words() {
		wanted = append(wanted, strings.TrimPrefix(w, "$"))
	}
	if f, err := in.Session.Frame(0); err == nil && len(wanted) > 0 { // in full it is where the stop says
		for _, name := range []string{"rip", "pc"} {
			rs = append(rs, debugger.Register{Name: name, Value: uint64(f.PC)})
		}
	}
	shown := 0
	for _, r := range rs {
		if len(wanted) == 0 || slices.Contains(wanted, r.Name) {
			in.printf("%-6s 0x%016x\n", r.Name, r.Value)
			shown++
		}
	}
	if shown == 0 {
		return fmt.Errorf("there is no register %s", c.args)
	}
	return nil
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
