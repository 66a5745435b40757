package dump

import (
	"sphex/aot/abi"
	"sphex/debugger"
)

// functionName is the brief name of a function of the index space.
func (p *Program) functionName(index uint32) string { return debugger.BriefName(p.FunctionName(index)) }

var trapWords = map[abi.Trap]string{
	abi.TrapUnreachable: "unreachable", abi.TrapMemory: "memory", abi.TrapTable: "table", abi.TrapDivideByZero: "divide by zero",
	abi.TrapOverflow: "overflow", abi.TrapConversion: "conversion", abi.TrapConversionRange: "conversion",
	abi.TrapUninitialized: "uninitialized", abi.TrapSignature: "signature", abi.TrapStack: "stack",
	abi.TrapNullReference: "null", abi.TrapIndirectBounds: "table bounds",
	abi.TrapFuel: "fuel",
}

func trapText(t abi.Trap) string {
	if s := trapWords[t]; s != "" {
		return s
	}
	return "trap"
}
