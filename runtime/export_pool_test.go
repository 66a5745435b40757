//go:build linux && amd64

package runtime

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime/native"
)

// Parts returns the bytes of all that the instance holds, by name.
func (in *Instance) Parts() map[string][]byte {
	parts := map[string][]byte{
		"context": native.Bytes(in.addr, uint64(abi.HeadSize)),
		"words":   native.Bytes(in.addr+abi.HeadSize, uint64(in.mod.layout.Size)-abi.HeadSize),
		"stack":   native.Bytes(in.stack.Lo+native.GuardSize, uint64(in.stack.Hi-in.stack.Lo)-native.GuardSize),
	}
	if len(in.memories) > 0 {
		parts["memory"] = in.memories[0].All()
	}
	return parts
}

// Captured returns the registers as the last signal or stop of guest code left them.
func (in *Instance) Captured() (general [16]uint64, vector [16][2]uint64) {
	return in.ctx.Regs, in.ctx.XMM
}

// SpoilThunks makes the thunks of a kind fault.
func (m *Module) SpoilThunks(k codemap.ThunkKind) {
	for i := range m.thunks {
		if m.thunks[i].Kind == k {
			m.text.Write(m.thunks[i].Text, []byte{0x0f, 0x0b})
		}
	}
}
