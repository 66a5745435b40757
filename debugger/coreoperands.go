package debugger

import (
	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime/coredump"
)

// operandReader reads operand stacks for core dumps. It finds out once for each function where they are.
type operandReader struct {
	operands *aot.Operands // nil: not known
	moves    map[uint32][]codemap.StackMove
	scratch  wasm.Scratch
}

func (s *Session) newOperandReader() *operandReader {
	r := &operandReader{moves: map[uint32][]codemap.StackMove{}}
	r.operands, _ = aot.NewOperands(s.image.object, s.image.module) // else stacks are left out
	return r
}

// at returns the operand stack of a frame that stands at an instruction. An operand that is not computed yet
// is missing.
func (r *operandReader) at(s *Session, p *physicalFrame, code wasm.CodeOffset) []coredump.Value {
	m := s.image.module
	var list []coredump.Value
	err := m.TraceFunc(int(p.Func.Index)-m.NumImportedFuncs, &r.scratch, func(in *wasm.Inst, o wasm.Operands) {
		if in.Offset == code {
			list = make([]coredump.Value, len(o.Types))
			for i, t := range o.Types {
				list[i].Type = t
			}
		}
	})
	if err != nil || len(list) == 0 || r.operands == nil {
		return nil
	}
	moves, ok := r.moves[p.Func.Index]
	if !ok {
		moves, _, _ = r.operands.Moves(p.Func)
		r.moves[p.Func.Index] = moves
	}
	places := make([]codemap.Place, len(list))
	for _, mv := range movesBefore(moves, p.lookup()) {
		if int(mv.Depth) < len(places) {
			places[mv.Depth] = mv.Place
			clear(places[mv.Depth+1:])
		}
	}
	for i := range list {
		bits, ok := r.value(s, p, &places[i])
		if list[i].Bits = bits; !ok || list[i].Type == wasm.V128 {
			list[i] = coredump.Value{}
		}
	}
	return list
}

func (r *operandReader) value(s *Session, p *physicalFrame, at *codemap.Place) (uint64, bool) {
	switch at.Kind {
	case codemap.InReg:
		return p.register(at.Reg)
	case codemap.InSlot:
		var b [8]byte
		if s.program.read(p.cfa+abi.Addr(int64(at.Offset)), b[:]) != nil {
			return 0, false
		}
		return word(b[:]), true
	case codemap.IsConst:
		return at.Value, true
	case codemap.IsLocal:
		return s.wasmLocal(p, int(at.Index))
	}
	return 0, false
}
