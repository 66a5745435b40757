package amd64

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// spendFuel counts one unit, if the code is to be metered, and traps when there was none left. All registers survive
// the trap, behind which the runtime may go on: with the code from here on. The flags do not survive.
//
// It counts in regFuel, which the entry thunk and the runtime keep up with abi.Context.Fuel: in memory each count would
// wait for the one before, and a short loop take up to five times as long.
func (c *compiler) spendFuel(off wasm.CodeOffset) {
	if !c.o.Metered {
		return
	}
	c.aluRI(aluSub, true, regFuel, 1)
	p := coldPath{off: off, emit: (*compiler).askForFuel}
	c.link(&p.refs, c.jcc(condB))
	p.back = c.pos()
	c.addCold(p)
}

func (c *compiler) askForFuel(p *coldPath) {
	c.trapHere(p.off, abi.TrapFuel)
	c.ud2()
	c.jmpTo(p.back)
}
