package debugger

import (
	"fmt"
	"strings"

	"sphex/aot/abi"
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
)

func (k ReasonKind) String() string {
	return [...]string{"entry", "breakpoint", "step", "pause", "trap", "exited"}[k]
}

// Reason is why the program stopped. Only the field that belongs to Kind is meaningful.
type Reason struct {
	Kind       ReasonKind
	Breakpoint int   // ID
	Problem    error // ReasonBreakpoint: its condition could not be evaluated
	Trap       abi.Trap
	Text       string // ReasonTrap: what happened, in words
}

// Stop says why and where the program stopped. A stop carries all of its reasons: a step
// may end on a breakpoint.
type Stop struct {
	Reasons  []Reason
	ExitCode int      // ReasonExited
	Err      error    // ReasonExited: the run ended for a reason of the host's, not the program's
	Frame    *Frame   // the frame that the user looks at; nil when exited
	Returned []uint64 // ReasonExited: what the invoked function returned, one word each
	results  []string
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
		switch r.Kind {
		case ReasonBreakpoint:
			fmt.Fprintf(&b, "breakpoint %d", r.Breakpoint)
			if r.Problem != nil {
				fmt.Fprintf(&b, " (%v)", r.Problem)
			}
		case ReasonTrap:
			b.WriteString("trap: " + r.Text)
		case ReasonExited:
			if s.Err != nil {
				fmt.Fprintf(&b, "ended: %v", s.Err)
			} else {
				fmt.Fprintf(&b, "exited with status %d", s.ExitCode)
			}
		default:
			b.WriteString(r.Kind.String())
		}
	}
	return b.String()
}

// TrapStatus is the exit status of a program that a trap ended, as of one that an abort
// signal ended in a shell.
const TrapStatus = 134
