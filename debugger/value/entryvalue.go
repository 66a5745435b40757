package value

import (
	"errors"

	"sphex/dwarf/expr"
)

// Outward is what a Frame is that knows the frame of its caller.
type Outward interface {
	// Caller returns the frame of the function that called this one's; ok is false if the host did.
	Caller() (f Frame, ok bool)
}

// maxOutward bounds how many callers one value is sought through.
const maxOutward = 32

var (
	errNoCaller    = errors.New("the value that a parameter had at first is not known: no function of the program called this one")
	errOtherCallee = errors.New("the value that a parameter had at first is not known: the call names another function")
	errTooFar      = errors.New("the value that a parameter had at first is passed on from too far outside")
)

// EntryValue solves an entry value: a register's, as it was when the function was entered. The
// caller knows what it passed.
func (h *host) EntryValue(code []byte) (expr.Value, error) {
	s := h.scope
	if s.outward == maxOutward {
		return expr.Value{}, errTooFar
	}
	from, ok := s.Frame.(Outward)
	if !ok || s.Sym == nil {
		return expr.Value{}, errNoCaller
	}
	frame, ok := from.Caller()
	if !ok {
		return expr.Value{}, errNoCaller
	}
	chain := s.Table.Frames(frame.PC())
	if len(chain) == 0 {
		return expr.Value{}, errNoCaller
	}
	caller := chain[len(chain)-1]
	site, err := s.Table.CallSite(caller.Outer, frame.PC()+1)
	if err != nil {
		return expr.Value{}, err
	}
	if !site.Calls(s.Sym.Outer) {
		return expr.Value{}, errOtherCallee
	}
	passed, err := site.Argument(code)
	if err != nil {
		return expr.Value{}, err
	}
	out := &Scope{Table: s.Table, Types: s.Types, Frame: frame, Sym: caller, outward: s.outward + 1}
	return expr.EvalValue(passed, site.Unit.Format(), &host{scope: out, unit: site.Unit})
}
