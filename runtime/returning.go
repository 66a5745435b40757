package runtime

import (
	"errors"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime/native"
)

// errOtherEntry is about frames between which the host stands.
var errOtherEntry = errors.New("a host function called it: that can't be left out")

// ReturnTo makes the guest stand in caller, behind its call of callee, as if callee and all frames inside of it had
// returned. Both must be neighbours that Frames gave at this stop. What registers hold that a call does not
// keep, results among them, stays as it is.
func (in *Instance) ReturnTo(callee, caller *Frame) error {
	a, err := in.standing()
	if err != nil {
		return err
	}
	if callee.Instance != a.in || caller.Instance != a.in || callee.Host != nil || caller.Host != nil ||
		!a.in.onStack(callee.CFA-8) || callee.CFA < abi.Addr(a.in.ctx.SP) || caller.SP != callee.CFA {
		return errOtherEntry
	}
	if o, ok := a.in.mod.TextOffset(abi.Addr(*native.Word(callee.CFA - 8))); !ok || o != caller.PC {
		return errOtherEntry
	}
	a.in.restore(caller)
	c := a.in.ctx
	c.SP, c.PC = uint64(callee.CFA), uint64(a.in.mod.addr(caller.PC))
	c.Regs[native.RegSP] = c.SP
	a.thread.debug.Load().moved = true
	return nil
}

// restore brings the registers of an outer frame back to where they are for the guest: those that functions further in have
// kept. The stack pointer and the program counter are left to the caller.
func (in *Instance) restore(caller *Frame) {
	whole := native.WholeRegisters(in.ctx)
	var values [len(whole)][2]uint64
	var wide [len(whole)]bool
	for r, p := range caller.regs {
		if p == nil || native.IsFlags(uint8(r)) {
			continue
		}
		values[r][0] = *p
		if caller.wide(codemap.Reg(r), p) {
			values[r], wide[r] = *native.Vector(p), true
		}
	}
	t := &in.mod.cm.Target
	for r, p := range caller.regs {
		to := whole.At(uint8(r))
		if reg := codemap.Reg(r); p == nil || to == nil || reg == t.SP || reg == t.RA || reg == t.Context || reg == t.Memory {
			continue
		}
		if wide[r] {
			*native.Vector(to) = values[r]
		} else {
			*to = values[r][0]
		}
	}
}
