package debugger

import (
	"fmt"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// BreakpointSpec is what a user asks for. Exactly one of File, Function, Text, Code and
// Offset says where.
type BreakpointSpec struct {
	File     string // path or the end of one, with Line
	Line     int
	Column   int // 0: any
	Function string
	Text     *abi.TextOffset
	Code     *wasm.CodeOffset
	Offset   *wasm.FileOffset

	Condition    string // expression; "" is true
	HitCondition string // "5", "== 5", ">= 3", "> 3", "< 3", "<= 3", "% 2"; counts hits whose condition holds
	LogMessage   string // with {expression}; the program goes on
	Temporary    bool   // removed at its first stop
	Disabled     bool
}

// String renders where the breakpoint is: main.rs:12, main::run, code 0x1234.
func (b *BreakpointSpec) String() string {
	switch {
	case b.Text != nil:
		return fmt.Sprintf("text %#x", uint32(*b.Text))
	case b.Code != nil:
		return fmt.Sprintf("code %#x", uint32(*b.Code))
	case b.Offset != nil:
		return fmt.Sprintf("offset %#x", uint32(*b.Offset))
	case b.Function != "":
		return b.Function
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
}

// Bound tells whether the breakpoint has code to stop at.
func (b *Breakpoint) Bound() bool { return len(b.Places) > 0 }

// BreakPlace is one address of a breakpoint: a line may be in several functions, inlined
// copies and generic instances.
type BreakPlace struct {
	Text     abi.TextOffset
	Code     wasm.CodeOffset
	Offset   wasm.FileOffset
	Function string
	File     string // as in DWARF
	Line     int
	Column   int
}

// breakpoint is the session's own form of a logical breakpoint.
type breakpoint struct {
	Breakpoint
	cond *value.Expr // nil: true
	hit  hitCondition
	log  []logPart
}

// atPlace is a logical breakpoint at one address: what a physical one stands for.
type atPlace struct {
	b     *breakpoint
	place *BreakPlace
	sym   *symbols.Frame // that its expressions are evaluated in
	scope *value.Scope   // made at the first stop
}

// parse checks the parts of a specification that are expressions of their own.
func (b *breakpoint) parse() (err error) {
	if b.Condition != "" {
		if b.cond, err = value.Parse(b.Condition); err != nil {
			return fmt.Errorf("condition %q: %w", b.Condition, err)
		}
	}
	if b.hit, err = parseHitCondition(b.HitCondition); err != nil {
		return err
	}
	b.log, err = parseLogMessage(b.LogMessage)
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
	b.Places, b.Message = s.image.bind(&b.BreakpointSpec)
	var result Breakpoint
	err := s.do(func() {
		s.lastID++
		b.ID = s.lastID
		s.breakpoints = append(s.breakpoints, b)
		s.arm()
		result = b.Breakpoint
	})
	return result, err
}

// ChangeBreakpoint replaces conditions, log message, Temporary and Disabled of a breakpoint
// by spec's; its place and hit count stay.
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
		b.Condition, b.HitCondition, b.LogMessage = spec.Condition, spec.HitCondition, spec.LogMessage
		b.Temporary, b.Disabled = spec.Temporary, spec.Disabled
		b.cond, b.hit, b.log = changed.cond, changed.hit, changed.log
		result = b.Breakpoint
		s.arm()
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
			list = append(list, b.Breakpoint)
		}
	})
	return list
}

// FindPlaces returns where a breakpoint would bind, and its message, without setting it.
func (s *Session) FindPlaces(spec BreakpointSpec) ([]BreakPlace, string) {
	return s.image.bind(&spec)
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
	s.breakpoints = slices.DeleteFunc(s.breakpoints, func(b *breakpoint) bool { return b.ID == id })
	s.arm()
}

// arm makes the physical breakpoints those of the enabled logical ones.
func (s *Session) arm() {
	clear(s.armed)
	for _, b := range s.breakpoints {
		if b.Disabled {
			continue
		}
		for i := range b.Places {
			p := &b.Places[i]
			s.armed[p.Text] = append(s.armed[p.Text], atPlace{b: b, place: p, sym: s.image.frameFor(p)})
		}
	}
	if s.program != nil { // else the next run plants them
		setTraps(s.traps, userTraps, s.armed)
	}
}

// checkBreakpoints decides which logical breakpoints stop at pc. It counts hits and writes
// log messages.
func (s *Session) checkBreakpoints(pc abi.TextOffset) (reasons []Reason, shown int) {
	at := s.armed[pc]
	if len(at) == 0 {
		return nil, 0
	}
	gone := 0
	for i := range at {
		h := &at[i]
		b := h.b
		problem := error(nil)
		if b.cond != nil {
			ok, err := s.condition(h)
			if err != nil {
				problem = fmt.Errorf("condition %q: %w", b.Condition, err)
			} else if !ok {
				continue
			}
		}
		b.Hits++
		if problem == nil && !b.hit.holds(b.Hits) {
			continue
		}
		if problem == nil && b.LogMessage != "" {
			s.emit(&LogOutput{Breakpoint: b.ID, Text: s.logText(h), Frame: s.topFrame()})
			continue
		}
		reasons = append(reasons, Reason{Kind: ReasonBreakpoint, Breakpoint: b.ID, Problem: problem})
		shown = max(shown, h.place.shownAt(s.image.levelsAt(pc)))
		if b.Temporary {
			gone++
		}
	}
	if gone > 0 {
		for _, r := range reasons {
			if b := s.breakpointByID(r.Breakpoint); b.Temporary {
				s.remove(b.ID)
				s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint, Removed: true})
			}
		}
	}
	return reasons, shown
}

// condition evaluates a breakpoint's condition in the frame that it would show.
func (s *Session) condition(h *atPlace) (bool, error) { return s.scopeHere(h).Truth(h.b.cond) }

// scopeHere returns the scope of the stop at h, good until the next one.
func (s *Session) scopeHere(h *atPlace) *value.Scope {
	s.top = valueFrame{s: s, epoch: s.epoch.Load(), p: s.innermost()}
	if h.scope == nil {
		h.scope = &value.Scope{Table: s.image.table, Types: s.image.types, Sym: h.sym}
	}
	h.scope.Move(&s.top)
	return h.scope
}

func (s *Session) logText(h *atPlace) string {
	scope := s.scopeHere(h)
	var t strings.Builder
	for _, p := range h.b.log {
		if p.expr == nil {
			t.WriteString(p.text)
			continue
		}
		v, err := scope.EvalExpr(p.expr)
		if err != nil {
			fmt.Fprintf(&t, "<%v>", err)
			continue
		}
		t.WriteString(v.String())
	}
	return t.String()
}
