package debugger

import (
	"sphex/aot/abi"
	"sphex/debugger/value"
	"sphex/runtime"
)

// A breakpoint that lets the program go on must cost little: it is met by a hook of the runtime, on the
// goroutine that runs the program, and decided there by a compiled condition and the count of hits.
// Everything else takes the way through checkBreakpoints: what stops, what writes a log message,
// and conditions that can't be compiled, or whose evaluation meets an error.

// fastCondition is the compiled form of a breakpoint's condition at one place.
type fastCondition struct {
	compiled *value.Condition
	attempts int
	passed   bool // in a hook: this hit counts

	log         []*value.Number // the expressions of a log message, nil for its texts; nil: not compiled
	logAttempts int
}

// mostAttempts bounds how often a condition is compiled that can't be: what it needs may only be there
// later, as what a pointer points at.
const mostAttempts = 20

// condition evaluates a breakpoint's condition in the frame that it would show.
func (s *Session) condition(x *armedSite, h *atPlace) (bool, error) {
	scope := s.scopeHere(h)
	truth := scope.Truth
	if s.deciding {
		truth = scope.TruthCalling
	}
	ok, err := truth(h.b.cond)
	if f := &h.fast; err == nil && f.compiled == nil && f.attempts < mostAttempts && x.hook {
		f.attempts++
		if s.knowCFA(x) {
			f.compiled = scope.Compile(h.b.cond, runtime.GeneralIndex)
		}
	}
	return ok, err
}

// mayCall reports whether a breakpoint at pc has a condition or a message that may run a function of the program. Nothing
// can be called before the program stands.
func (s *Session) mayCall(pc abi.TextOffset) bool {
	x := s.armed[pc]
	if x == nil {
		return false
	}
	for _, h := range x.at {
		if h.b.calls {
			return true
		}
	}
	return false
}

// knowCFA notes where the canonical frame address is at a site where the program stands.
func (s *Session) knowCFA(x *armedSite) bool {
	top := s.innermost()
	if top == nil || !top.guest() || top.cfa <= top.SP {
		return false
	}
	x.cfa = top.cfa - top.SP
	return true
}

// setHook puts a hook on a site whose breakpoints may all let the program go on, or takes it away.
func (s *Session) setHook(x *armedSite) {
	want := len(x.at) > 0 && x.trace == nil
	for _, h := range x.at {
		b := h.b
		want = want && b.Catch == CatchNothing && b.Thread == 0 && (b.cond != nil || b.hit.op != "" || b.Ignore > 0 || b.LogMessage != "")
	}
	if want == x.hook {
		return
	}
	x.hook = want
	var hook func(*runtime.Hit) bool
	if want {
		hook = func(h *runtime.Hit) bool { return s.hooked(x, h) }
	}
	if err := s.program.instance.SetHook(x.text, hook); err != nil {
		panic("debugger: hook: " + err.Error()) // there is a breakpoint
	}
}

// hooked decides, in the middle of a run, whether anything but counting is to be done at a site.
func (s *Session) hooked(x *armedSite, at *runtime.Hit) (stop bool) {
	if w := s.program.threads; w != nil && w.several.Load() {
		w.turn.Lock()
		defer w.turn.Unlock()
	}
	if s.current != nil && s.current.wants(x.text) || len(s.watchTraps[x.text]) > 0 {
		return true
	}
	probed, counted := false, false
	for _, h := range x.at {
		b, f := h.b, &h.fast
		f.passed = false
		if b.cond != nil {
			if f.compiled == nil {
				return true
			}
			if !probed {
				s.look(at, x)
				probed = true
			}
			holds, ok := f.compiled.Holds(&s.probe)
			if !ok {
				return true
			}
			if !holds {
				continue
			}
		}
		if b.Ignore == 0 && b.hit.holds(b.Hits+1) {
			if f.log == nil || len(x.at) > 1 {
				return true
			}
			if !probed {
				s.look(at, x)
			}
			if !s.logFast(h) {
				return true
			}
		}
		f.passed, counted = true, true
	}
	for _, h := range x.at {
		if counted && h.fast.passed {
			h.b.Hits++
			h.b.Ignore = max(0, h.b.Ignore-1)
		}
	}
	return false
}

// look points the probe at the guest.
func (s *Session) look(at *runtime.Hit, x *armedSite) {
	p := &s.probe
	p.General, p.Vector = at.General(), at.Vector()
	p.CFA = uint64(at.SP() + x.cfa)
	base, b := at.Memory()
	p.Areas[0] = value.Area{Base: uint64(base), Bytes: b}
	base, b = at.Stack()
	p.Areas[1] = value.Area{Base: uint64(base), Bytes: b}
	base, b = at.Context()
	p.Areas[2] = value.Area{Base: uint64(base), Bytes: b}
}
