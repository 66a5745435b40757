//lint:file-ignore U1000 The assembly uses these.

package native

import (
	"unsafe"

	"sphex/aot/abi"
)

// Offsets in the context and constants for the assembly, through go_asm.h.
const (
	ctxRegs     = unsafe.Offsetof(abi.Context{}.Regs)
	ctxPC       = unsafe.Offsetof(abi.Context{}.PC)
	ctxCS       = unsafe.Offsetof(abi.Context{}.CS)
	ctxFlags    = unsafe.Offsetof(abi.Context{}.Flags)
	ctxSP       = unsafe.Offsetof(abi.Context{}.SP)
	ctxSS       = unsafe.Offsetof(abi.Context{}.SS)
	ctxGoSP     = unsafe.Offsetof(abi.Context{}.GoSP)
	ctxGoBP     = unsafe.Offsetof(abi.Context{}.GoBP)
	ctxReason   = unsafe.Offsetof(abi.Context{}.Reason)
	ctxSig      = unsafe.Offsetof(abi.Context{}.Sig)
	ctxCode     = unsafe.Offsetof(abi.Context{}.Code)
	ctxFault    = unsafe.Offsetof(abi.Context{}.Fault)
	ctxTrapNo   = unsafe.Offsetof(abi.Context{}.TrapNo)
	ctxErrCode  = unsafe.Offsetof(abi.Context{}.ErrCode)
	ctxCR2      = unsafe.Offsetof(abi.Context{}.CR2)
	ctxPerfData = unsafe.Offsetof(abi.Context{}.PerfData)
	ctxPerfType = unsafe.Offsetof(abi.Context{}.PerfType)
	ctxEntry    = unsafe.Offsetof(abi.Context{}.Entry)
	ctxStackTop = unsafe.Offsetof(abi.Context{}.StackTop)
	ctxHostSP   = unsafe.Offsetof(abi.Context{}.HostSP)
	ctxStackLo  = unsafe.Offsetof(abi.Context{}.StackLo)
	ctxStackHi  = unsafe.Offsetof(abi.Context{}.StackHi)
	ctxStepLo   = unsafe.Offsetof(abi.Context{}.StepLo)
	ctxStepHi   = unsafe.Offsetof(abi.Context{}.StepHi)
	ctxStepN    = unsafe.Offsetof(abi.Context{}.StepN)
	ctxPause    = unsafe.Offsetof(abi.Context{}.Pause)
	ctxStepOut  = unsafe.Offsetof(abi.Context{}.StepOut)
	ctxMXCSR    = unsafe.Offsetof(abi.Context{}.MXCSR)
	ctxVecValid = unsafe.Offsetof(abi.Context{}.VecValid)
	ctxSignals  = unsafe.Offsetof(abi.Context{}.Signals)
	ctxRetries  = unsafe.Offsetof(abi.Context{}.Retries)
	ctxThread   = unsafe.Offsetof(abi.Context{}.Thread)
	ctxInside   = unsafe.Offsetof(abi.Context{}.Inside)
	ctxXMM      = unsafe.Offsetof(abi.Context{}.XMM)
	ctxYMMHigh  = unsafe.Offsetof(abi.Context{}.YMMHigh)

	reasonReturn = abi.ReasonReturn
	reasonHost   = abi.ReasonHost
	reasonSignal = abi.ReasonSignal
	reasonSite   = abi.ReasonSite
	reasonRetry  = abi.ReasonRetry

	inboundEnd = stubHost // the inbound stubs stand before it
)
