package runtime

import (
	"sort"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime/native"
)

// signalled serves a signal that hit guest code. The whole state is in the context.
func (a *activation) signalled() (native.Stub, error) {
	in, c := a.in, a.in.ctx
	if stub, err, ok := a.watchSignal(); ok {
		return stub, err
	}
	switch {
	case c.Sig == native.SigUrgent:
		native.PreemptPoint()
		a.giveWay()
		if atomic.LoadUint32(&c.Pause) != 0 {
			return a.attend()
		}
		return a.again(), nil
	case c.Sig == native.SigTrap && int64(c.Code) == native.TrapTrace:
		if atomic.LoadUint32(&c.Pause) != 0 && a.goesOn() {
			return a.attend()
		}
		return a.stepped()
	case c.Sig == native.SigTrap:
		if pc, ok := in.mod.TextOffset(abi.Addr(c.PC) - 1); ok {
			if stub, err, ok := a.breakpoint(pc); ok {
				return stub, err
			}
		}
	}
	return a.fault()
}

// breakpoint serves an int3 at pc; ok is false if it is none of ours.
func (a *activation) breakpoint(pc abi.TextOffset) (stub native.Stub, err error, ok bool) {
	in, c := a.in, a.in.ctx
	p := in.patchAt(pc)
	switch {
	case p.mine && a.thread.debug.Load() != nil:
		c.PC = uint64(in.mod.addr(pc))
		if !a.passes(pc) {
			stub, err = a.arrived(pc, p.nop)
			break
		}
		stub, err = a.resumed()
	case p.patched && p.nop > 0:
		c.PC = uint64(in.mod.addr(pc)) + uint64(p.nop)
		stub, err = a.stepped()
	case p.patched:
		c.PC = uint64(in.mod.addr(pc))
		stub, err = a.pass(pc, p)
	case p.stale:
		c.PC = uint64(in.mod.addr(pc))
		stub = a.again()
	default:
		return 0, nil, false
	}
	return stub, err, true
}

// pass goes on from the instruction at pc that int3 stands for: in its copy, if there can be one.
func (a *activation) pass(pc abi.TextOffset, p found) (native.Stub, error) {
	if to := a.in.mod.aside(pc); to != 0 {
		a.in.ctx.PC = uint64(to)
		return a.again(), nil
	}
	return a.stepOver(pc, p)
}

// stepOver runs the one instruction at pc that int3 stands for, and serves what comes of it. While
// it lasts, another instance of the module may run past a breakpoint of its own there.
func (a *activation) stepOver(pc abi.TextOffset, p found) (native.Stub, error) {
	in, c := a.in, a.in.ctx
	func() {
		in.mod.stepMu.Lock()
		defer in.mod.stepMu.Unlock()
		in.mod.text.SetByte(pc, p.orig)
		defer in.mod.rearm(pc)
		c.Flags |= native.TrapFlag
		c.StepOut, c.StepLo, c.StepHi = 0, 0, 0
		a.enter(native.StubStep)
	}()
	c.Flags &^= native.TrapFlag
	switch {
	case c.Reason == abi.ReasonSignal && c.Sig == native.SigUrgent, c.Reason == abi.ReasonRetry:
		native.PreemptPoint()
		if atomic.LoadUint32(&c.Pause) != 0 {
			return a.attend()
		}
		if c.PC == uint64(in.mod.addr(pc)) {
			return a.resumed()
		}
		return a.again(), nil
	case c.Reason == abi.ReasonSignal:
		return a.signalled()
	}
	return a.serve(native.StubStep)
}

// rearm puts the int3 back, if the breakpoint is still wanted.
func (m *Module) rearm(pc abi.TextOffset) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.patches[pc] != nil {
		m.text.SetByte(pc, 0xcc)
	}
}

// fault makes an error of a fault, and a stop when a debugger watches.
func (a *activation) fault() (native.Stub, error) {
	in, c := a.in, a.in.ctx
	pc, inText := in.mod.TextOffset(abi.Addr(c.PC))
	kind := abi.TrapNone
	if inText {
		kind = a.classify(pc)
	}
	if kind == abi.TrapNone {
		err := &FatalFault{Instance: in, Signal: c.Sig, Code: int64(c.Code), Fault: abi.Addr(c.Fault), PC: abi.Addr(c.PC), Regs: c.Regs, Flags: c.Flags, Vectors: c.XMM}
		if a.thread.debug.Load() == nil {
			return 0, err
		}
		return a.failed(&Stop{Reason: StopFault, Err: err})
	}
	if kind == abi.TrapFuel {
		if more, err := a.refuel(); err != nil {
			return 0, err
		} else if more {
			return a.again(), nil
		}
	}
	trap := &TrapError{Kind: kind, Instance: in, PC: pc, Fault: abi.Addr(c.Fault)}
	if kind == abi.TrapMemory && c.Sig == native.SigIll {
		trap.MemAddr, _ = in.checkedAddress(in.mod.FuncAt(pc), pc)
	} else if kind == abi.TrapMemory {
		if m, off := in.memoryAt(trap.Fault); m != nil {
			trap.MemAddr = off
		}
	}
	trap.seen(a)
	if a.thread.debug.Load() == nil {
		return 0, trap
	}
	return a.failed(&Stop{Reason: StopTrap, Trap: trap, Err: trap})
}

// classify says which trap the fault is: TrapNone if no trap explains it.
func (a *activation) classify(pc abi.TextOffset) abi.Trap {
	in, c := a.in, a.in.ctx
	listed := abi.TrapNone
	if f := in.mod.FuncAt(pc); f != nil {
		listed = trapAt(f, pc)
	}
	switch c.Sig {
	case native.SigSegv, native.SigBus:
		at := abi.Addr(c.Fault)
		// Calls and prologues push: these faults are at no listed instruction.
		if at >= in.stack.Lo && at < in.stack.Lo+native.GuardSize {
			return abi.TrapStack
		}
		switch listed {
		case abi.TrapMemory:
			// Inside of a memory nothing faults, unless another thread has had it grow meanwhile.
			if m, off := in.memoryAt(at); m != nil && (off >= m.Size() || m.typ.Shared) {
				return listed
			}
		case abi.TrapUninitialized, abi.TrapNullReference:
			if at < native.LowFault {
				return listed
			}
		}
	case native.SigFPE:
		if listed == abi.TrapDivideByZero || listed == abi.TrapOverflow {
			return listed
		}
	case native.SigIll: // ud2; that of a bulk instruction is a TrapMemory
		return listed
	}
	return abi.TrapNone
}

// trapAt returns what the code map says about an instruction that faulted.
func trapAt(f *codemap.Func, pc abi.TextOffset) abi.Trap {
	i := sort.Search(len(f.Traps), func(i int) bool { return f.Traps[i].Text >= pc })
	if i < len(f.Traps) && f.Traps[i].Text == pc {
		return f.Traps[i].Kind
	}
	return abi.TrapNone
}

// memoryAt returns the memory whose reservation holds an address.
func (in *Instance) memoryAt(at abi.Addr) (*Memory, uint64) {
	for _, m := range in.memories {
		if off, ok := m.contains(at); ok {
			return m, off
		}
	}
	return nil, 0
}
