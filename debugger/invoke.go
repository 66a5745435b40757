package debugger

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/value"
	"sphex/runtime"
)

// callLimit bounds how long a function may run that an expression calls, unless Config.CallLimit does.
const callLimit = 10 * time.Second

// Signature is the type of the function whose code begins at entry.
func (v *valueFrame) Signature(entry abi.TextOffset) (params, results []wasm.ValType, ok bool) {
	f := v.s.image.function(entry)
	if f == nil {
		return nil, nil, false
	}
	t := v.s.image.module.FuncType(f.Index)
	return t.Params, t.Results, true
}

// redZone is what a function that calls nothing may use below the stack pointer without moving it.
const redZone = 128

// Invoke runs a function of the program below what stands. It is called by the owner, at a stop.
func (v *valueFrame) Invoke(c *value.Invocation) error {
	s := v.s
	if s.epoch.Load() != v.epoch {
		return errGone
	}
	if s.State() != Stopped && !s.deciding {
		return errors.New("functions can only be called while the program stands")
	}
	f := s.image.function(c.Entry)
	if f == nil {
		return errors.New("it is no function of the program")
	}
	sp := s.stackPointer()
	var room wasm.MemAddr
	if sp != nil {
		old := sp.Get()
		defer sp.Set(old)
		at := (int64(uint32(old)) - redZone - c.Room) &^ 15
		if at <= 0 {
			return errors.New("the program's stack is full")
		}
		sp.Set(uint64(at))
		room = wasm.MemAddr(at)
	}
	args, err := c.Args(room)
	if err != nil {
		return err
	}
	results, err := s.callFunction(f.Index, args)
	if err != nil {
		return err
	}
	return c.Done(results)
}

// stackPointer is the global that points at the program's stack in linear memory, nil if there is none.
func (s *Session) stackPointer() *runtime.Global {
	for i, name := range s.image.module.Names().Globals {
		if name == stackPointerName {
			return s.program.instance.Global(int(i))
		}
	}
	g := s.program.instance.Global(0) // where linkers put it
	if g == nil || g.Type().Type != wasm.I32 && g.Type().Type != wasm.I64 || !g.Type().Mutable {
		return nil
	}
	if _, size := s.program.memory(); g.Get() > size {
		return nil
	}
	return g
}

// callFunction runs a function to its end, and says why if it does not come there. What the session knows of the
// stop stays as it is.
func (s *Session) callFunction(index uint32, args []uint64) ([]uint64, error) {
	in := s.program.instance
	stack, shown, current, hit, top, from, read := s.stack, s.shown, s.current, s.hit, s.top, s.topFrom, s.topRead
	s.current = nil
	s.pausing.Store(false)
	s.mu.Lock()
	running := s.running
	s.running, s.calling = nil, in // what others want of the session waits
	s.mu.Unlock()
	limit := cmp.Or(s.cfg.CallLimit, callLimit)
	var late atomic.Bool
	timer := time.AfterFunc(limit, func() { late.Store(true); in.Pause() })
	s.memory.Lock()
	results, err := in.CallHere(index, args...)
	s.memory.Unlock()
	timer.Stop()
	s.mu.Lock()
	s.running, s.calling = running, nil
	s.mu.Unlock()
	reasons := s.hit.reasons
	if late.Load() {
		reasons = []Reason{{Kind: ReasonPause, Text: limit.String()}}
	}
	s.stack, s.shown, s.current, s.hit, s.top, s.topFrom, s.topRead = stack, shown, current, hit, top, from, read
	s.pausing.Store(false)
	var stopped *runtime.StoppedError
	if !errors.As(err, &stopped) {
		var exit *runtime.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("it wanted to end the program with status %d%s", exit.Code, putBack)
		}
		var thrown *runtime.Exception // a frame that stands would catch it, else it is a trap
		if errors.As(err, &thrown) {
			return nil, errors.New("it threw an exception that nothing in it catches" + putBack)
		}
		return results, err
	}
	return nil, fmt.Errorf("%s%s", s.whyStopped(stopped.Stop, reasons), putBack)
}

const putBack = "; the program stands as before, but what was written to memory stays"

// whyStopped says why a function that an expression called did not return.
func (s *Session) whyStopped(stop *runtime.Stop, reasons []Reason) string {
	switch stop.Reason {
	case runtime.StopTrap:
		where := ""
		if fs := s.image.table.Frames(stop.PC); len(fs) > 0 {
			where = fmt.Sprintf(" at %s:%d", fs[0].File, fs[0].Line)
		}
		return "it trapped: " + trapText(stop.Trap) + where
	case runtime.StopPaused:
		if len(reasons) > 0 && reasons[0].Kind == ReasonPause {
			return "it was ended since it ran for more than " + reasons[0].Text
		}
		return "it was interrupted"
	case runtime.StopBreakpoint:
		for _, r := range reasons {
			switch r.Kind {
			case ReasonPanic:
				return "it gave up: " + r.Text
			case ReasonCatch:
				return "it was ended: " + r.Text
			case ReasonBreakpoint:
				return fmt.Sprintf("it met breakpoint %d and was ended", r.Breakpoint)
			}
		}
		return "it met a breakpoint and was ended"
	case runtime.StopHostError:
		return "a host function failed: " + stop.Err.Error()
	}
	return "it was ended: " + stop.String()
}
