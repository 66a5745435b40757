package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sphex/debugger"
)

// displayed is an expression whose value is shown at each stop.
type displayed struct {
	id     int
	format string // with its slash
	expr   string
	off    bool
	last   string // as it was shown last, "" before
}

// runDisplay shows an expression now and at each stop.
func runDisplay(in *Interp, c *call) error {
	format, expr := c.format, c.args
	if first, rest, _ := strings.Cut(expr, " "); strings.HasPrefix(first, "/") {
		format, expr = first[1:], strings.TrimSpace(rest)
	}
	words := c.words()
	switch {
	case len(words) == 2 && words[0] == "-d": // Delve's
		return runUndisplay(in, &call{args: words[1]})
	case len(words) > 2 && words[0] == "-a":
		expr = strings.Join(words[1:], " ")
		if strings.HasPrefix(words[1], "%") {
			format, expr = words[1][1:], strings.Join(words[2:], " ")
		}
	}
	if expr == "" {
		in.showDisplays(true)
		return nil
	}
	if _, _, _, err := cutFormat(&call{format: format, args: expr}, false); err != nil {
		return err
	}
	in.lastDisplay++
	d := &displayed{id: in.lastDisplay, expr: expr}
	if format != "" {
		d.format = "/" + format
	}
	in.displays = append(in.displays, d)
	if in.Session.State() == debugger.Stopped {
		in.showDisplay(d, true)
	} else {
		in.printf("%d: %s will be shown at each stop.\n", d.id, expr)
	}
	return nil
}

// runUndisplay ends that.
func runUndisplay(in *Interp, c *call) error {
	if c.args == "" {
		in.displays = nil
		return nil
	}
	for _, w := range c.words() {
		n, err := strconv.Atoi(strings.Trim(w, ","))
		if err != nil {
			return fmt.Errorf("%q is no number of what is displayed: info display lists it", w)
		}
		before := len(in.displays)
		in.displays = slices.DeleteFunc(in.displays, func(d *displayed) bool { return d.id == n })
		if len(in.displays) == before {
			return fmt.Errorf("there is no display %d", n)
		}
	}
	return nil
}

// showDisplays prints what is displayed; at a stop, what can't be evaluated there is left out. Panes show it by themselves.
func (in *Interp) showDisplays(asked bool) {
	if in.Session.State() != debugger.Stopped || in.Brief && !asked {
		return
	}
	for _, d := range in.displays {
		if !d.off {
			in.showDisplay(d, asked)
		}
	}
}

// displayed returns the value of what is displayed, in its format.
func (in *Interp) displayed(d *displayed) (string, error) {
	format, _, expr, _ := cutFormat(&call{args: strings.TrimSpace(d.format + " " + d.expr)}, false) // it was good once
	v, err := in.Session.Eval(in.Level, expr)
	if err != nil {
		return "", err
	}
	return v.Format(in.withOptions(format)), nil
}

func (in *Interp) showDisplay(d *displayed, asked bool) {
	text, err := in.displayed(d)
	if err != nil {
		if asked {
			in.printf("%d: %s: %v\n", d.id, d.expr, err)
		}
		return
	}
	was := ""
	if d.last != "" && d.last != text && !asked {
		was = in.paint(StyleChanged, "  (was "+d.last+")")
	}
	in.printf("%d: %s = %s%s\n", d.id, d.expr, text, was)
	d.last = text
}

// listDisplays is info display.
func listDisplays(in *Interp, _ *call) error {
	for _, d := range in.displays {
		in.printf("%d: %s\n", d.id, strings.TrimSpace(d.format+" "+d.expr))
	}
	if len(in.displays) == 0 {
		in.printf("Nothing is displayed. display EXPRESSION shows a value at each stop.\n")
	}
	return nil
}
