package command

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"sphex/debugger"
)

func breaker(temporary bool) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		loc, cond := splitCondition(gdbLocation(c.args))
		spec, err := in.location(loc)
		if err != nil {
			return err
		}
		spec.Condition, spec.Temporary = cond, temporary
		return in.setBreakpoint(spec)
	}
}

func (in *Interp) setBreakpoint(spec debugger.BreakpointSpec) error {
	b, err := in.Session.SetBreakpoint(spec)
	if err != nil {
		return err
	}
	in.printf("%s\n", describe(&b))
	if b.Bound() && b.Message != "" {
		in.printf("  %s\n", b.Message)
	}
	return nil
}

func runLogpoint(in *Interp, c *call) error {
	loc, msg, ok := strings.Cut(c.args, " ")
	if !ok {
		return fmt.Errorf("logpoint needs a location and a message: logpoint main.rs:12 total is {sum}")
	}
	spec, err := in.location(loc)
	if err != nil {
		return err
	}
	spec.LogMessage = strings.TrimSpace(msg)
	return in.setBreakpoint(spec)
}

// describe renders a breakpoint on one line.
func describe(b *debugger.Breakpoint) string {
	var s strings.Builder
	kind := "Breakpoint"
	if b.LogMessage != "" {
		kind = "Logpoint"
	}
	fmt.Fprintf(&s, "%s %d", kind, b.ID)
	if !b.Bound() {
		fmt.Fprintf(&s, " at %s is not bound: %s", b.BreakpointSpec.String(), b.Message)
		return s.String()
	}
	p := b.Places[0]
	if p.Line > 0 {
		fmt.Fprintf(&s, " at %s:%d in %s", path.Base(p.File), p.Line, p.Function)
	} else {
		fmt.Fprintf(&s, " at offset %#x in %s", uint32(p.Offset), p.Function)
	}
	if n := len(b.Places); n > 1 {
		fmt.Fprintf(&s, " (%d places)", n)
	}
	if b.Condition != "" {
		fmt.Fprintf(&s, " if %s", b.Condition)
	}
	if b.HitCondition != "" {
		fmt.Fprintf(&s, " hits %s", b.HitCondition)
	}
	if b.LogMessage != "" {
		fmt.Fprintf(&s, " prints %q", b.LogMessage)
	}
	if b.Temporary {
		s.WriteString(" once")
	}
	if b.Disabled {
		s.WriteString(" (disabled)")
	}
	return s.String()
}

func listBreakpoints(in *Interp, c *call) error {
	bs := in.Session.Breakpoints()
	if len(bs) == 0 {
		in.printf("No breakpoints.\n")
	}
	for i := range bs {
		hits := ""
		if bs[i].Hits > 0 {
			hits = fmt.Sprintf(", hit %d", bs[i].Hits)
		}
		in.printf("%s%s\n", describe(&bs[i]), hits)
	}
	return nil
}

// ids reads breakpoint numbers.
func (in *Interp) ids(words []string) ([]int, error) {
	var out []int
	for _, w := range words {
		n, err := strconv.Atoi(strings.Trim(w, ","))
		if err != nil {
			return nil, fmt.Errorf("%q is no breakpoint's number", w)
		}
		if _, err := in.breakpoint(n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("which breakpoint? (breakpoints lists them)")
	}
	return out, nil
}

func (in *Interp) breakpoint(id int) (debugger.Breakpoint, error) {
	for _, b := range in.Session.Breakpoints() {
		if b.ID == id {
			return b, nil
		}
	}
	return debugger.Breakpoint{}, fmt.Errorf("there is no breakpoint %d", id)
}

func runClear(in *Interp, c *call) error {
	ids, err := in.ids(c.words())
	if err != nil {
		if _, numeric := strconv.Atoi(strings.TrimSpace(c.args)); c.args == "" || numeric == nil {
			return err
		}
		if ids, err = in.at(c.args); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := in.Session.RemoveBreakpoint(id); err != nil {
			return err
		}
		in.printf("Breakpoint %d removed.\n", id)
	}
	return nil
}

// at finds the breakpoints of a location.
func (in *Interp) at(text string) ([]int, error) {
	spec, err := in.location(text)
	if err != nil {
		return nil, err
	}
	var ids []int
	places, _ := in.Session.FindPlaces(spec)
	for _, b := range in.Session.Breakpoints() {
		for _, p := range b.Places {
			for _, q := range places {
				if p.Text == q.Text && (len(ids) == 0 || ids[len(ids)-1] != b.ID) {
					ids = append(ids, b.ID)
				}
			}
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("there is no breakpoint at %s", text)
	}
	return ids, nil
}

func runClearAll(in *Interp, c *call) error {
	for _, b := range in.Session.Breakpoints() {
		if err := in.Session.RemoveBreakpoint(b.ID); err != nil {
			return err
		}
	}
	in.printf("All breakpoints removed.\n")
	return nil
}

func runCondition(in *Interp, c *call) error {
	first, rest, _ := strings.Cut(c.args, " ")
	ids, err := in.ids(strings.Fields(first))
	if err != nil {
		return err
	}
	b, err := in.breakpoint(ids[0])
	if err != nil {
		return err
	}
	spec := b.BreakpointSpec
	rest = strings.TrimSpace(rest)
	if hits, ok := strings.CutPrefix(rest, "-hits"); ok {
		spec.HitCondition = strings.TrimSpace(hits)
	} else {
		spec.Condition = rest
	}
	nb, err := in.Session.ChangeBreakpoint(ids[0], spec)
	if err != nil {
		return err
	}
	in.printf("%s\n", describe(&nb))
	return nil
}

func toggler(disable bool) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		ids, err := in.ids(c.words())
		if err != nil {
			return err
		}
		for _, id := range ids {
			b, err := in.breakpoint(id)
			if err != nil {
				return err
			}
			spec := b.BreakpointSpec
			spec.Disabled = disable
			nb, err := in.Session.ChangeBreakpoint(id, spec)
			if err != nil {
				return err
			}
			in.printf("%s\n", describe(&nb))
		}
		return nil
	}
}
