package debugger

import (
	"math"
	"strings"

	"sphex/aot/codemap"
	"sphex/debugger/value"
)

// A step over a statement of an async function of Rust that has to wait: the function returns Pending to whoever polled it.
// The step goes on there until the same future is polled again, which is the next activation of the function with the
// future's address, and ends in it as it would have in the first. A future can't move once it has been polled. One that is
// dropped meanwhile is not polled any more: the step ends where its destructor returns.

// futureBody is a function that runs an async function's future when it is polled.
type futureBody struct {
	fn     *codemap.Func
	local  int    // parameter that points at the future
	typ    string // of the future, as in DWARF
	result *value.Type
}

// stepFuture is the future that a step is in.
type stepFuture struct {
	*futureBody
	at    uint32 // in linear memory
	from  origin
	waits int // how often it was pending
}

// futureBody finds out whether a function is the body of an async one, whose parameter does not change.
func (im *image) futureBody(f *codemap.Func) *futureBody {
	return remembered(&im.mu, im.futures, math.MaxInt, f.Text, func() *futureBody { return im.findFutureBody(f) })
}

func (im *image) findFutureBody(f *codemap.Func) *futureBody {
	fn := im.table.Function(f.BodyText)
	r := im.result(f)
	if fn == nil || r == nil {
		return nil
	}
	params := im.types.Params(fn)
	if len(params) == 0 {
		return nil
	}
	typ, pinned := strings.CutPrefix(params[0].Name(true), "core::pin::Pin<&mut ")
	if typ = strings.TrimSuffix(typ, ">"); !pinned || !value.IsFuture(typ) || !pendingIn(r.typ.Name(true)) {
		return nil
	}
	b := &futureBody{fn: f, typ: typ, result: r.typ}
	if r.memory {
		b.local = 1
	}
	if b.local >= len(im.module.FuncType(f.Index).Params) || im.writesLocal(f.Index, uint32(b.local)) {
		return nil
	}
	return b
}

// pendingIn reports whether a type is what a future returns when it is polled: before Rust 1.74 that was a generator's.
func pendingIn(name string) bool {
	return strings.HasPrefix(name, "core::task::poll::Poll<") || strings.HasPrefix(name, "core::ops::generator::GeneratorState<") ||
		strings.HasPrefix(name, "core::ops::coroutine::CoroutineState<")
}

// planFuture makes the plan look, where physical frame n returns to, whether its future has to wait. The frame must show the
// body itself, and not what was inlined into it.
func (s *Session) planFuture(st *step, n int, from origin) {
	stack := s.stackNow()
	frame, caller := stack.physical(n), stack.physical(n+1)
	if frame == nil || caller == nil || !frame.guest() || !caller.guest() || frame.Instance != s.program.instance {
		return
	}
	if st.future == nil {
		if len(from.chain) != 1 || !strings.HasSuffix(from.chain[0].name, "}") || frame.pc < frame.Func.BodyText {
			return
		}
		b := s.image.futureBody(frame.Func)
		if b == nil {
			return
		}
		at, ok := s.wasmLocal(frame, b.local)
		if !ok {
			return
		}
		st.future = &stepFuture{futureBody: b, at: uint32(at), from: from}
	}
	if result := s.awaited(frame); result != nil && !result.lost {
		st.add(caller.pc, planAction{do: leaveFuture, cfa: caller.cfa, result: result})
	}
}

// isPending tells, where a future's body has returned, whether the future has to wait.
func (s *Session) isPending(p *pendingResult) bool {
	s.keepResult(p)
	v, err := s.returned()
	s.result = nil
	if err != nil {
		return false
	}
	text := v.Variant()
	return text == "Pending" || text == "Yielded"
}

// waitForPoll makes the plan one that waits for the next poll of its future, or for its end.
func (s *Session) waitForPoll(st *step) {
	st.own = nil
	st.future.waits++
	s.forget(st, func(*planAction) bool { return true })
	s.addStop(st, st.future.fn.BodyText, planAction{do: pollFuture})
	for _, f := range s.image.destructorsOf(st.future) {
		s.addStop(st, f.BodyText, planAction{do: dropFuture})
	}
}

// polled goes on in the activation that has just begun, if it is of the step's future. Where it begins it finds its way to
// where it waited: that is no statement of anybody's.
func (s *Session) polled(st *step) {
	top := s.stackNow().physical(0)
	f := st.future
	if at, ok := s.wasmLocal(top, f.local); !ok || uint32(at) != f.at {
		return
	}
	s.forget(st, func(*planAction) bool { return true })
	list := s.image.functionStatements(f.fn.BodyText)
	begin := 0
	if len(list) > 0 {
		begin = list[0].levels[0].line
	}
	st.cfa = top.cfa
	for _, p := range st.scope.statements(st.kind, f.from, list) {
		if at := statementAt(list, p.text); at.levels[0].line != begin {
			s.addStop(st, p.text, planAction{do: endStep, shown: p.shown, cfa: top.cfa})
		}
	}
	s.replan(st)
}

// dropped ends the step where the destructor of its future returns.
func (s *Session) dropped(st *step) {
	top := s.stackNow().physical(0)
	if at, ok := s.wasmLocal(top, 0); !ok || uint32(at) != st.future.at {
		return
	}
	s.forget(st, func(*planAction) bool { return true })
	st.future = nil
	s.replan(st)
}

// replan plans the return of the innermost frame anew.
func (s *Session) replan(st *step) {
	if st.future != nil {
		s.planFuture(st, 0, st.future.from)
	}
	s.planReturn(st, 0)
	for text := range st.stops {
		s.traps.add(planTraps, text)
		s.traps.plans.loose = append(s.traps.plans.loose, text)
	}
}

// destructorsOf finds the functions that drop a future.
func (im *image) destructorsOf(f *stepFuture) (list []*codemap.Func) {
	owner, _, _ := strings.Cut(f.typ, "::{")
	for _, fn := range im.table.Functions("drop_in_place") {
		if len(fn.Ranges) == 0 || !strings.Contains(fn.Name, owner) {
			continue
		}
		if fn.Arguments() == "<"+f.typ+">" {
			if c := im.function(fn.Entry); c != nil {
				list = append(list, c)
			}
		}
	}
	return list
}

// words says in a stop's reason that the step has waited.
func (st *step) words() string {
	if st.future == nil || st.future.waits == 0 {
		return ""
	}
	return "the future was pending " + count(st.future.waits, "time")
}
