package proof

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/runtime/interp"
)

// wasmState is a moment of a frame in the terms of WebAssembly.
type wasmState interface {
	local(i uint32) (interp.Value, bool)
	param(i uint32) (interp.Value, bool) // a local as it was when the function was entered
	operand(i uint32) (interp.Value, bool)
	global(i uint32) (interp.Value, bool)
	linear(addr uint64, b []byte) bool
}

// nativeState is the same moment in the terms of the machine.
type nativeState interface {
	register(r codemap.Reg) ([2]uint64, bool) // both halves of a vector's
	native(addr uint64, b []byte) bool
	cfa() uint64
	memoryBase() uint64
}

// errNoState is a question that the state has no answer to: the pair says nothing here.
var errNoState = errors.New("the state does not have it")

// side is what both evaluations need of the debug information.
type side struct {
	unit *info.Unit
	base location // the function's frame base
	addr uint64   // where it stands
	tls  int      // the global that has the base of thread-local data; negative if there is none
}

func (s *side) frameBase(h expr.Host) (uint64, error) {
	code, ok := s.base.at(s.addr)
	if !ok {
		return 0, errors.New("no frame base")
	}
	v, err := expr.EvalValue(code, s.unit.Format(), h)
	if err == nil && v.Type.Encoding == dwarf.EncFloat {
		err = fmt.Errorf("%w: the frame base is a floating-point number", expr.ErrKind)
	}
	return v.Bits, err
}

func (s *side) Addrx(i uint64) (uint64, error) { return s.unit.Addrx(i) }

func (s *side) BaseType(off uint64) (expr.Type, error) {
	e, err := s.unit.Entry(s.unit.Offset + info.Offset(off))
	if err != nil || e.Tag() != dwarf.TagBaseType {
		return expr.Type{}, fmt.Errorf("no base type at %#x: %v", off, err)
	}
	enc, _ := e.Uint(dwarf.AttrEncoding)
	size, _ := e.Uint(dwarf.AttrByteSize)
	return expr.Type{Encoding: dwarf.Encoding(enc), Size: uint8(size)}, nil
}

func (s *side) Call(off uint64, section bool) ([]byte, error) {
	at := info.Offset(off)
	if !section {
		at += s.unit.Offset
	}
	e, err := s.unit.Data().Entry(at)
	if err != nil {
		return nil, err
	}
	l := readLocation(&e, dwarf.AttrLocation, nil)
	code, _ := l.at(s.addr)
	return code, nil
}

// inputHost answers what the input's expressions ask.
type inputHost struct {
	expr.NoHost
	*side
	state   wasmState
	entered bool // locals are those of the function's entry
	wide    bool // values of 64 bits are generic
}

func (h *inputHost) Addrx(i uint64) (uint64, error)            { return h.side.Addrx(i) }
func (h *inputHost) BaseType(off uint64) (expr.Type, error)    { return h.side.BaseType(off) }
func (h *inputHost) Call(off uint64, sec bool) ([]byte, error) { return h.side.Call(off, sec) }
func (h *inputHost) FrameBase() (uint64, error)                { return h.side.frameBase(h) }

// TLS adds the base of thread-local data. Where there is none, the linker made such data static.
func (h *inputHost) TLS(off uint64) (uint64, error) {
	if h.tls < 0 {
		return off, nil
	}
	base, ok := h.state.global(uint32(h.tls))
	if !ok {
		return 0, errNoState
	}
	return off + base.Bits, nil
}

func (h *inputHost) EntryValue(code []byte) (expr.Value, error) {
	entry := *h
	entry.entered = true
	return expr.EvalValue(code, h.unit.Format(), &entry)
}

// VariableValue reads a variable of at most 8 bytes. The translation puts its location in place.
func (h *inputHost) VariableValue(off uint64) (expr.Value, error) {
	e, err := h.unit.Data().Entry(info.Offset(off))
	if err != nil {
		return expr.Value{}, err
	}
	l := readLocation(&e, dwarf.AttrLocation, nil)
	code, ok := l.at(h.addr)
	size := typeSize(&e)
	if !ok || size == 0 || size > 8 {
		return expr.Value{}, errNoState
	}
	pieces, _, err := input(code, h.side, h.state)
	if err != nil || len(pieces) != 1 {
		return expr.Value{}, fmt.Errorf("%d pieces: %v", len(pieces), err)
	}
	if pieces[0].Kind != expr.Memory {
		b, err := pieceBytes(&pieces[0], nil, 8)
		return expr.Value{Bits: binary.LittleEndian.Uint64(append(b, make([]byte, 8)...))}, err
	}
	var b [8]byte
	if err := h.Memory(pieces[0].Addr, b[:size]); err != nil {
		return expr.Value{}, err
	}
	return expr.Value{Bits: binary.LittleEndian.Uint64(b[:])}, nil
}

func (h *inputHost) Memory(addr uint64, b []byte) error {
	if h.unit.AddrSize == 4 {
		addr = uint64(uint32(addr))
	}
	if !h.state.linear(addr, b) {
		return errNoState
	}
	return nil
}

func (h *inputHost) Wasm(kind uint8, i uint32) (expr.Value, error) {
	var v interp.Value
	var ok bool
	switch {
	case kind == 0 && h.entered:
		v, ok = h.state.param(i)
	case kind == 0:
		v, ok = h.state.local(i)
	case kind == 2:
		v, ok = h.state.operand(i)
	case i == 0xffff_ffff: // a base that the linker left out, for what it put at absolute addresses
		return expr.Value{}, nil
	default:
		v, ok = h.state.global(i)
	}
	if !ok {
		return expr.Value{}, errNoState
	}
	if h.wide && v.Type == wasm.I64 {
		return expr.Value{Bits: v.Bits}, nil
	}
	return exprValue(v)
}

// allWide reports whether an expression computes with values of 64 bits alone, and without types.
// LLVM means the operations of the generic type then, of which the division has a sign.
func (h *inputHost) allWide(ops []expr.Op) bool {
	found := false
	for i := range ops {
		switch o := &ops[i]; o.Code {
		case dwarf.OpWASMLocation:
			v, err := h.Wasm(uint8(o.A), uint32(o.B))
			if err != nil || v.Type != (expr.Type{Encoding: dwarf.EncUnsigned, Size: 8}) {
				return false
			}
			found = true
		case dwarf.OpConvert, dwarf.OpReinterpret, dwarf.OpConstType, dwarf.OpDerefType, dwarf.OpRegvalType, dwarf.OpEntryValue, dwarf.OpGNUEntryValue,
			dwarf.OpFbreg, dwarf.OpAddr, dwarf.OpAddrx, dwarf.OpDeref, dwarf.OpDerefSize, dwarf.OpPiece, dwarf.OpBitPiece:
			return false
		}
	}
	return found
}

// exprValue is a value of WebAssembly as expressions have it.
func exprValue(v interp.Value) (expr.Value, error) {
	switch v.Type {
	case wasm.I32:
		return expr.Value{Bits: uint64(uint32(v.Bits))}, nil
	case wasm.I64:
		return expr.Value{Type: expr.Type{Encoding: dwarf.EncUnsigned, Size: 8}, Bits: v.Bits}, nil
	case wasm.F32:
		return expr.Value{Type: expr.Type{Encoding: dwarf.EncFloat, Size: 4}, Bits: uint64(uint32(v.Bits))}, nil
	case wasm.F64:
		return expr.Value{Type: expr.Type{Encoding: dwarf.EncFloat, Size: 8}, Bits: v.Bits}, nil
	case wasm.V128:
		return expr.Value{Type: expr.Type{Encoding: dwarf.EncUnsigned, Size: 16}, Bits: v.Bits, High: v.High}, nil
	}
	return expr.Value{}, errNoState
}

// outputHost answers what the output's expressions ask.
type outputHost struct {
	expr.NoHost
	*side
	state nativeState
	// arrived is what a register held when the function was entered.
	arrived func(codemap.Reg) (expr.Value, error)
}

func (h *outputHost) Addrx(i uint64) (uint64, error)            { return h.side.Addrx(i) }
func (h *outputHost) BaseType(off uint64) (expr.Type, error)    { return h.side.BaseType(off) }
func (h *outputHost) Call(off uint64, sec bool) ([]byte, error) { return h.side.Call(off, sec) }
func (h *outputHost) FrameBase() (uint64, error)                { return h.side.frameBase(h) }
func (h *outputHost) CFA() (uint64, error)                      { return h.state.cfa(), nil }

// EntryValue knows registers only, as debuggers do.
func (h *outputHost) EntryValue(code []byte) (expr.Value, error) {
	ops, err := expr.Decode(nil, code, h.unit.Format())
	if err != nil || len(ops) != 1 {
		return expr.Value{}, fmt.Errorf("an entry value of %d operations: %v", len(ops), err)
	}
	r := uint64(ops[0].Code - dwarf.OpReg0)
	if ops[0].Code == dwarf.OpRegx {
		r = ops[0].A
	} else if r > 31 {
		return expr.Value{}, fmt.Errorf("an entry value of %v", &ops[0])
	}
	return h.arrived(codemap.Reg(r))
}

func (h *outputHost) Register(r uint64, b []byte) error {
	v, ok := h.state.register(codemap.Reg(r))
	if !ok {
		return fmt.Errorf("register %d is not known", r)
	}
	if copy(b, halves(v)) < len(b) {
		return fmt.Errorf("%d bytes of register %d", len(b), r)
	}
	return nil
}

func (h *outputHost) Memory(addr uint64, b []byte) error {
	if !h.state.native(addr, b) {
		return fmt.Errorf("%d bytes at %#x can not be read", len(b), addr)
	}
	return nil
}

// input evaluates a location of the input. described is false if it says nothing here.
func input(code []byte, s *side, state wasmState) (pieces []expr.Piece, described bool, err error) {
	if len(code) == 0 {
		return nil, false, nil
	}
	f := s.unit.Format()
	ops, err := expr.Decode(nil, code, f)
	if err != nil {
		return nil, true, err
	}
	if dead(ops, s) {
		return nil, false, nil
	}
	if len(ops) == 1 && ops[0].Code == dwarf.OpPlusUconst {
		// LLVM before 22 wrote this where it meant an offset from the frame base.
		code = append([]byte{byte(dwarf.OpFbreg)}, dwarf.AppendSLEB(nil, int64(ops[0].A))...)
	}
	h := &inputHost{side: s, state: state}
	h.wide = h.allWide(ops)
	if h.wide || longConstants(ops) {
		f.AddrSize = 8 // LLVM writes constants of 64 bits where the standard allows 32
	}
	pieces, err = expr.Eval(code, f, h)
	if errors.Is(err, expr.ErrKind) {
		return nil, false, nil // a local or operand that has become something else: nobody can read that
	}
	for i := range pieces {
		if p := &pieces[i]; h.wide && p.Kind == expr.StackValue && p.Value.Type == (expr.Type{}) {
			p.Value.Type = expr.Type{Encoding: dwarf.EncUnsigned, Size: 8}
		}
	}
	for i := range pieces {
		if pieces[i].Kind != expr.Empty {
			return pieces, true, err
		}
	}
	return pieces, err != nil, err
}

// dead reports whether an expression is about data that the linker removed.
func dead(ops []expr.Op, s *side) bool {
	return slices.ContainsFunc(ops, func(o expr.Op) bool {
		indexed := o.Code == dwarf.OpAddrx || o.Code == dwarf.OpGNUAddrIndex
		if indexed {
			o.A, _ = s.Addrx(o.A)
		}
		return (o.Code == dwarf.OpAddr || indexed) && (uint32(o.A) >= 0xffff_fffe && o.A>>32 == 0 || o.A >= ^uint64(1))
	})
}

func longConstants(ops []expr.Op) bool {
	return slices.ContainsFunc(ops, func(o expr.Op) bool {
		return o.Code >= dwarf.OpConst8u && o.Code <= dwarf.OpConsts && o.A > 0xffff_ffff && int64(o.A) != int64(int32(o.A))
	})
}

func printed(code []byte, u *info.Unit) string {
	ops, err := expr.Decode(nil, code, u.Format())
	var s []string
	for i := range ops {
		s = append(s, ops[i].String())
	}
	if err != nil {
		s = append(s, err.Error())
	}
	return strings.Join(s, ", ")
}

// compare compares what the input's location says with what the output's says. size is that of
// the variable, 0 if unknown.
func compare(in, out []expr.Piece, w wasmState, n nativeState, addrSize uint8, size uint64) error {
	if len(in) != len(out) {
		return fmt.Errorf("%d pieces, want %d", len(out), len(in))
	}
	for i := range in {
		a, b := &in[i], &out[i]
		if a.Bits != b.Bits || a.BitOffset != b.BitOffset {
			return fmt.Errorf("piece %d has %d bits from %d, want %d from %d", i, b.Bits, b.BitOffset, a.Bits, a.BitOffset)
		}
		if err := comparePiece(a, b, w, n, addrSize, size); err != nil {
			if len(in) > 1 {
				return fmt.Errorf("piece %d: %w", i, err)
			}
			return err
		}
	}
	return nil
}

// longest is how many bytes of an object in memory are compared.
const longest = 256

func comparePiece(a, b *expr.Piece, w wasmState, n nativeState, addrSize uint8, size uint64) error {
	if (a.Kind == expr.Empty) != (b.Kind == expr.Empty) {
		return fmt.Errorf("is %s, want %s", describe(b), describe(a))
	}
	if a.Kind == expr.Empty {
		return nil
	}
	bytesOf := uint64(4) // a value of the generic type
	if addrSize == 8 {
		bytesOf = 8
	}
	switch a.Kind {
	case expr.Memory:
		addr := a.Addr
		if addrSize == 4 {
			addr = uint64(uint32(addr))
		}
		// Where a stack has overflowed, its pointer is near 2^32 and an offset leads beyond: there is
		// nothing, and the program's own instructions do not wrap either.
		if b.Kind == expr.Memory && addrSize == 4 && b.Addr == n.memoryBase()+addr+1<<32 {
			return nil
		}
		if b.Kind != expr.Memory || b.Addr != n.memoryBase()+addr {
			return fmt.Errorf("is %s, want linear address %#x", describe(b), addr)
		}
		if bytesOf = min(size, longest); bytesOf == 0 {
			bytesOf = 8
		}
		if a.Bits != 0 {
			bytesOf = min(longest, (a.BitOffset+a.Bits+7)/8)
		}
		x, y := make([]byte, bytesOf), make([]byte, bytesOf)
		if !w.linear(addr, x) {
			return nil // a wild address: there is nothing to compare
		}
		if !n.native(b.Addr, y) {
			return fmt.Errorf("linear address %#x can not be read", addr)
		}
		if !bytes.Equal(x, y) {
			return fmt.Errorf("linear address %#x holds % x, want % x", addr, y, x)
		}
		return nil
	case expr.ImplicitPointer:
		if b.Kind != expr.ImplicitPointer || a.Offset != b.Offset {
			return fmt.Errorf("is %s, want %s", describe(b), describe(a))
		}
		return nil
	case expr.Implicit:
		bytesOf = uint64(len(a.Data))
	case expr.StackValue:
		if a.Value.Type.Size != 0 {
			bytesOf = uint64(a.Value.Type.Size)
		}
	}
	if a.Bits != 0 {
		bytesOf = min(bytesOf, (a.BitOffset+a.Bits+7)/8)
	} else if size != 0 {
		bytesOf = min(bytesOf, size) // what is above it is not the object's
	}
	x, err := pieceBytes(a, nil, bytesOf)
	if err != nil {
		return err
	}
	y, err := pieceBytes(b, n, bytesOf)
	if err != nil {
		return err
	}
	if !bytes.Equal(x, y) {
		return fmt.Errorf("is % x (%s), want % x", y, describe(b), x)
	}
	return nil
}

// pieceBytes reads what a piece describes; n is nil for the input's.
func pieceBytes(p *expr.Piece, n nativeState, size uint64) ([]byte, error) {
	buf := make([]byte, max(size, 16))
	switch p.Kind {
	case expr.Memory:
		if !n.native(p.Addr, buf[:size]) {
			return nil, fmt.Errorf("%d bytes at %#x can not be read", size, p.Addr)
		}
	case expr.Register:
		if n == nil {
			return nil, errors.New("a register in the input")
		}
		v, ok := n.register(codemap.Reg(p.Reg))
		if !ok {
			return nil, fmt.Errorf("register %d is not known", p.Reg)
		}
		copy(buf, halves(v))
	case expr.StackValue:
		copy(buf, halves([2]uint64{p.Value.Bits, p.Value.High}))
	case expr.Implicit:
		copy(buf, p.Data)
	default:
		return nil, fmt.Errorf("is %s", describe(p))
	}
	return buf[:size], nil
}

// halves is a value of 128 bits as memory has it.
func halves(v [2]uint64) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, v[0]), v[1])
}

func describe(p *expr.Piece) string {
	switch p.Kind {
	case expr.Empty:
		return "nothing"
	case expr.Memory:
		return fmt.Sprintf("memory at %#x", p.Addr)
	case expr.Register:
		return fmt.Sprintf("register %d", p.Reg)
	case expr.StackValue:
		return fmt.Sprintf("value %#x", p.Value.Bits)
	case expr.Implicit:
		return fmt.Sprintf("bytes % x", p.Data)
	}
	return "a pointer to nothing"
}
