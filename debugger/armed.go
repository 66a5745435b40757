package debugger

import (
	"fmt"

	"sphex/aot/abi"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// armedSite is the enabled breakpoints at one address: what a physical one stands for.
type armedSite struct {
	text  abi.TextOffset
	at    []*atPlace
	trace *tracePoint // nil: none
	hook  bool
	cfa   abi.Addr // distance of the canonical frame address from the stack pointer; 0: not known yet
}

// atPlace is a logical breakpoint at one address.
type atPlace struct {
	b     *breakpoint
	place *BreakPlace
	found bool
	sym   *symbols.Frame // that its expressions are evaluated in
	scope *value.Scope   // made at the first stop
	fast  fastCondition
	frame *Frame // that log messages show as their place
}

// arm makes the physical breakpoints those of the enabled logical ones.
func (s *Session) arm() {
	for _, b := range s.breakpoints {
		s.disarm(b)
	}
	for _, b := range s.breakpoints {
		s.armOne(b)
	}
}

// armOne adds the places of a breakpoint, if it is enabled, to those where the program is looked at.
func (s *Session) armOne(b *breakpoint) {
	if b.watch != nil {
		s.armWatches()
	}
	if b.Disabled {
		return
	}
	var texts []abi.TextOffset
	var sites []*armedSite
	for i := range b.Places {
		p := &b.Places[i]
		if p.Disabled {
			continue
		}
		x := s.siteAt(p.Text)
		x.at = append(x.at, &atPlace{b: b, place: p})
		texts, sites = append(texts, p.Text), append(sites, x)
	}
	if s.program == nil || s.traps == nil { // the next run plants them
		return
	}
	s.traps.add(userTraps, texts...)
	for _, x := range sites {
		s.setHook(x)
	}
}

// siteAt returns what is armed at an address, for more to be put there.
func (s *Session) siteAt(text abi.TextOffset) *armedSite {
	x := s.armed[text]
	if x == nil {
		x = &armedSite{text: text}
		s.armed[text] = x
	}
	return x
}

// disarm is the reverse of armOne.
func (s *Session) disarm(b *breakpoint) {
	var gone []abi.TextOffset
	for i := range b.Places {
		x := s.armed[b.Places[i].Text]
		if x == nil {
			continue
		}
		rest := x.at[:0:0] // a hit may be looking at the old ones
		for _, h := range x.at {
			if h.b != b {
				rest = append(rest, h)
			}
		}
		if len(rest) == len(x.at) {
			continue
		}
		if x.at = rest; len(rest) == 0 {
			gone = append(gone, x.text)
			if x.trace == nil {
				delete(s.armed, x.text)
			}
		}
		if s.program != nil && s.traps != nil {
			s.setHook(x)
		}
	}
	if s.program != nil && s.traps != nil {
		s.traps.drop(userTraps, gone...)
	}
}

// rearmed starts with a program that has no physical breakpoints.
func (s *Session) rearmed() {
	s.traps = newTrapSet(s.changeTraps)
	clear(s.armed)
	for _, b := range s.breakpoints {
		s.armOne(b)
	}
	s.rearmTrace()
}

// symbol returns the logical frame that expressions of the breakpoint are evaluated in.
func (h *atPlace) symbol(im *image) *symbols.Frame {
	if !h.found {
		h.sym, h.found = im.frameFor(h.place), true
	}
	return h.sym
}

// checkBreakpoints decides which logical breakpoints stop at pc. It counts hits and writes
// log messages.
func (s *Session) checkBreakpoints(pc abi.TextOffset) (reasons []Reason, shown int) {
	x := s.armed[pc]
	if x == nil {
		return nil, 0
	}
	if x.trace != nil {
		s.traceHere(x.trace)
	}
	var spent []*breakpoint
	for _, h := range x.at {
		b := h.b
		if b.Thread != 0 && b.Thread != s.threadNumber() {
			continue
		}
		problem := error(nil)
		var event Reason // of a catchpoint
		if b.Catch != CatchNothing {
			var ok bool
			if event, ok = s.caught(h); !ok {
				continue
			}
		}
		if b.cond != nil {
			ok, err := s.condition(x, h)
			if err != nil {
				problem = fmt.Errorf("condition %q: %w", b.Condition, err)
			} else if !ok {
				continue
			}
		}
		b.Hits++
		if problem == nil && b.Ignore > 0 {
			b.Ignore--
			continue
		}
		if problem == nil && !b.hit.holds(b.Hits) {
			continue
		}
		if problem == nil && b.LogMessage != "" {
			s.log(x, h)
			continue
		}
		if b.Catch != CatchNothing {
			reasons = append(reasons, event)
		}
		if b.ID > 0 {
			reasons = append(reasons, Reason{Kind: ReasonBreakpoint, Breakpoint: b.ID, Problem: problem})
		}
		shown = max(shown, h.place.shownAt(s.image.levelsAt(pc)))
		if b.Temporary || b.Stops > 0 {
			spent = append(spent, b)
		}
	}
	for _, b := range spent {
		if b.Temporary {
			s.remove(b.ID)
			s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint, Removed: true})
		} else if b.Stops--; b.Stops == 0 {
			s.disarm(b)
			b.Disabled = true
			s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint})
		}
	}
	return reasons, shown
}

// scopeHere returns the scope of the stop at h, good until the next one.
func (s *Session) scopeHere(h *atPlace) *value.Scope {
	s.top = valueFrame{s: s, epoch: s.epoch.Load(), p: s.innermost()}
	if h.scope == nil {
		sym := h.symbol(s.image)
		h.scope = &value.Scope{Table: s.image.table, Types: s.image.types, Sym: sym, Macros: s.macrosFor(sym)}
	}
	h.scope.Move(&s.top)
	return h.scope
}
