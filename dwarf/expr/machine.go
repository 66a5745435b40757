package expr

import (
	"errors"
	"fmt"
	"sync"

	"sphex/dwarf"
)

// Bounds, far above what producers need.
const (
	maxSteps = 1 << 16
	maxStack = 1 << 10
	maxCalls = 16
	maxSize  = 16 // bytes of a value
)

var (
	errUnderflow = errors.New("stack is empty")
	errOverflow  = errors.New("stack is too high")
	errSteps     = errors.New("too many steps")
	errCalls     = errors.New("calls are nested too deeply")
	errPlace     = errors.New("location is not followed by a piece or the end")
	errInCall    = errors.New("location in a called expression")
	errPieceSize = errors.New("piece is too large")
	errNotAddr   = kindError("address is no integer")
	errNoValue   = errors.New("expression gives no value")
	errAddrSize  = errors.New("unsupported size of addresses")
	errSpace     = errors.New("address spaces are not supported")
)

// Eval evaluates a location description. stack holds initial values of the generic type. An
// empty expression gives one Empty piece. Several pieces follow each other in the object;
// a single one with Bits 0 is all of it.
func Eval(code []byte, f Format, h Host, stack ...uint64) ([]Piece, error) {
	m := new(machine)
	if err := m.start(code, f, h, stack); err != nil {
		return nil, err
	}
	if len(m.pieces) == 0 {
		p, err := m.place()
		if err != nil {
			return nil, err
		}
		m.pieces = append(m.pieces, p)
	}
	return m.pieces, nil
}

// EvalValue evaluates an expression that computes a value, such as a frame base, an array
// bound or the CFA: the top of the stack, with or without DW_OP_stack_value. Of a register
// location it is the register's value.
func EvalValue(code []byte, f Format, h Host, stack ...uint64) (Value, error) {
	m := machines.Get().(*machine)
	defer m.free()
	if err := m.start(code, f, h, stack); err != nil {
		return Value{}, err
	}
	if len(m.pieces) > 0 {
		return Value{}, errNoValue
	}
	if m.pending == nil {
		if len(m.stack) == 0 {
			return Value{}, errNoValue
		}
		return m.stack[len(m.stack)-1], nil
	}
	switch m.pending.Kind {
	case StackValue:
		return m.pending.Value, nil
	case Register:
		return m.register(m.pending.Reg, Type{})
	case Implicit:
		if n := len(m.pending.Data); n >= 1 && n <= maxSize {
			return bytesValue(Type{dwarf.EncUnsigned, uint8(n)}, m.pending.Data), nil
		}
	}
	return Value{}, errNoValue
}

// machines are machines that nothing of an outcome points into: a frame base is computed at
// each of a million stops.
var machines = sync.Pool{New: func() any { return new(machine) }}

func (m *machine) free() {
	*m = machine{}
	machines.Put(m)
}

func (m *machine) start(code []byte, f Format, h Host, stack []uint64) error {
	if f.AddrSize < 1 || f.AddrSize > 8 {
		return errAddrSize
	}
	m.f, m.h = f, h
	m.stack, m.pieces = m.low[:0], m.first[:0]
	for _, v := range stack {
		if err := m.push(m.wrap(Type{}, v)); err != nil {
			return err
		}
	}
	return m.run(code)
}

// machine is the state of an evaluation.
type machine struct {
	f       Format
	h       Host
	stack   []Value
	pieces  []Piece
	pending *Piece // a location that waits for the end or a piece
	steps   int
	calls   int

	// Room for what most expressions need, so that an evaluation is one allocation.
	low   [4]Value
	waits Piece // that pending points at
	first [1]Piece
	buf   [maxSize]byte
}

// wait leaves a location for the end or a piece.
func (m *machine) wait(p Piece) {
	m.waits = p
	m.pending = &m.waits
}

func (m *machine) push(v Value) error {
	if len(m.stack) == maxStack {
		return errOverflow
	}
	m.stack = append(m.stack, v)
	return nil
}

func (m *machine) pop() (Value, error) {
	n := len(m.stack) - 1
	if n < 0 {
		return Value{}, errUnderflow
	}
	v := m.stack[n]
	m.stack = m.stack[:n]
	return v, nil
}

// popAddr pops an address or another integer.
func (m *machine) popAddr() (uint64, error) {
	v, err := m.pop()
	if err == nil && !isIntegral(v.Type) {
		err = errNotAddr
	}
	return v.Bits, err
}

func (m *machine) pushGeneric(v uint64, err error) error {
	if err != nil {
		return err
	}
	return m.push(m.wrap(Type{}, v))
}

func (m *machine) pushValue(v Value, err error) error {
	if err != nil {
		return err
	}
	if err := checkType(v.Type); err != nil {
		return err
	}
	return m.push(m.cut(v))
}

func (m *machine) baseType(off uint64) (Type, error) {
	if off == 0 {
		return Type{}, nil
	}
	t, err := m.h.BaseType(off)
	if err != nil {
		return Type{}, err
	}
	return t, checkType(t)
}

func (m *machine) register(reg uint64, t Type) (Value, error) {
	b := m.buf[:m.size(t)]
	if err := m.h.Register(reg, b); err != nil {
		return Value{}, err
	}
	return bytesValue(t, b), nil
}

func bytesValue(t Type, b []byte) Value {
	v := Value{Type: t}
	for i, c := range b {
		if i < 8 {
			v.Bits |= uint64(c) << (8 * i)
		} else {
			v.High |= uint64(c) << (8 * (i - 8))
		}
	}
	return v
}

// deref pops an address and pushes size bytes from there as a value of type t.
func (m *machine) deref(size uint64, t Type) error {
	if size == 0 || size > maxSize || size > 8 && t == (Type{}) {
		return fmt.Errorf("read of %d bytes", size)
	}
	a, err := m.popAddr()
	if err != nil {
		return err
	}
	b := m.buf[:size]
	if err := m.h.Memory(a, b); err != nil {
		return err
	}
	if t == (Type{}) && size > uint64(m.f.AddrSize) {
		t = Type{dwarf.EncUnsigned, uint8(size)}
	}
	return m.push(m.cut(bytesValue(t, b)))
}

// place is the location that stands at the end or before a piece.
func (m *machine) place() (Piece, error) {
	if p := m.pending; p != nil {
		m.pending = nil
		return *p, nil
	}
	if len(m.stack) == 0 {
		return Piece{Kind: Empty}, nil
	}
	a, err := m.popAddr()
	return Piece{Kind: Memory, Addr: a}, err
}

func (m *machine) piece(bits, bitOffset uint64) error {
	if bits > 1<<35 || bitOffset > 1<<35 {
		return errPieceSize
	}
	p, err := m.place()
	if err != nil {
		return err
	}
	p.Bits, p.BitOffset = bits, bitOffset
	if bits > 0 {
		m.pieces = append(m.pieces, p)
	}
	return nil
}

// run executes an expression.
func (m *machine) run(code []byte) error {
	c := dwarf.NewCursor(section, code, 0)
	for c.Len() > 0 {
		if m.steps++; m.steps > maxSteps {
			c.Fail(errSteps)
			return c.Err()
		}
		var o Op
		decodeOp(&c, m.f, &o)
		if c.Err() != nil {
			return c.Err()
		}
		err := m.step(&o)
		if err == nil && m.pending != nil && m.calls > 0 {
			err = errInCall
		}
		if err != nil {
			return &dwarf.Error{Section: section, Offset: uint64(o.Offset), Err: fmt.Errorf("%v: %w", o.Code, err)}
		}
		if o.Code == dwarf.OpSkip || o.Code == dwarf.OpBra {
			if o.Code == dwarf.OpBra {
				v, err := m.pop()
				if err != nil {
					c.Fail(err)
					return c.Err()
				}
				if v.Bits|v.High == 0 {
					continue
				}
			}
			target := int64(c.Offset()) + int64(o.A)
			if target < 0 || target > int64(len(code)) {
				return &dwarf.Error{Section: section, Offset: uint64(o.Offset), Err: errBranch}
			}
			c = dwarf.CursorAt(section, code, uint64(target))
		}
	}
	return nil
}

// step executes one operation; branches are run's.
func (m *machine) step(o *Op) error {
	op := o.Code
	if m.pending != nil && op != dwarf.OpPiece && op != dwarf.OpBitPiece && op != dwarf.OpNop && op != dwarf.OpGNUUninit {
		return errPlace
	}
	switch {
	case op >= dwarf.OpLit0 && op <= dwarf.OpLit31:
		return m.pushGeneric(uint64(op-dwarf.OpLit0), nil)
	case op >= dwarf.OpReg0 && op <= dwarf.OpReg31:
		m.wait(Piece{Kind: Register, Reg: uint64(op - dwarf.OpReg0)})
		return nil
	case op >= dwarf.OpBreg0 && op <= dwarf.OpBreg31:
		return m.breg(uint64(op-dwarf.OpBreg0), o.A)
	}
	switch op {
	case dwarf.OpNop, dwarf.OpGNUUninit, dwarf.OpSkip, dwarf.OpBra:
		return nil
	case dwarf.OpAddr, dwarf.OpConst1u, dwarf.OpConst1s, dwarf.OpConst2u, dwarf.OpConst2s, dwarf.OpConst4u,
		dwarf.OpConst4s, dwarf.OpConst8u, dwarf.OpConst8s, dwarf.OpConstu, dwarf.OpConsts:
		return m.pushGeneric(o.A, nil)
	case dwarf.OpAddrx, dwarf.OpConstx, dwarf.OpGNUAddrIndex, dwarf.OpGNUConstIndex:
		return m.pushGeneric(m.h.Addrx(o.A))
	case dwarf.OpGNUEncodedAddr:
		return m.pushGeneric(o.B, nil)
	case dwarf.OpFbreg:
		base, err := m.h.FrameBase()
		return m.pushGeneric(base+o.A, err)
	case dwarf.OpBregx:
		return m.breg(o.A, o.B)
	case dwarf.OpCallFrameCFA:
		return m.pushGeneric(m.h.CFA())
	case dwarf.OpPushObjectAddress:
		return m.pushGeneric(m.h.ObjectAddress())
	case dwarf.OpFormTLSAddress, dwarf.OpGNUPushTLSAddress:
		off, err := m.popAddr()
		if err != nil {
			return err
		}
		return m.pushGeneric(m.h.TLS(off))
	case dwarf.OpWASMLocation:
		return m.pushValue(m.h.Wasm(uint8(o.A), uint32(o.B)))
	case dwarf.OpEntryValue, dwarf.OpGNUEntryValue:
		return m.pushValue(m.h.EntryValue(o.Data))
	case dwarf.OpGNUVariableValue:
		return m.pushValue(m.h.VariableValue(o.A))

	case dwarf.OpDup, dwarf.OpOver, dwarf.OpPick:
		n := o.A
		if op == dwarf.OpOver {
			n = 1
		}
		if n >= uint64(len(m.stack)) {
			return errUnderflow
		}
		return m.push(m.stack[len(m.stack)-1-int(n)])
	case dwarf.OpDrop:
		_, err := m.pop()
		return err
	case dwarf.OpSwap:
		n := len(m.stack)
		if n < 2 {
			return errUnderflow
		}
		m.stack[n-1], m.stack[n-2] = m.stack[n-2], m.stack[n-1]
		return nil
	case dwarf.OpRot:
		n := len(m.stack)
		if n < 3 {
			return errUnderflow
		}
		m.stack[n-1], m.stack[n-2], m.stack[n-3] = m.stack[n-2], m.stack[n-3], m.stack[n-1]
		return nil

	case dwarf.OpDeref:
		return m.deref(uint64(m.f.AddrSize), Type{})
	case dwarf.OpDerefSize:
		return m.deref(o.A, Type{})
	case dwarf.OpDerefType, dwarf.OpGNUDerefType:
		t, err := m.baseType(o.B)
		if err != nil {
			return err
		}
		return m.deref(o.A, t)
	case dwarf.OpXderef, dwarf.OpXderefSize, dwarf.OpXderefType:
		return errSpace

	case dwarf.OpAbs, dwarf.OpNeg, dwarf.OpNot:
		a, err := m.pop()
		if err != nil {
			return err
		}
		return m.pushValue(m.unary(op, a))
	case dwarf.OpPlusUconst:
		a, err := m.pop()
		if err != nil {
			return err
		}
		if !isIntegral(a.Type) {
			return errIntegral
		}
		return m.push(m.addConst(a, o.A))
	case dwarf.OpPlus, dwarf.OpMinus, dwarf.OpMul, dwarf.OpDiv, dwarf.OpMod, dwarf.OpAnd, dwarf.OpOr, dwarf.OpXor,
		dwarf.OpShl, dwarf.OpShr, dwarf.OpShra, dwarf.OpEq, dwarf.OpNe, dwarf.OpLt, dwarf.OpLe, dwarf.OpGt, dwarf.OpGe:
		if len(m.stack) < 2 {
			return errUnderflow
		}
		b, _ := m.pop()
		a, _ := m.pop()
		return m.pushValue(m.binary(op, a, b))

	case dwarf.OpCall2, dwarf.OpCall4, dwarf.OpCallRef:
		return m.call(o.A, op == dwarf.OpCallRef)

	case dwarf.OpConstType, dwarf.OpGNUConstType:
		t, err := m.baseType(o.A)
		if err != nil {
			return err
		}
		if len(o.Data) != int(m.size(t)) {
			return fmt.Errorf("constant of %d bytes for a type of %d", len(o.Data), m.size(t))
		}
		return m.push(bytesValue(t, o.Data))
	case dwarf.OpRegvalType, dwarf.OpGNURegvalType:
		t, err := m.baseType(o.B)
		if err != nil {
			return err
		}
		return m.pushValue(m.register(o.A, t))
	case dwarf.OpConvert, dwarf.OpGNUConvert, dwarf.OpReinterpret, dwarf.OpGNUReinterpret:
		t, err := m.baseType(o.A)
		if err != nil {
			return err
		}
		v, err := m.pop()
		if err != nil {
			return err
		}
		if op == dwarf.OpConvert || op == dwarf.OpGNUConvert {
			return m.push(m.convert(v, t))
		}
		if m.size(v.Type) != m.size(t) {
			return fmt.Errorf("operands of different types: of %d and %d bytes", m.size(v.Type), m.size(t))
		}
		v.Type = t
		return m.push(v)

	case dwarf.OpRegx:
		m.wait(Piece{Kind: Register, Reg: o.A})
		return nil
	case dwarf.OpImplicitValue:
		m.wait(Piece{Kind: Implicit, Data: o.Data})
		return nil
	case dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer:
		m.wait(Piece{Kind: ImplicitPointer, Ref: o.A, Offset: int64(o.B)})
		return nil
	case dwarf.OpStackValue:
		v, err := m.pop()
		m.wait(Piece{Kind: StackValue, Value: v})
		return err
	case dwarf.OpPiece:
		if o.A > 1<<32 {
			return errPieceSize
		}
		return m.piece(8*o.A, 0)
	case dwarf.OpBitPiece:
		return m.piece(o.A, o.B)
	}
	return fmt.Errorf("%w: the operation is not supported", ErrUnavailable)
}

func (m *machine) breg(reg, off uint64) error {
	v, err := m.register(reg, Type{})
	return m.pushGeneric(v.Bits+off, err)
}

// call runs another entry's expression on the same stack.
func (m *machine) call(off uint64, inSection bool) error {
	if m.calls == maxCalls {
		return errCalls
	}
	code, err := m.h.Call(off, inSection)
	if err != nil {
		return err
	}
	m.calls++
	err = m.run(code)
	m.calls--
	return err
}
