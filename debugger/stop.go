package debugger

import (
	"fmt"
	"strings"

	"sphex/aot/abi"
	"sphex/debugger/value"
)

// ReasonKind is one reason for a stop.
type ReasonKind uint8

const (
	ReasonEntry      ReasonKind = iota // the program stands before its first statement
	ReasonBreakpoint                   // Breakpoint was hit
	ReasonStep                         // a step ended
	ReasonPause                        // Pause asked for it
	ReasonTrap                         // Trap: the program can't go on
	ReasonExited                       // the program ended with ExitCode
	ReasonPanic                        // the program gives up and has not yet unwound or printed anything: Text
	ReasonCatch                        // another event that is caught: Catch, Text
	ReasonWatch                        // Breakpoint is a watchpoint: Old, New, Wrote, Place
	ReasonRestored                     // the checkpoint Breakpoint was restored
	ReasonWatchEnd                     // the frame that the watchpoint Breakpoint belonged to has returned: Old, Place.Function
)

func (k ReasonKind) String() string {
	return [...]string{"entry", "breakpoint", "step", "pause", "trap", "exited", "panic", "catch", "watch", "restored", "end of watch"}[k]
}

// Reason is why the program stopped. Only the field that belongs to Kind is meaningful.
type Reason struct {
	Kind       ReasonKind
	Breakpoint int   // ID
	Problem    error // ReasonBreakpoint: its condition could not be evaluated
	Trap       abi.Trap
	Catch      CatchKind // ReasonPanic, ReasonCatch: of which kind
	Text       string    // ReasonStep: what it has waited for, in words; ReasonTrap, ReasonPanic, ReasonCatch: what happened, in words; ReasonWatch: what is watched
	Old, New   string    // ReasonWatch: the value before and behind the access
	Wrote      bool      // ReasonWatch: it has changed
	Place      *Place    // ReasonWatch: of who did it; nil if it is not known
}

// Stop says why and where the program stopped. A stop carries all of its reasons: a step
// may end on a breakpoint.
type Stop struct {
	Reasons  []Reason
	ExitCode int      // ReasonExited
	Err      error    // ReasonExited: the run ended for a reason of the host's, not the program's
	Frame    *Frame   // the frame that the user looks at; nil when exited
	Thread   int      // in which it is, which is the one that stopped
	Returned []uint64 // ReasonExited: what the invoked function returned, one word each
	// Value is what the function returned that the step has left; nil if it is not known. It is good
	// until the program runs on; Session.Returned makes a fresh one.
	Value   *value.Variable
	results []string
}

// Has tells whether kind is among the reasons.
func (s *Stop) Has(kind ReasonKind) bool {
	for i := range s.Reasons {
		if s.Reasons[i].Kind == kind {
			return true
		}
	}
	return false
}

// Results renders what the invoked function returned, one text per result.
func (s *Stop) Results() []string { return s.results }

// Exited tells whether the program has ended.
func (s *Stop) Exited() bool { return s.Has(ReasonExited) }

// Trap returns the trap that stopped the program, or nil.
func (s *Stop) Trap() *Reason {
	for i := range s.Reasons {
		if s.Reasons[i].Kind == ReasonTrap {
			return &s.Reasons[i]
		}
	}
	return nil
}

// Breakpoints returns the IDs of the breakpoints that were hit.
func (s *Stop) Breakpoints() []int {
	var ids []int
	for i := range s.Reasons {
		if s.Reasons[i].Kind == ReasonBreakpoint {
			ids = append(ids, s.Reasons[i].Breakpoint)
		}
	}
	return ids
}

// String renders the reasons in words: "breakpoint 1, step", "trap: unreachable executed".
func (s *Stop) String() string {
	var b strings.Builder
	for i := range s.Reasons {
		r := &s.Reasons[i]
		if i > 0 {
			b.WriteString(", ")
		}
		switch {
		case r.Kind != ReasonExited:
			b.WriteString(r.String())
		case s.Err != nil:
			fmt.Fprintf(&b, "ended: %v", s.Err)
		default:
			fmt.Fprintf(&b, "exited with status %d", s.ExitCode)
		}
	}
	return b.String()
}

// String renders the reason in words.
func (r *Reason) String() string {
	switch r.Kind {
	case ReasonBreakpoint:
		text := fmt.Sprintf("breakpoint %d", r.Breakpoint)
		if r.Problem != nil {
			text += fmt.Sprintf(" (%v)", r.Problem)
		}
		return text
	case ReasonWatch:
		return fmt.Sprintf("watchpoint %d: %s", r.Breakpoint, r.Change())
	case ReasonRestored:
		return fmt.Sprintf("checkpoint %d", r.Breakpoint)
	case ReasonWatchEnd:
		return fmt.Sprintf("watchpoint %d is over: %s has returned", r.Breakpoint, r.Place.Function)
	case ReasonStep:
		if r.Text != "" {
			return "step: " + r.Text
		}
	case ReasonTrap:
		return "trap: " + r.Text
	case ReasonPanic:
		return "panic: " + r.Text
	case ReasonCatch:
		return fmt.Sprintf("%v: %s", r.Catch, r.Text)
	}
	return r.Kind.String()
}

// Event returns the panic or another event that was caught, or nil.
func (s *Stop) Event() *Reason {
	for i := range s.Reasons {
		if k := s.Reasons[i].Kind; k == ReasonPanic || k == ReasonCatch {
			return &s.Reasons[i]
		}
	}
	return nil
}

// TrapStatus is the exit status of a program that a trap ended, as of one that an abort
// signal ended in a shell.
const TrapStatus = 134
