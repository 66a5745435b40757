package debugger

import (
	"slices"

	"sphex/aot/abi"
)

// A step is a plan: the addresses at which the program must stop so that the step ends. One
// physical function holds several logical ones, since calls are inlined, so that positions
// are compared by their chain of logical frames.
//
// The plan of a step from a logical frame F, whose chain of frames from its physical
// function inwards is I, on line L:
//
//	over  each statement of the physical function that, in this activation (its CFA is F's), is
//	        in F on another line than L, or
//	        in a frame of I that F was inlined into: F has returned;
//	      the return address of the physical frame, or of the next outer one in the scope.
//	in    as over, and
//	      each statement in a call inlined into F: entered like a call;
//	      each call of the physical function: the call is executed by single steps, and the
//	        callee's first statement behind its prologue becomes a stop. A callee that is not
//	        in the scope is run to its return, with stops at the first statements of the
//	        functions in the scope that it may call back.
//	until as over, but not for a statement of F in front of L: a loop's next round.
//	out   when F was inlined, each statement of this activation outside of F;
//	      the return address, as above.
//
// Only code in the step's scope counts (stepScope): code with lines, as a rule in files that
// are on this machine. Where F returns into code outside of the scope, its own statements
// are taken out of the plan, since a new activation may have the same CFA.
//
// Where an inlined call begins, several logical positions share one address: the line of
// the call in the outer frame and the first line of the inlined function. A stop therefore
// says how many frames of the chain are shown; the others are hidden until a step enters
// them, which moves nothing.

type stepKind uint8

const (
	stepOver stepKind = iota
	stepIn
	stepOut
	stepUntil // as over, but not back to an earlier line
)

// within tells whether the step passes over calls.
func (k stepKind) within() bool { return k == stepOver || k == stepUntil }

// frameKey names one logical frame inside of a physical function: the function itself, or
// one inlined copy of another.
type frameKey struct {
	lo, hi abi.TextOffset // first range
	name   string
	depth  int // in the chain: a destructor is inlined into another of its name, and is all of it
}

// level is one logical frame at a statement.
type level struct {
	key    frameKey
	file   string // position in this frame: of the inlined call for all but the innermost
	line   int
	column int
	starts bool // the inlined call begins at this statement
}

// statement is a stop site that begins a source line, with its logical frames, outermost first.
type statement struct {
	text   abi.TextOffset
	levels []level
}

// origin is where a step starts.
type origin struct {
	chain []frameKey // outermost first
	file  string
	line  int
}

// planStop is an address where a step ends and how many logical frames are shown there.
type planStop struct {
	text  abi.TextOffset
	shown int
}

// common returns how many outer frames of a statement are those of chain.
func common(chain []frameKey, levels []level) int {
	n := 0
	for n < len(chain) && n < len(levels) && chain[n] == levels[n].key {
		n++
	}
	return n
}

// outermost returns the smallest number of frames that can be shown at a statement: the
// rest begin there.
func outermost(levels []level) int {
	n := len(levels)
	for n > 1 && levels[n-1].starts {
		n--
	}
	return n
}

// planStatements chooses the statements of the origin's physical function where a step
// ends. It is a pure function of its arguments.
func planStatements(kind stepKind, from origin, statements []statement) []planStop {
	var stops []planStop
	for i := range statements {
		s := &statements[i]
		if shown := endsAt(kind, from, s.levels); shown > 0 {
			stops = append(stops, planStop{s.text, shown})
		}
	}
	return stops
}

// endsAt returns how many frames to show if a step from the origin ends at a statement with
// these frames, and 0 if it goes on.
func endsAt(kind stepKind, from origin, levels []level) int {
	same, least := common(from.chain, levels), outermost(levels)
	if same == 0 {
		return 0
	}
	left := same < len(from.chain) // F has returned into a frame that it was inlined into
	at := &levels[same-1]
	moved := at.line != from.line || at.file != from.file
	switch kind {
	case stepUntil:
		if same >= least && (left || moved && (at.file != from.file || at.line > from.line)) {
			return same
		}
	case stepOver:
		if same >= least && (left || moved) {
			return same
		}
	case stepIn:
		switch {
		case same >= least && (left || moved):
			return same
		case left:
			return least
		case len(levels) > same:
			return max(least, same+1)
		}
	case stepOut:
		if left {
			return max(least, same)
		}
	}
	return 0
}

// keys returns the chain of the first n frames.
func keys(levels []level, n int) []frameKey {
	chain := make([]frameKey, n)
	for i := range chain {
		chain[i] = levels[i].key
	}
	return chain
}

// shownAfterReturn returns how many frames to show at levels when a callee has returned to
// a frame with this chain.
func shownAfterReturn(chain []frameKey, levels []level) int {
	return max(common(chain, levels), outermost(levels))
}

// statementAt returns the statement at exactly text, or nil.
func statementAt(statements []statement, text abi.TextOffset) *statement {
	i, ok := slices.BinarySearchFunc(statements, text, func(s statement, t abi.TextOffset) int {
		return int(int64(s.text) - int64(t))
	})
	if !ok {
		return nil
	}
	return &statements[i]
}
