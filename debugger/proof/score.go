package proof

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// status is what is known of a pair of an address and a variable.
type status uint8

const (
	undescribed status = iota // the input says nothing there
	open                      // not compared yet
	live                      // compared while the program ran: equal
	called                    // compared while the function ran with made-up arguments: equal
	static                    // compared over random states: equal
	unknown                   // the operands' places are not known without running: there is a location, and no more is known
	lost                      // the output says nothing
	different
)

// Score counts pairs of an address and a variable.
type Score struct {
	Pairs     int // that the input describes
	Live      int // equal, compared while the program ran
	Called    int // equal, compared while functions ran with made-up arguments
	Static    int // equal, compared over random states
	Unchecked int // the output has a location, which could not be evaluated without running
	Lost      int // the output has none
	Different int
}

// Equal is the number of pairs that were compared and found equal.
func (s *Score) Equal() int { return s.Live + s.Called + s.Static }

// Percent is Equal of all Pairs; 100 if there are none.
func (s *Score) Percent() float64 {
	if s.Pairs == 0 {
		return 100
	}
	return 100 * float64(s.Equal()) / float64(s.Pairs)
}

func (s *Score) add(st status) {
	if st == undescribed {
		return
	}
	s.Pairs++
	switch st {
	case live:
		s.Live++
	case called:
		s.Called++
	case static:
		s.Static++
	case unknown, open:
		s.Unchecked++
	case lost:
		s.Lost++
	case different:
		s.Different++
	}
}

// Tally counts comparisons of another kind.
type Tally struct{ Compared, Different int }

// Exception is what is not conserved: pairs of one variable in one function for one reason.
type Exception struct {
	Kind      string // lost, different, unchecked, line, scope, frame, run
	Unit      string
	Function  string
	Variable  string
	Addresses int    // how many
	First     uint64 // the first of them, as a code offset
	Reason    string // both sides, or why there is nothing
}

func (e *Exception) String() string {
	return fmt.Sprintf("%s: %s: %s: %s: %d addresses from %#x: %s", e.Kind, e.Unit, e.Function, e.Variable, e.Addresses, e.First, e.Reason)
}

// Report is the outcome of a proof.
type Report struct {
	Functions   int // that the input describes
	Points      int // addresses looked at
	Reached     int // of these by a run
	Variables   Score
	Statics     Score // one pair each: a static has one place
	StaticBytes Tally // statics' bytes compared while the program ran
	Outer       Tally // variables of frames further out
	AtTraps     Tally // variables where the program trapped
	Lines       Tally
	Scopes      Tally // whether an address is in a block or an inlined call
	Calls       Tally // places of inlined calls
	Constants   Tally // variables whose entry has their value
	Rows        Tally // rows of the output that lead back to one of the input
	Stops       int   // of both runs together
	Removed     int   // statics that the linker removed
	Exceptions  []Exception
}

// Holds reports whether nothing was lost or different.
func (r *Report) Holds() bool { return len(r.Exceptions) == 0 }

func (p *proof) except(e Exception) {
	k := e
	k.Addresses, k.First, k.Reason = 0, 0, ""
	if i, ok := p.exceptions[k]; ok {
		p.report.Exceptions[i].Addresses++
		return
	}
	e.Addresses = max(e.Addresses, 1)
	p.exceptions[k] = len(p.report.Exceptions)
	p.report.Exceptions = append(p.report.Exceptions, e)
}

// sum counts all pairs.
func (p *proof) sum() {
	r := p.report
	for _, f := range p.order {
		r.Functions++
		r.Points += len(f.points)
		for i := range f.points {
			for k, v := range f.vars {
				st := *f.status(i, k)
				r.Variables.add(st)
				if st == lost || st == different {
					kind := "lost"
					if st == different {
						kind = "different"
					}
					p.except(Exception{Kind: kind, Unit: f.unit, Function: f.name, Variable: v.name, First: uint64(f.points[i].wasm), Reason: v.cause})
				}
			}
		}
	}
	for i, v := range p.statics {
		st := p.staticState[i]
		r.Statics.add(st)
		if st == lost || st == different {
			kind := "lost"
			if st == different {
				kind = "different"
			}
			unit := ""
			if root, err := v.in.Unit.Root(); err == nil {
				unit = root.Name()
			}
			p.except(Exception{Kind: kind, Unit: unit, Function: "(static)", Variable: v.name, First: uint64(v.in.Offset), Reason: v.cause})
		}
	}
	slices.SortStableFunc(r.Exceptions, func(a, b Exception) int { return cmp.Compare(b.Addresses, a.Addresses) })
}

// Header is the first line of a table of scores; Row makes the others.
const Header = "module                              pairs     live   called   static  unchk   lost   diff   score%   statics  lines    scopes   outer    stops\n"

// Row writes a report as one row of a table.
func (r *Report) Row(w io.Writer, name string) {
	v := &r.Variables
	ok := func(t Tally) string {
		if t.Different == 0 {
			return fmt.Sprint(t.Compared)
		}
		return fmt.Sprintf("%d!%d", t.Compared, t.Different)
	}
	fmt.Fprintf(w, "%-32s %8d %8d %8d %8d %6d %6d %6d %8.3f  %8s %8s %8s %8s %8d\n", name, v.Pairs, v.Live, v.Called, v.Static, v.Unchecked, v.Lost, v.Different,
		v.Percent(), ok(Tally{r.Statics.Pairs, r.Statics.Pairs - r.Statics.Equal()}), ok(r.Lines), ok(r.Scopes), ok(r.Outer), r.Stops)
}

// AvailabilityHeader is the first line of a table of availability; Availability.Row makes the
// others.
const AvailabilityHeader = "module                       statements  in scope  allowed    shown |    stops  in scope  allowed (in part)    shown (in part) | statics  allowed    shown\n"

// Row writes the counts as one row of a table.
func (a *Availability) Row(w io.Writer, name string) {
	percent := func(n, of int) string {
		if of == 0 {
			return "-"
		}
		return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
	}
	s, q := &a.Said, &a.Asked
	fmt.Fprintf(w, "%-28s %10d %9d %8s %8s | %8d %9d %8s %9s %8s %9s | %7d %8s %8s\n", name, a.Statements, s.InScope, percent(s.Whole+s.Part, s.InScope),
		percent(s.WholeShown+s.PartShown, s.InScope), a.Stops, q.InScope, percent(q.Whole+q.Part, q.InScope), percent(q.Part, q.InScope),
		percent(q.WholeShown+q.PartShown, q.InScope), percent(q.PartShown, q.InScope), a.Statics, percent(a.StaticAllowed, a.Statics), percent(a.StaticShown, a.Statics))
}
