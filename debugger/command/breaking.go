package command

import (
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sphex/debugger"
)

func breaker(temporary bool) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		loc, cond := splitCondition(c.args)
		loc, thread := cutThread(loc)
		spec, err := in.breakLocation(loc)
		if err != nil {
			return err
		}
		spec.Condition, spec.Temporary, spec.Thread = cond, temporary, thread
		return in.setBreakpoint(spec)
	}
}

// breakLocation reads a location that may mean many places: -r PATTERN, FILE:*, or one as elsewhere.
func (in *Interp) breakLocation(loc string) (debugger.BreakpointSpec, error) {
	if pattern, ok := strings.CutPrefix(loc, "-r "); ok {
		return debugger.BreakpointSpec{Pattern: strings.TrimSpace(pattern)}, nil
	}
	if file, ok := strings.CutSuffix(loc, ":*"); ok && file != "" && !strings.HasSuffix(file, ":") {
		return debugger.BreakpointSpec{File: file, EveryFunction: true}, nil
	}
	return in.location(loc)
}

func runPatternBreak(in *Interp, c *call) error {
	pattern, cond := splitCondition(c.args)
	if file, rest, ok := strings.Cut(pattern, ":"); ok && rest != "" && rest[0] != ':' && strings.Contains(file, ".") { // gdb's FILE:REGEX
		return in.breakFunctions(file, rest, cond)
	}
	if pattern == "" {
		return fmt.Errorf("on which functions? rbreak needs a regular expression, as in rbreak ^price$")
	}
	return in.setBreakpoint(debugger.BreakpointSpec{Pattern: pattern, Condition: cond})
}

// mostPatternBreaks bounds the breakpoints that one rbreak FILE:REGEX sets.
const mostPatternBreaks = 200

// breakFunctions sets a breakpoint on each function of a file whose name matches.
func (in *Interp) breakFunctions(file, pattern, cond string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	places, message := in.Session.FindPlaces(debugger.BreakpointSpec{File: file, EveryFunction: true})
	names := map[string]bool{}
	for _, p := range places {
		if re.MatchString(p.Function) && !names[p.Function] && len(names) < mostPatternBreaks {
			names[p.Function] = true
			if err := in.setBreakpoint(debugger.BreakpointSpec{Function: p.Function, Condition: cond}); err != nil {
				return err
			}
		}
	}
	if len(names) == 0 && message == "" {
		message = fmt.Sprintf("no function of %s matches %s", file, pattern)
	}
	if len(names) == 0 {
		return fmt.Errorf("%s", message)
	}
	return nil
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
	spec, err := in.breakLocation(loc)
	if err != nil {
		return err
	}
	spec.LogMessage = strings.TrimSpace(msg)
	return in.setBreakpoint(spec)
}

// describe renders a breakpoint on one line.
func describe(b *debugger.Breakpoint) string {
	if b.Catch != debugger.CatchNothing {
		return describeCatch(b)
	}
	var s strings.Builder
	kind := kindOf(b)
	if b.Watch != nil {
		s.WriteString(describeWatch(b))
		return s.String() + describeConditions(b)
	}
	fmt.Fprintf(&s, "%s %d", kind, b.ID)
	if !b.Bound() {
		fmt.Fprintf(&s, " at %s is not bound: %s", b.BreakpointSpec.String(), b.Message)
		return s.String()
	}
	p := b.Places[0]
	if p.Line > 0 {
		fmt.Fprintf(&s, " at %s:%d in %s", path.Base(p.File), p.Line, debugger.BriefName(p.Function))
	} else {
		fmt.Fprintf(&s, " at offset %#x in %s", uint32(p.Offset), debugger.BriefName(p.Function))
	}
	if n := len(b.Places); n > 1 {
		if what := b.BreakpointSpec; what.Pattern != "" || what.EveryFunction {
			s.Reset()
			fmt.Fprintf(&s, "%s %d on %s", kind, b.ID, what.String())
		}
		fmt.Fprintf(&s, " (%d places)", n)
	}
	return s.String() + describeConditions(b)
}

// describeConditions renders what decides whether a breakpoint stops.
func describeConditions(b *debugger.Breakpoint) string {
	var s strings.Builder
	if b.Thread != 0 {
		fmt.Fprintf(&s, " thread %d", b.Thread)
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
	if b.Ignore > 0 {
		fmt.Fprintf(&s, " ignoring %s", plural(b.Ignore, "hit"))
	}
	if b.Temporary {
		s.WriteString(" once")
	}
	if b.Stops > 0 && !b.Disabled {
		fmt.Fprintf(&s, " for %s", plural(b.Stops, "stop"))
	}
	if b.Disabled {
		s.WriteString(" (disabled)")
	}
	return s.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// mostLocations is how many places of a breakpoint are listed, unless it is asked for by its number.
const mostLocations = 8

func listBreakpoints(in *Interp, c *call) error {
	bs := in.Session.Breakpoints()
	most := mostLocations
	if c.args != "" {
		ids, err := in.ids(c.words())
		if err != nil {
			return err
		}
		bs = slices.DeleteFunc(bs, func(b debugger.Breakpoint) bool { return !slices.Contains(ids, b.ID) })
		most = math.MaxInt
	}
	if len(bs) == 0 {
		in.printf("No breakpoints.\n")
	}
	for i := range bs {
		b := &bs[i]
		count := ""
		if b.Hits > 0 {
			count = fmt.Sprintf(", hit %d", b.Hits)
		}
		in.printf("%s%s\n", describe(b), count)
		for n := range b.Places {
			if len(b.Places) == 1 {
				break
			}
			if n == most {
				in.printf("  … %d more: breakpoints %d lists them\n", len(b.Places)-n, b.ID)
				break
			}
			in.printf("  %d.%d %s\n", b.ID, n+1, placed(b, n))
		}
		for _, line := range in.scripts[b.ID] {
			in.printf("    %s\n", line)
		}
	}
	return nil
}

// placed renders place n of a breakpoint.
func placed(b *debugger.Breakpoint, n int) string {
	p := &b.Places[n]
	s := fmt.Sprintf("offset %#x", uint32(p.Offset))
	if p.Line > 0 {
		s = fmt.Sprintf("%s:%d", b.FileOf(n), p.Line)
		if p.Column > 0 {
			s += fmt.Sprintf(":%d", p.Column)
		}
	}
	s += " in " + debugger.BriefName(p.Function) + p.Generic
	if p.Disabled {
		s += " (disabled)"
	}
	return s
}

// ids reads breakpoint numbers.
func (in *Interp) ids(words []string) ([]int, error) {
	var out []int
	for _, w := range words {
		if from, to, ok := strings.Cut(strings.Trim(w, ","), "-"); ok && from != "" {
			list, err := in.idRange(from, to)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
			continue
		}
		n, err := strconv.Atoi(strings.Trim(w, ","))
		if newest, ok := in.newest(); ok && w == "$" {
			n, err = newest, nil
		}
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

// idRange reads FROM-TO; numbers in between that no breakpoint has are left out.
func (in *Interp) idRange(from, to string) (out []int, err error) {
	a, err1 := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("%s-%s is no range of breakpoints' numbers", from, to)
	}
	for _, x := range in.Session.Breakpoints() {
		if a <= x.ID && x.ID <= b {
			out = append(out, x.ID)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no breakpoint has a number from %d to %d", a, b)
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
	if c.args == "" && c.name == "clear" { // gdb's: those of the present line
		ids, err := in.at("")
		if err != nil {
			return fmt.Errorf("which breakpoint? (breakpoints lists them)")
		}
		c.args = strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ", "), "[]")
	}
	if c.args == "" || c.args == "all" {
		return runClearAll(in, c)
	}
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
		kind := "Breakpoint"
		if b, err := in.breakpoint(id); err == nil {
			kind = kindOf(&b)
		}
		if err := in.Session.RemoveBreakpoint(id); err != nil {
			return err
		}
		delete(in.scripts, id)
		in.printf("%s %d removed.\n", kind, id)
	}
	return nil
}

// kindOf is what a person calls a breakpoint.
func kindOf(b *debugger.Breakpoint) string {
	switch {
	case b.Watch != nil:
		return "Watchpoint"
	case b.Catch != debugger.CatchNothing:
		return "Catchpoint"
	case b.LogMessage != "":
		return "Logpoint"
	}
	return "Breakpoint"
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
	in.scripts = nil
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

func runIgnore(in *Interp, c *call) error {
	words := c.words()
	if len(words) != 2 {
		return fmt.Errorf("ignore needs a breakpoint and a count: ignore 1 100")
	}
	n, err := strconv.Atoi(words[1])
	if err != nil || n < 0 {
		return fmt.Errorf("%q is no count of hits", words[1])
	}
	ids, err := in.ids(words[:1])
	if err != nil {
		return err
	}
	return in.change(ids[0], func(spec *debugger.BreakpointSpec) { spec.Ignore = n })
}

// change changes a breakpoint and describes it.
func (in *Interp) change(id int, f func(*debugger.BreakpointSpec)) error {
	b, err := in.breakpoint(id)
	if err != nil {
		return err
	}
	spec := b.BreakpointSpec
	f(&spec)
	nb, err := in.Session.ChangeBreakpoint(id, spec)
	if err != nil {
		return err
	}
	in.printf("%s\n", describe(&nb))
	return nil
}

// toggler enables or disables breakpoints, or places of them: 1, 1.2. enable once and enable count N
// end by themselves. Without numbers, all are meant.
func toggler(disable bool) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		words := c.words()
		stops := 0
		if !disable && len(words) > 0 && words[0] == "once" {
			stops, words = 1, words[1:]
		} else if !disable && len(words) > 1 && words[0] == "count" {
			n, err := strconv.Atoi(words[1])
			if err != nil || n < 1 {
				return fmt.Errorf("%q is no count of stops", words[1])
			}
			stops, words = n, words[2:]
		}
		if len(c.words()) == 0 {
			for _, b := range in.Session.Breakpoints() {
				words = append(words, strconv.Itoa(b.ID))
			}
		}
		for i, w := range words {
			id, place, ok := strings.Cut(w, ".")
			ids, err := in.ids([]string{id})
			if err != nil {
				return err
			}
			if !ok {
				if err := in.change(ids[0], func(spec *debugger.BreakpointSpec) { spec.Disabled, spec.Stops = disable, stops }); err != nil {
					return err
				}
				continue
			}
			n, err := strconv.Atoi(place)
			if err != nil {
				return fmt.Errorf("%q is no location of a breakpoint", words[i])
			}
			b, err := in.Session.EnablePlace(ids[0], n, !disable)
			if err != nil {
				return err
			}
			in.printf("%s %s\n", w, placed(&b, n-1))
		}
		if len(words) == 0 {
			return fmt.Errorf("which breakpoint? (breakpoints lists them)")
		}
		return nil
	}
}

// runToggle enables breakpoints that are disabled, and disables the others.
func runToggle(in *Interp, c *call) error {
	ids, err := in.ids(c.words())
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := in.change(id, func(spec *debugger.BreakpointSpec) { spec.Disabled, spec.Stops = !spec.Disabled, 0 }); err != nil {
			return err
		}
	}
	return nil
}
