package proof

import (
	"encoding/binary"
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/runtime/interp"
)

// Where the imagined process has its linear memory, context and stack.
const (
	imaginedMemory  = 0x7000_0000_0000
	imaginedContext = 0x5000_0000_0000
	imaginedCFA     = 0x6000_0000_0000
)

// mayHave reports whether all operands that an expression names are on the stack.
func mayHave(code []byte, u *info.Unit, w wasmState) bool {
	s, ok := w.(*imagined)
	if !ok {
		return false
	}
	ops, _ := expr.Decode(nil, code, u.Format())
	for _, o := range ops {
		if o.Code == dwarf.OpWASMLocation && o.A == 2 && int(o.B) >= s.height {
			return false
		}
	}
	return true
}

// imagined is a moment of an imagined execution: every register and every byte of memory has a
// random value. Locals and operands are read from where the code map has them.
type imagined struct {
	p      *proof
	f      *function
	stack  []codemap.Place
	height int // of the operand stack
	regs   [64]uint64
	seed   uint64
}

func hash(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func (p *proof) imagine(f *function, at abi.TextOffset, seed uint64) *imagined {
	s := &imagined{p: p, f: f, seed: seed}
	for i := range s.regs {
		s.regs[i] = hash(seed + uint64(i))
	}
	target := &p.object.Map.Target
	s.regs[target.Memory], s.regs[target.Context], s.regs[target.SP] = imaginedMemory, imaginedContext, imaginedCFA-8-uint64(f.Frame.Size)
	narrow := func(kind codemap.PlaceKind, t wasm.ValType, r codemap.Reg) {
		if kind == codemap.InReg && t == wasm.I32 {
			s.regs[r] &= 0xffff_ffff
		}
	}
	for _, h := range f.Locals {
		narrow(h.Kind, h.Type, h.Reg)
	}
	for _, move := range f.StackMoves {
		if move.Text > at {
			break
		}
		d := int(move.Depth)
		if move.Place.Kind == codemap.Nowhere {
			if d < len(s.stack) {
				s.stack = s.stack[:d]
			}
			continue
		}
		for len(s.stack) <= d {
			s.stack = append(s.stack, codemap.Place{})
		}
		s.stack[d] = move.Place
	}
	for _, o := range s.stack {
		narrow(o.Kind, o.Type, o.Reg)
	}
	return s
}

// upper is the upper half of a vector's register.
func (s *imagined) upper(r codemap.Reg) uint64 { return hash(s.seed + uint64(len(s.regs)) + uint64(r)) }

func (s *imagined) load(addr uint64, b []byte) {
	for i := range b {
		b[i] = byte(hash(s.seed ^ (addr + uint64(i))))
	}
}

// read reads a wasm value from its native place.
func (s *imagined) read(p codemap.Place) (interp.Value, bool) {
	var bits, high uint64
	switch p.Kind {
	case codemap.InReg:
		bits, high = s.regs[p.Reg], s.upper(p.Reg)
	case codemap.InSlot:
		bits, high = s.load128(uint64(imaginedCFA + int64(p.Offset)))
	case codemap.IsConst:
		bits = p.Value
	case codemap.IsLocal, codemap.IsAddend:
		v, ok := s.local(p.Index)
		if !ok {
			return v, false
		}
		bits, high = v.Bits+p.Value, v.High
	case codemap.IsSum:
		bits = p.Value
		if p.Reg != codemap.NoReg {
			bits += s.regs[p.Reg]
		}
		if p.Reg2 != codemap.NoReg {
			bits += s.regs[p.Reg2] << p.Scale
		}
	case codemap.IsLoad:
		bits, high = s.load128(imaginedMemory + s.regs[p.Reg] + p.Value)
	case codemap.IsFlags:
		if p.Flags().Holds(s.regs[p.Reg]) {
			bits = 1
		}
	case codemap.IsPair:
		a, ok := s.read(s.f.Pairs[p.Index][0])
		b, ok2 := s.read(s.f.Pairs[p.Index][1])
		if !ok || !ok2 {
			return interp.Value{}, false
		}
		switch wasm.Op(p.Value) {
		case wasm.OpI32Add:
			bits = a.Bits + b.Bits
		case wasm.OpI32Sub:
			bits = a.Bits - b.Bits
		case wasm.OpI32And:
			bits = a.Bits & b.Bits
		case wasm.OpI32Or:
			bits = a.Bits | b.Bits
		case wasm.OpI32Xor:
			bits = a.Bits ^ b.Bits
		}
	default:
		return interp.Value{}, false
	}
	return valueOf(p.Type, bits, high), true
}

// load128 reads both halves of a vector, or the value that is shorter.
func (s *imagined) load128(addr uint64) (bits, high uint64) {
	var b [16]byte
	s.load(addr, b[:])
	return binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
}

// valueOf is a value of which a place has no more bits than are the type's.
func valueOf(t wasm.ValType, bits, high uint64) interp.Value {
	switch t {
	case wasm.I32, wasm.F32:
		bits = uint64(uint32(bits))
		fallthrough
	default:
		high = 0
	case wasm.V128:
	}
	return interp.Value{Bits: bits, High: high, Type: t}
}

func (s *imagined) local(i uint32) (interp.Value, bool) {
	if int(i) >= len(s.f.Locals) {
		return interp.Value{}, false
	}
	h := s.f.Locals[i]
	return s.read(codemap.Place{Kind: h.Kind, Type: h.Type, Reg: h.Reg, Offset: h.Offset})
}

func (s *imagined) param(uint32) (interp.Value, bool) { return interp.Value{}, false }

func (s *imagined) operand(i uint32) (interp.Value, bool) {
	if int(i) >= min(len(s.stack), s.height) {
		return interp.Value{}, false
	}
	return s.read(s.stack[i])
}

func (s *imagined) global(i uint32) (interp.Value, bool) {
	if int(i) >= len(s.p.layout.Globals) {
		return interp.Value{}, false
	}
	bits, high := s.load128(imaginedContext + uint64(s.p.layout.Globals[i].Off))
	return valueOf(s.p.module.Globals[i].Type, bits, high), !s.p.layout.Globals[i].Indirect
}

func (s *imagined) linear(addr uint64, b []byte) bool {
	s.load(imaginedMemory+addr, b)
	return true
}

func (s *imagined) register(r codemap.Reg) ([2]uint64, bool) {
	if int(r) >= len(s.regs) {
		return [2]uint64{}, false
	}
	return [2]uint64{s.regs[r], s.upper(r)}, true
}

func (s *imagined) native(addr uint64, b []byte) bool {
	s.load(addr, b)
	return true
}

func (s *imagined) cfa() uint64        { return imaginedCFA }
func (s *imagined) memoryBase() uint64 { return imaginedMemory }

// compareRest compares what no run has reached, over imagined states.
func (p *proof) compareRest() {
	seed := uint64(1)
	for _, f := range p.order {
		if !p.open(f) {
			continue
		}
		heights := p.machine.Heights(f.Index)
		for i, at := range f.points {
			var s *imagined
			for k := range f.vars {
				st := f.status(i, k)
				if *st != open {
					continue
				}
				if s == nil {
					seed++
					s = p.imagine(f, at.text, hash(seed))
					s.height = heights[at.wasm]
				}
				*st = p.judge(f, f.vars[k], at.wasm, at.text, s, s, static)
			}
		}
	}
	for i, v := range p.statics {
		if p.staticState[i] == open {
			seed++
			s := p.imagine(&function{Func: &codemap.Func{}}, 0, hash(seed))
			p.staticState[i] = p.judge(&function{}, v, 0, 0, s, s, static)
		}
	}
}

// judge compares one variable at one moment. good is what it is if both sides are equal.
func (p *proof) judge(f *function, v *variable, at wasm.CodeOffset, text abi.TextOffset, w wasmState, n nativeState, good status) status {
	code, ok := v.inAt.at(uint64(at))
	if !ok || len(code) == 0 {
		return undescribed
	}
	in := side{unit: v.in.Unit, addr: uint64(at), tls: p.tls}
	if f.in.Tag() != 0 {
		in.base = readLocation(&f.in, dwarf.AttrFrameBase, nil)
	}
	if u := v.in.Unit; u.Version < 4 {
		base, _ := in.base.at(uint64(at))
		code = expr.Implied(code, u.Format(), v.in.Scalar(), expr.FrameLocal(base, u.Format()))
	}
	want, described, err := input(code, &in, w)
	if !described {
		return undescribed
	}
	fail := func(st status, reason string) status {
		if v.cause == "" {
			v.cause = reason
		}
		return st
	}
	addr := abi.TextBase + uint64(text)
	native, there := v.outAt.at(addr)
	if cause(err) == errNoState {
		// The input names an operand that is not there: producers let ranges begin too early and
		// end too late. Where the state is imagined, it may be that only its place is not known.
		if !mayHave(code, v.in.Unit, w) {
			return undescribed
		}
	}
	if v.out.Tag() == 0 {
		return fail(lost, "the output has no such entry")
	}
	if !there || len(native) == 0 {
		reason := "no location at text " + hex(uint64(text)) + " for " + printed(code, v.in.Unit)
		if !v.outAt.here {
			reason = "no location at all for " + printed(code, v.in.Unit)
		}
		return fail(lost, reason)
	}
	if err != nil {
		if good == static && cause(err) == errNoState {
			return unknown
		}
		return fail(different, "the input's "+printed(code, v.in.Unit)+": "+err.Error())
	}
	out := side{unit: v.out.Unit, addr: addr}
	if f.out.Tag() != 0 {
		out.base = readLocation(&f.out, dwarf.AttrFrameBase, nil)
	}
	h := &outputHost{side: &out, state: n, arrived: func(r codemap.Reg) (expr.Value, error) { return p.arrived(f, r, w) }}
	got, err := evalOutput(native, h)
	if err == nil {
		err = compare(want, got, w, n, v.in.Unit.AddrSize, v.size)
	}
	if err != nil {
		return fail(different, err.Error()+" at text "+hex(uint64(text))+"; "+printed(code, v.in.Unit)+" became "+printed(native, v.out.Unit))
	}
	return good
}

// arrived is what a register held when the function was entered, by what it was called with.
// Registers with other parameters than wanted are told apart by these; where each parameter comes in
// is what the code map says.
func (p *proof) arrived(f *function, r codemap.Reg, w wasmState) (expr.Value, error) {
	if f.Func == nil || int(f.Index) >= len(p.module.Funcs) {
		return expr.Value{}, errNoState
	}
	t := p.module.Funcs[f.Index]
	if int(t) >= len(p.object.Map.Params) {
		return expr.Value{}, fmt.Errorf("where the parameters of type %d come in is not known", t)
	}
	for i, place := range p.object.Map.Params[t] {
		if place.Kind != codemap.InReg || place.Reg != r {
			continue
		}
		v, ok := w.param(uint32(i))
		if !ok {
			return expr.Value{}, errNoState
		}
		if v.Type == wasm.I64 {
			return expr.Value{Bits: v.Bits}, nil // as wide as a generic value here
		}
		return exprValue(v)
	}
	return expr.Value{}, fmt.Errorf("no parameter comes in register %d", r)
}

// tlsBase finds the global with the base of thread-local data, which wasm-ld calls so; -1 if there is
// none.
func tlsBase(m *wasm.Module) int {
	for i, name := range m.Names().Globals {
		if name == "__tls_base" {
			return int(i)
		}
	}
	for i := range m.Exports {
		if e := &m.Exports[i]; e.Kind == wasm.ExternGlobal && e.Name == "__tls_base" {
			return int(e.Index)
		}
	}
	return -1
}
