package runtime

import (
	"errors"
	"fmt"
	"iter"
	"sort"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime/native"
)

// Frame is one frame of a thread that stands: of a function, of a thunk, or of a host
// function, which has nothing but its name. It is only valid until the thread goes on.
type Frame struct {
	Instance *Instance
	Func     *codemap.Func  // nil in a thunk
	Thunk    *codemap.Thunk // nil in a function
	Host     *Func          // a host function that the next frame called; nothing else is set but Instance
	PC       abi.TextOffset // where it stands or returns to
	Return   bool           // PC is a return address: look it up with PC-1
	CFA      abi.Addr       // canonical frame address
	SP       abi.Addr       // stack pointer
	regs     native.Registers
}

// Lookup returns the program counter to look the frame up with.
func (f *Frame) Lookup() abi.TextOffset {
	if f.Return {
		return f.PC - 1
	}
	return f.PC
}

// errRegister is a register whose value nobody kept.
var errRegister = errors.New("the value of this register is not known in this frame")

func (f *Frame) place(r codemap.Reg) *uint64 {
	return f.regs.At(uint8(r))
}

// wide reports whether both words of a register are at p. Functions save the low one only, but in modules
// with vectors in locals.
func (f *Frame) wide(r codemap.Reg, p *uint64) bool {
	return native.IsVector(uint8(r)) && (!f.Instance.onStack(native.PointerAddress(p)) || f.Instance.mod.vectors())
}

// Reg returns a register's value in this frame: the low word of a vector register first, the
// second word zero for a general one and for a vector one that a callee saved. ok is false if nothing kept it.
func (f *Frame) Reg(r codemap.Reg) (v [2]uint64, ok bool) {
	if t := &f.Instance.mod.cm.Target; r == t.SP {
		return [2]uint64{uint64(f.SP)}, true
	} else if r == t.RA {
		return [2]uint64{uint64(f.Instance.mod.addr(f.PC))}, true
	}
	p := f.place(r)
	if p == nil {
		return v, false
	}
	if f.wide(r, p) {
		return *native.Vector(p), true
	}
	return [2]uint64{*p}, true
}

// SetReg changes a register's value in this frame, where it is kept: a caller's register may
// be in the frame of the function that saved it. The stack pointer, the program counter, the
// flags and the pinned registers can not be set.
func (f *Frame) SetReg(r codemap.Reg, v [2]uint64) error {
	t := &f.Instance.mod.cm.Target
	if r == t.SP || r == t.RA || r == t.Context || r == t.Memory || native.IsFlags(uint8(r)) {
		return fmt.Errorf("register %d can not be set", r)
	}
	p := f.place(r)
	if p == nil {
		return errRegister
	}
	if f.wide(r, p) {
		*native.Vector(p) = v
	} else {
		*p = v[0]
	}
	return nil
}

// Frames walks the frames of the thread that works in the instance, innermost first, while it
// stands at a stop or a host function runs on its behalf. Nested entries follow each other,
// those of other instances too, with a Host frame between them when a host function made the
// call. Nothing is kept of the frames: the walk costs what is looked at.
func (in *Instance) Frames() iter.Seq[Frame] {
	return func(yield func(Frame) bool) {
		th := in.thread.Load()
		if th == nil {
			return
		}
		a := th.top.Load()
		if a == nil {
			return
		}
		d := th.debug.Load()
		walk(a, d != nil && d.standing.Load() == a, yield)
	}
}

// Top sets f to the innermost frame of a thread that stands in the instance, or in one that it
// called: the first one of Frames, at a small part of the price. ok is false if none stands.
func (in *Instance) Top(f *Frame) (ok bool) {
	th := in.thread.Load()
	if th == nil {
		return false
	}
	d := th.debug.Load()
	if d == nil {
		return false
	}
	a := d.standing.Load()
	if a == nil || a != th.top.Load() {
		return false
	}
	c, m := a.in.ctx, a.in.mod
	pc, ok := m.TextOffset(abi.Addr(c.PC))
	if !ok {
		return false
	}
	f.Instance, f.Host, f.PC, f.SP, f.Return = a.in, nil, pc, abi.Addr(c.SP), false
	f.regs = native.WholeRegisters(c)
	f.find()
	return true
}

// walk visits the frames from activation a on; whole says that its registers are in the
// context, else it is in a host call.
func walk(a *activation, whole bool, yield func(Frame) bool) {
	inner := map[*Instance]*activation{} // the one whose entry saved the next outer state
	for ; a != nil; a, whole = a.parent, false {
		in := a.in
		c := in.ctx
		f := Frame{Instance: in}
		var pc uint64
		if whole {
			pc, f.SP = c.PC, abi.Addr(c.SP)
			f.regs = native.WholeRegisters(c)
		} else {
			if a.host != nil && !yield(Frame{Instance: in, Host: a.host}) {
				return
			}
			var saved *native.State
			sp := c.HostSP
			if i := inner[in]; i != nil {
				saved = i.saved
				sp = saved.HostSP()
			}
			if a.midst && saved != nil {
				pc = midstFrame(&f, saved)
				if !in.walkStack(f, pc, yield) {
					return
				}
				inner[in] = a
				continue
			}
			if !in.onStack(abi.Addr(sp)) {
				return
			}
			pc, f.SP, f.Return = *native.Word(abi.Addr(sp)), abi.Addr(sp)+8, true
			f.regs = native.HostRegisters(c, saved)
		}
		if !in.walkStack(f, pc, yield) {
			return
		}
		inner[in] = a
	}
}

// walkStack visits the frames of one activation, up to its entry thunk.
func (in *Instance) walkStack(f Frame, pc uint64, yield func(Frame) bool) bool {
	m := in.mod
	for innermost := true; ; innermost = false {
		var ok bool
		if f.PC, ok = m.TextOffset(abi.Addr(pc)); !ok {
			return true
		}
		saved := f.find()
		at := f.Lookup()
		entry := f.Thunk != nil && f.Thunk.Kind == codemap.EntryThunk
		if (!entry || innermost) && !yield(f) {
			return false
		}
		if entry || !in.onStack(f.CFA-8) {
			return true
		}
		for _, s := range saved {
			if p := f.CFA + abi.Addr(int64(s.Offset)); s.Text <= at && int(s.Reg) < len(f.regs) && in.onStack(p) {
				f.regs[s.Reg] = native.Word(p)
			}
		}
		f.regs.Called()
		pc, f.SP, f.Return = *native.Word(f.CFA - 8), f.CFA, true
	}
}

// find sets what follows from the frame's program counter and stack pointer, and returns the
// registers that its function saves.
func (f *Frame) find() (saved []codemap.Saved) {
	m, at := f.Instance.mod, f.Lookup()
	f.Func, f.Thunk = m.FuncAt(at), nil
	rows := []codemap.CFARow(nil)
	if f.Func != nil {
		rows, saved = f.Func.Frame.Rows, f.Func.Frame.Saved
	} else if f.Thunk = m.ThunkAt(at); f.Thunk != nil {
		rows = f.Thunk.Rows
	}
	f.CFA = f.SP + 8
	if i := sort.Search(len(rows), func(i int) bool { return rows[i].Text > at }); i > 0 {
		f.CFA = f.SP + abi.Addr(rows[i-1].Offset)
	}
	return saved
}

// onStack reports whether a word at a is on the instance's guest stack.
func (in *Instance) onStack(a abi.Addr) bool {
	return a >= in.stack.Lo+native.GuardSize && a <= in.stack.Hi-8
}

// collect notes the frames of a trap in activation a, whose state is whole.
func (e *TrapError) collect(a *activation) {
	walk(a, true, func(f Frame) bool {
		if f.Host != nil {
			return true
		}
		if len(e.Frames) == MaxTrapFrames {
			e.More = true
			return false
		}
		e.Frames = append(e.Frames, TrapFrame{f.Instance, f.PC, f.Return})
		return true
	})
}
