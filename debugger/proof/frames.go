package proof

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime"
	"sphex/runtime/interp"
)

// machineFrame is a frame of the interpreter.
type machineFrame struct {
	m     *interp.Machine
	depth int
}

func (s *machineFrame) local(i uint32) (interp.Value, bool) {
	locals := s.m.Frame(s.depth).Locals
	if int(i) >= len(locals) {
		return interp.Value{}, false
	}
	return locals[i], true
}

func (s *machineFrame) param(i uint32) (interp.Value, bool) {
	params := s.m.Frame(s.depth).Params
	if int(i) >= len(params) {
		return interp.Value{}, false
	}
	return params[i], true
}

func (s *machineFrame) operand(i uint32) (interp.Value, bool) {
	stack := s.m.Operands(s.depth)
	if int(i) >= len(stack) {
		return interp.Value{}, false
	}
	return stack[i], true
}

func (s *machineFrame) global(i uint32) (interp.Value, bool) {
	if saved := &s.m.Frame(s.depth).Saved; s.depth > 0 && int(i) < len(saved) {
		return saved[i], true
	}
	if int(i) >= len(s.m.Globals) {
		return interp.Value{}, false
	}
	return s.m.Globals[i], true
}

func (s *machineFrame) linear(addr uint64, b []byte) bool { return s.m.ReadMemory(addr, b) }

// nativeFrame is a frame of the native run.
type nativeFrame struct {
	frame    *runtime.Frame
	instance *runtime.Instance
}

func (s *nativeFrame) register(r codemap.Reg) ([2]uint64, bool) { return s.frame.Reg(r) }

func (s *nativeFrame) native(addr uint64, b []byte) bool {
	return s.instance.ReadNative(abi.Addr(addr), b) == nil
}

func (s *nativeFrame) cfa() uint64 { return uint64(s.frame.CFA) }

func (s *nativeFrame) memoryBase() uint64 {
	if m := s.instance.Memory(0); m != nil {
		return uint64(m.Base())
	}
	return 0
}
