package command

import (
	"fmt"
	"strings"

	"sphex/debugger"
)

// runCatch sets a catchpoint, or lists all.
func runCatch(in *Interp, c *call) error {
	if c.args == "" {
		for _, b := range in.Session.Catchpoints() {
			in.printf("%s%s\n", describeCatch(&b), hits(&b))
		}
		return nil
	}
	where, cond := splitCondition(c.args)
	word, name, _ := strings.Cut(where, " ")
	kind, err := debugger.ParseCatch(word)
	if err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	for _, b := range in.Session.Catchpoints() {
		// One that is there already, and was switched off.
		if b.ID < 0 && b.Catch == kind && name == "" && cond == "" {
			return in.switchCatch(&b, false)
		}
	}
	return in.setBreakpoint(debugger.BreakpointSpec{Catch: kind, CatchName: name, Condition: cond})
}

// runUncatch takes catchpoints away: those of a kind, or one by its number.
func runUncatch(in *Interp, c *call) error {
	done := false
	for _, b := range in.Session.Catchpoints() {
		if c.args != b.Catch.String() && c.args != fmt.Sprint(b.ID) {
			continue
		}
		done = true
		if b.ID < 0 {
			if err := in.switchCatch(&b, true); err != nil {
				return err
			}
			continue
		}
		if err := in.Session.RemoveBreakpoint(b.ID); err != nil {
			return err
		}
		in.printf("Catchpoint %d removed.\n", b.ID)
	}
	if !done {
		return fmt.Errorf("there is no catchpoint %s; catch lists them", c.args)
	}
	return nil
}

func (in *Interp) switchCatch(b *debugger.Breakpoint, off bool) error {
	spec := b.BreakpointSpec
	spec.Disabled = off
	changed, err := in.Session.ChangeBreakpoint(b.ID, spec)
	if err == nil {
		in.printf("%s\n", describeCatch(&changed))
	}
	return err
}

func hits(b *debugger.Breakpoint) string {
	if b.Hits == 0 {
		return ""
	}
	return fmt.Sprintf(", hit %d", b.Hits)
}

// describeCatch renders a catchpoint on one line.
func describeCatch(b *debugger.Breakpoint) string {
	s := fmt.Sprintf("Catchpoint %d: %s", b.ID, b.BreakpointSpec.String())
	if b.Message != "" {
		s += " (" + b.Message + ")"
	}
	if b.Condition != "" {
		s += " if " + b.Condition
	}
	if b.HitCondition != "" {
		s += " hits " + b.HitCondition
	}
	if b.LogMessage != "" {
		s += fmt.Sprintf(" prints %q", b.LogMessage)
	}
	if b.Temporary {
		s += " once"
	}
	if b.Disabled {
		s += " (off)"
	}
	return s
}

// infoStop tells again why the program stopped.
func infoStop(in *Interp, c *call) error {
	stop := in.Session.LastStop()
	if stop == nil {
		return explain(debugger.ErrLoaded)
	}
	for i := range stop.Reasons {
		in.printf("%s\n", stop.Reasons[i].String())
	}
	if f := in.ownFrame(); f != nil {
		in.printf("at %s\n", f.Brief())
	} else if f := stop.Frame; f != nil {
		in.printf("at %s\n", f.Brief())
	}
	if stop.Value != nil {
		in.printf("Value returned: %s\n", returned(stop.Value))
	}
	return nil
}

func completeCatch(_ *Interp, word string) []string {
	var out []string
	for _, k := range debugger.CatchKinds() {
		if strings.HasPrefix(k, word) {
			out = append(out, k)
		}
	}
	return out
}
