package debugger

import (
	"fmt"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/value"
)

// BreakpointSpec is what a user asks for. Exactly one of File, Function, Pattern, Text, Code and
// Offset says where; File may stand with Function.
type BreakpointSpec struct {
	File     string // path or the end of one, with Line, Function or EveryFunction; a whole path is one of this machine, too (LocalFile)
	Line     int
	Column   int // 0: any
	Function string
	Pattern  string // regular expression: all functions with such a name
	Text     *abi.TextOffset
	Code     *wasm.CodeOffset
	Offset   *wasm.FileOffset

	// Catch makes it a catchpoint, of an event and not of a place. CatchName chooses among them: a host
	// function for CatchHost (a pattern of path.Match), a kind of trap for CatchTrap; "" is any.
	Catch     CatchKind
	CatchName string

	Condition    string // expression; "" is true
	HitCondition string // "5", "== 5", ">= 3", "> 3", "< 3", "<= 3", "% 2"; counts hits whose condition holds
	LogMessage   string // with {expression} or {expression:x}; the program goes on
	Temporary    bool   // removed at its first stop
	Disabled     bool
	Ignore       int // so many hits whose condition holds are passed over
	Stops        int // disabled after so many stops; 0: never
	Thread       int // the only one that it stops; 0: any

	EveryFunction bool // the functions that File has
}

// String renders where the breakpoint is: main.rs:12, main::run, code 0x1234.
func (b *BreakpointSpec) String() string {
	switch {
	case b.Catch != CatchNothing:
		return strings.TrimSpace(b.Catch.String() + " " + b.CatchName)
	case b.Text != nil:
		return fmt.Sprintf("text %#x", uint32(*b.Text))
	case b.Code != nil:
		return fmt.Sprintf("code %#x", uint32(*b.Code))
	case b.Offset != nil:
		return fmt.Sprintf("offset %#x", uint32(*b.Offset))
	case b.Function != "" && b.File != "":
		return b.File + ":" + b.Function
	case b.Function != "":
		return b.Function
	case b.Pattern != "":
		return "functions like " + b.Pattern
	case b.EveryFunction:
		return b.File + ":*"
	}
	return fmt.Sprintf("%s:%d", b.File, b.Line)
}

// Breakpoint is a logical breakpoint: what the user asked for and where it got bound.
type Breakpoint struct {
	ID int
	BreakpointSpec
	Hits   int          // times that a stop here had its condition fulfilled
	Places []BreakPlace // empty: not bound
	// Message says why the breakpoint is not bound, or that its line moved; "" otherwise.
	Message string
	Watch   *WatchInfo // of a watchpoint; nil: a breakpoint
}

// Bound tells whether the breakpoint has code to stop at.
func (b *Breakpoint) Bound() bool { return len(b.Places) > 0 || b.Watch != nil }

// BreakPlace is one address of a breakpoint: a line may be in several functions, inlined
// copies and generic instances.
type BreakPlace struct {
	Text     abi.TextOffset
	Code     wasm.CodeOffset
	Offset   wasm.FileOffset
	Function string
	Generic  string // arguments of a generic function's instance that Function lacks: <f64>
	File     string // as in DWARF
	Line     int
	Column   int
	Disabled bool // by itself: see EnablePlace
}

// breakpoint is the session's own form of a logical breakpoint.
type breakpoint struct {
	Breakpoint
	watch  *watch      // of a watchpoint
	cond   *value.Expr // nil: true
	calls  bool        // cond or log may run a function of the program
	hit    hitCondition
	log    []logPart
	ignore int // as it was asked for; Ignore counts down
}

// parse checks the parts of a specification that are expressions of their own.
func (b *breakpoint) parse() (err error) {
	if b.Condition != "" {
		if b.cond, err = value.Parse(b.Condition); err != nil {
			return fmt.Errorf("condition %q: %w", b.Condition, err)
		}
		b.calls = b.cond.MayCall()
	}
	if b.hit, err = parseHitCondition(b.HitCondition); err != nil {
		return err
	}
	b.ignore = b.Ignore
	b.log, err = parseLogMessage(b.LogMessage)
	for i := range b.log {
		b.calls = b.calls || b.log[i].expr != nil && b.log[i].expr.MayCall()
	}
	return err
}

// SetBreakpoint adds a breakpoint. One that can't be bound is kept, with the reason in its
// Message; an error means that the request itself is wrong (a condition or a log
// message that doesn't parse).
func (s *Session) SetBreakpoint(spec BreakpointSpec) (Breakpoint, error) {
	b := &breakpoint{Breakpoint: Breakpoint{BreakpointSpec: spec}}
	if err := b.parse(); err != nil {
		return Breakpoint{}, err
	}
	im := s.imageNow()
	b.Places, b.Message = s.bind(im, &b.BreakpointSpec)
	var result Breakpoint
	err := s.do(func() {
		if im != s.image { // loaded meanwhile
			b.Places, b.Message = s.bind(s.image, &b.BreakpointSpec)
		}
		if len(b.Places) == 0 {
			b.Message = s.inPreloaded(&b.BreakpointSpec, b.Message)
		}
		s.lastID++
		b.ID = s.lastID
		s.breakpoints = append(s.breakpoints, b)
		s.armOne(b)
		result = b.Breakpoint
	})
	return result, err
}

// ChangeBreakpoint replaces conditions, log message, Ignore, Stops, Temporary and Disabled of a
// breakpoint by spec's; its place and hit count stay.
func (s *Session) ChangeBreakpoint(id int, spec BreakpointSpec) (Breakpoint, error) {
	changed := &breakpoint{Breakpoint: Breakpoint{BreakpointSpec: spec}}
	if err := changed.parse(); err != nil {
		return Breakpoint{}, err
	}
	var result Breakpoint
	var failed error
	err := s.do(func() {
		b := s.breakpointByID(id)
		if b == nil {
			failed = errNoBreakpoint(id)
			return
		}
		s.disarm(b)
		b.Condition, b.HitCondition, b.LogMessage = spec.Condition, spec.HitCondition, spec.LogMessage
		b.Temporary, b.Disabled, b.Ignore, b.Stops, b.Thread = spec.Temporary, spec.Disabled, spec.Ignore, spec.Stops, spec.Thread
		b.calls, b.cond, b.hit, b.log, b.ignore = changed.calls, changed.cond, changed.hit, changed.log, changed.ignore
		s.armOne(b)
		result = b.Breakpoint
	})
	if err == nil {
		err = failed
	}
	return result, err
}

// EnablePlace enables or disables one place of a breakpoint by its number, counted from 1. The others, and
// the breakpoint as a whole, stay as they are.
func (s *Session) EnablePlace(id, place int, enabled bool) (Breakpoint, error) {
	var result Breakpoint
	var failed error
	err := s.do(func() {
		b := s.breakpointByID(id)
		switch {
		case b == nil:
			failed = errNoBreakpoint(id)
			return
		case place < 1 || place > len(b.Places):
			failed = fmt.Errorf("breakpoint %d has %s", id, count(len(b.Places), "location"))
			return
		}
		s.disarm(b)
		b.Places = slices.Clone(b.Places) // clients have the old ones
		b.Places[place-1].Disabled = !enabled
		s.armOne(b)
		result = b.Breakpoint
	})
	if err == nil {
		err = failed
	}
	return result, err
}

// RemoveBreakpoint removes a breakpoint.
func (s *Session) RemoveBreakpoint(id int) error {
	var failed error
	if err := s.do(func() {
		if s.breakpointByID(id) == nil {
			failed = errNoBreakpoint(id)
			return
		}
		s.remove(id)
	}); err != nil {
		return err
	}
	return failed
}

func errNoBreakpoint(id int) error { return fmt.Errorf("there is no breakpoint %d", id) }

// Breakpoints lists all breakpoints by ID.
func (s *Session) Breakpoints() []Breakpoint {
	var list []Breakpoint
	_ = s.do(func() { // a closed session has none
		for _, b := range s.breakpoints {
			if b.ID > 0 { // the others are the session's own: see Catchpoints
				list = append(list, b.Breakpoint)
			}
		}
	})
	return list
}

// FindPlaces returns where a breakpoint would bind, and its message, without setting it.
func (s *Session) FindPlaces(spec BreakpointSpec) ([]BreakPlace, string) {
	return s.bind(s.imageNow(), &spec)
}

func (s *Session) breakpointByID(id int) *breakpoint {
	for _, b := range s.breakpoints {
		if b.ID == id {
			return b
		}
	}
	return nil
}

func (s *Session) remove(id int) {
	i := slices.IndexFunc(s.breakpoints, func(b *breakpoint) bool { return b.ID == id })
	b := s.breakpoints[i]
	s.disarm(b)
	s.breakpoints = slices.Delete(s.breakpoints, i, i+1)
	if b.watch != nil {
		s.armWatches()
	}
}
