//go:build linux && amd64

//lint:file-ignore U1000 The assembly uses these.

package guestcode

import "sphex/aot/abi"

// Offsets for the assembly, through go_asm.h.
const (
	ctxEntryFn  = abi.OffEntryFn
	ctxHostFunc = abi.OffHostFunc
	ctxHostStub = abi.OffHostStub
	ctxDoneStub = abi.OffDoneStub
	ctxArgs     = abi.OffArgs
)
