package debugger

import (
	"errors"
	"math"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/value"
)

// What a function returns is in a register, or, when it is an aggregate, where the function's
// first parameter points: C's and Rust's conventions for WebAssembly agree in that.

// resultPlace is where what a function returns is, right behind its return.
type resultPlace struct {
	typ    *value.Type
	reg    codemap.Reg // if not memory
	size   int64
	memory bool // it is where the first parameter points
	kept   bool // memory: the function does not change that parameter, which can be read at any time
}

// result finds out how a function returns its result; nil if it has none or none that is known.
func (im *image) result(f *codemap.Func) *resultPlace {
	return remembered(&im.mu, im.results, math.MaxInt, f.Text, func() *resultPlace { return im.findResult(f) })
}

func (im *image) findResult(f *codemap.Func) *resultPlace {
	fn, m := im.table.Function(f.BodyText), machineFor(im.object.Map.Target.Machine)
	if fn == nil || m == nil {
		return nil
	}
	t := im.types.Result(fn)
	if t == nil || t.IsVoid() || t.Size() <= 0 || strings.HasPrefix(fn.Short, "~") { // a destructor hands out its object: nobody's value
		return nil
	}
	ft := im.module.FuncType(f.Index)
	switch {
	case len(ft.Results) == 1:
		size := map[wasm.ValType]int64{wasm.I32: 4, wasm.F32: 4, wasm.I64: 8, wasm.F64: 8, wasm.V128: 16}[ft.Results[0]]
		if t.Size() > size {
			return nil
		}
		return &resultPlace{typ: t, reg: m.result(ft.Results[0]), size: t.Size()}
	case len(ft.Results) == 0 && len(ft.Params) > 0 && ft.Params[0] == wasm.I32 && !t.IsScalar():
		return &resultPlace{typ: t, memory: true, size: t.Size(), kept: !im.writesLocal(f.Index, 0)}
	}
	return nil
}

// writesLocal tells whether a function assigns to one of its locals.
func (im *image) writesLocal(index, local uint32) bool {
	i := int(index) - im.module.NumImportedFuncs
	if i < 0 || i >= len(im.module.Code) {
		return true
	}
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(im.module, &im.module.Code[i]); r.Next(&in); {
		if (in.Op == wasm.OpLocalSet || in.Op == wasm.OpLocalTee) && in.Index == local {
			return true
		}
	}
	return false
}

// pendingResult is the result of a frame that a step waits for.
type pendingResult struct {
	place *resultPlace
	addr  uint32 // of one in memory
	lost  bool   // its address is not known any more
}

// awaited says where the result of a frame will be; nil if nothing is known of one.
func (s *Session) awaited(frame *physicalFrame) *pendingResult {
	if !frame.guest() || frame.Instance != s.program.instance {
		return nil
	}
	place := s.image.result(frame.Func)
	if place == nil {
		return nil
	}
	p := &pendingResult{place: place}
	if place.memory {
		addr, ok := s.wasmLocal(frame, 0)
		p.addr, p.lost = uint32(addr), !ok || !place.kept || frame.pc < frame.Func.BodyText
	}
	return p
}

// returnedValue is what a function has returned: its bytes, which stay what they are when the program runs on.
type returnedValue struct {
	typ  *value.Type
	data []byte
	lost bool
}

// keepResult reads a result, at the address that the function has returned to.
func (s *Session) keepResult(p *pendingResult) {
	s.result = nil
	if p == nil {
		return
	}
	r := &returnedValue{typ: p.place.typ, lost: p.lost}
	top := s.innermost()
	switch {
	case r.lost || top == nil:
		r.lost = true
	case p.place.memory:
		base, size := s.program.memory()
		if p.place.size > maxResult || uint64(p.addr)+uint64(p.place.size) > size {
			r.lost = true
			break
		}
		r.data = make([]byte, p.place.size)
		r.lost = s.program.read(base+abi.Addr(p.addr), r.data) != nil
	default:
		b, err := top.registerBytes(p.place.reg)
		if err != nil || int64(len(b)) < p.place.size {
			r.lost = true
			break
		}
		r.data = b[:p.place.size]
	}
	s.result = r
}

// maxResult bounds the results in memory that are kept, in bytes.
const maxResult = 1 << 20

// resultName is what the result of the last function is called in expressions.
const resultName = "$ret"

var (
	errNoResult   = errors.New("no function has returned a value that is known; stepout shows one")
	errResultLost = errors.New("the place of the value is not known any more: the function has reused its parameter")
)

// returned is the value of $ret, in the innermost frame.
func (s *Session) returned() (*value.Variable, error) {
	r := s.result
	if r == nil {
		return nil, errNoResult
	}
	scope := &value.Scope{Table: s.image.table, Types: s.image.types, Frame: &valueFrame{s: s, epoch: s.epoch.Load(), p: s.innermost()}}
	if f := s.stackNow().frame(0); f != nil && !f.Host {
		scope = s.scope(f)
	}
	if r.lost {
		return scope.Unreadable(resultName, r.typ, errResultLost), nil
	}
	return scope.Made(resultName, r.typ, r.data), nil
}

// Returned returns what the function returned that a step has left last.
func (s *Session) Returned() (v *value.Variable, err error) {
	failed := s.whileStopped(func() error {
		v, err = s.returned()
		return nil
	})
	return v, errors.Join(err, failed)
}
