package runtime

import (
	"context"
	"errors"
	"math"

	"sphex/aot/abi"
	"sphex/runtime/native"
)

// OnFuel is asked for more when an instance has used up its fuel. It returns how much more there is: with 0 the call ends with a
// TrapError of kind abi.TrapFuel. It may take its time, yield (Yield), and use the instance's memory, but it can not call
// the instance; an error ends the call as that of a HostFunc does.
type OnFuel func(ctx context.Context, in *Instance) (more uint64, err error)

// ErrNotMetered is a limit of fuel for a module that was compiled without aot.Options.Fuel.
var ErrNotMetered = errors.New("the module does not count its fuel: it must be compiled so")

// Metered reports whether the module's code counts what it does: one unit of fuel for each entry into a function of its own, and
// for each round of a loop that begins. The count depends on nothing but the module and its inputs, so that together
// with a place in the code it names a moment of an execution.
func (m *Module) Metered() bool { return m.cm.Metered }

func (c *Config) meters(m *Module) error {
	if (c.Fuel > 0 || c.OnFuel != nil) && !m.Metered() {
		return ErrNotMetered
	}
	return nil
}

// Fuel returns how much the instance may still spend. Like FuelSpent and SetFuel, it is for the goroutine that uses the
// instance: between calls, in its host functions, and while it stands. Of one that has been freed, or that is in a Pool again, they tell
// what it had at the end.
func (in *Instance) Fuel() uint64 {
	if rest := in.rest.Load(); rest != nil {
		return *rest
	}
	return uint64(max(in.ctx.Fuel, 0))
}

// keepFuel is for what comes after the instance's end: its context is another's then.
func (in *Instance) keepFuel() {
	rest := in.Fuel()
	in.rest.Store(&rest)
}

// FuelSpent returns how much the instance has spent since it was made.
func (in *Instance) FuelSpent() uint64 { return in.given - in.Fuel() }

// SetFuel says how much the instance may spend from now on, at most math.MaxInt64.
func (in *Instance) SetFuel(n uint64) {
	if in.rest.Load() != nil {
		return
	}
	n = min(n, math.MaxInt64)
	in.given += n - in.Fuel()
	in.ctx.Fuel = int64(n)
}

// setFuel gives the instance what it has at first.
func (in *Instance) setFuel() {
	in.given, in.ctx.Fuel = 0, 0
	if in.cfg.Fuel > 0 {
		in.SetFuel(in.cfg.Fuel)
	} else {
		in.SetFuel(math.MaxInt64)
	}
}

// run enters guest code. While metered code runs, its fuel is in a register.
func (in *Instance) run(stub native.Stub) {
	c := in.ctx
	if !in.mod.cm.Metered {
		if stub == native.StubEnter {
			c.Regs[native.RegFuel] = 0 // which it takes along
		}
		native.Enter(c, stub)
		return
	}
	c.Regs[native.RegFuel] = uint64(c.Fuel)
	native.Enter(c, stub)
	if c.Reason != abi.ReasonRetry && c.Reason != abi.ReasonReturn {
		c.Fuel = int64(c.Regs[native.RegFuel])
	}
}

// spentAll is the size of the instruction that metered code runs into without fuel.
const spentAll = 2

// refuel asks for more fuel when metered code stands for want of one unit, and has it go on if there is some.
func (a *activation) refuel() (more bool, err error) {
	in := a.in
	in.ctx.Fuel = 0
	if in.cfg.OnFuel == nil {
		return false, nil
	}
	n, err := in.cfg.OnFuel(&a.ctx, in)
	if err == nil {
		err = a.thread.killError()
	}
	if err != nil || n == 0 {
		return false, err
	}
	in.SetFuel(n)
	in.ctx.Fuel--
	in.ctx.PC += spentAll
	return true, nil
}
