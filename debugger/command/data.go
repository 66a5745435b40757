package command

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/value"
)

func runPrint(in *Interp, c *call) error {
	expr, format := c.args, value.Format{}
	if f, rest, ok := strings.Cut(expr, " "); ok && strings.HasPrefix(f, "/") {
		c.format, expr = f[1:], rest
	}
	switch c.format {
	case "":
	case "x":
		format.Hex = true
	default:
		return fmt.Errorf("unknown format /%s: /x is hexadecimal", c.format)
	}
	if expr == "" {
		return fmt.Errorf("print what?")
	}
	v, err := in.Session.Eval(in.Level, expr)
	if err != nil {
		return explain(err)
	}
	in.printf("%s\n", v.Format(format))
	return nil
}

func (in *Interp) locals() ([]*value.Variable, error)    { return in.Session.Locals(in.Level) }
func (in *Interp) arguments() ([]*value.Variable, error) { return in.Session.Arguments(in.Level) }

// lister prints variables, one per line.
func lister(get func(*Interp) ([]*value.Variable, error)) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		vs, err := get(in)
		if err != nil {
			return explain(err)
		}
		if len(vs) == 0 {
			in.printf("(none)\n")
		}
		for _, v := range vs {
			if c.args == "" || strings.Contains(v.Name, c.args) {
				in.printVariable(v)
			}
		}
		return nil
	}
}

func (in *Interp) printVariable(v *value.Variable) {
	note := ""
	if v.Shadowed {
		note = "  (shadowed)"
	}
	in.printf("%s: %s = %s%s\n", v.Name, v.TypeName(false), v.String(), note)
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

func runExamine(in *Interp, c *call) error {
	count := 64
	if digits := strings.TrimRight(c.format, "abcdghtuwx"); digits != "" {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > 1<<20 {
			return fmt.Errorf("%q is no count of bytes", digits)
		}
		count = n
		if strings.Contains(c.format, "w") {
			count *= 4
		} else if strings.Contains(c.format, "g") {
			count *= 8
		} else if strings.Contains(c.format, "h") {
			count *= 2
		}
	}
	if c.args == "" {
		return fmt.Errorf("examine which address?")
	}
	var addr wasm.MemAddr
	if n, err := strconv.ParseUint(c.args, 0, 64); err == nil {
		addr = wasm.MemAddr(n)
	} else {
		v, err := in.Session.Eval(in.Level, c.args)
		if err != nil {
			return explain(err)
		}
		if n, ok := v.Int(); ok && v.Kind() == value.KindPointer || ok && v.Kind() == value.KindInt {
			addr = wasm.MemAddr(uint32(n))
		} else if addr, ok = v.Addr(); !ok {
			return fmt.Errorf("%s is not in linear memory", c.args)
		}
	}
	b, err := in.Session.ReadMemory(addr, count)
	if err != nil {
		return explain(err)
	}
	for off := 0; off < len(b); off += 16 {
		row := b[off:min(off+16, len(b))]
		var hex, text strings.Builder
		for i := range 16 {
			if i == 8 {
				hex.WriteByte(' ')
			}
			if i >= len(row) {
				hex.WriteString("   ")
				continue
			}
			fmt.Fprintf(&hex, "%02x ", row[i])
			if ch := row[i]; ch >= 0x20 && ch < 0x7f {
				text.WriteByte(ch)
			} else {
				text.WriteByte('.')
			}
		}
		in.printf("%08x  %s |%s|\n", uint64(addr)+uint64(off), hex.String(), text.String())
	}
	if len(b) < count {
		in.printf("(linear memory ends at %#x)\n", uint64(addr)+uint64(len(b)))
	}
	return nil
}

func runRegs(in *Interp, c *call) error {
	rs, err := in.Session.Registers()
	if err != nil {
		return explain(err)
	}
	for _, r := range rs {
		in.printf("%-6s %#018x\n", r.Name, r.Value)
	}
	return nil
}

func runInfo(in *Interp, c *call) error {
	what, rest, _ := strings.Cut(c.args, " ")
	to := map[string]string{
		"locals": "locals", "lo": "locals", "args": "args", "ar": "args",
		"breakpoints": "breakpoints", "break": "breakpoints", "b": "breakpoints",
		"registers": "regs", "r": "regs", "functions": "funcs", "fun": "funcs",
		"sources": "sources", "source": "sources", "frame": "frame", "f": "frame",
		"stack": "stack", "s": "stack", "variables": "globals", "line": "line",
	}[what]
	if to == "line" {
		return runInfoLine(in, &call{args: strings.TrimSpace(rest)})
	}
	if to == "" {
		return fmt.Errorf("info %s is not known: locals, args, breakpoints, registers, functions, sources, variables, frame, line", what)
	}
	cmd, err := Find(to)
	if err != nil {
		return err
	}
	return cmd.run(in, &call{name: to, args: strings.TrimSpace(rest)})
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
