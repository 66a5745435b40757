package debuginfo

import (
	"bytes"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// maxNesting bounds frame bases, entry values and calls within each other.
const maxNesting = 4

// maxCalls bounds the calls of one expression, those in what it calls included.
const maxCalls = 256

// pushFrameBase pushes the frame base as a linear address.
func (x *expression) pushFrameBase() error {
	if x.frameBase == nil {
		return errNoFrameBase
	}
	return x.nested(x.frameBase)
}

func (x *expression) nested(ops []expr.Op) error {
	if x.depth >= maxNesting {
		return errUnsupported
	}
	x.depth++
	defer func() { x.depth-- }()
	before := len(x.stack)
	if err := x.run(ops); err != nil {
		return err
	}
	if len(x.stack) != before+1 {
		return errUnsupported
	}
	return nil
}

// entryValue pushes what an expression was worth when the function was entered.
func (x *expression) entryValue(code []byte) error {
	ops, err := expr.Decode(nil, code, expr.Format{Version: 5, AddrSize: x.addrSize})
	if err != nil {
		return errDamaged
	}
	if x.fn == nil {
		return errNotInFunction
	}
	was := x.entered
	x.entered = true
	defer func() { x.entered = was }()
	return x.nested(ops)
}

// entryLocal pushes the value that a local had when the function was entered.
func (x *expression) entryLocal(i uint64) error {
	p, err := x.fn.local(i)
	if err != nil {
		return err
	}
	t := x.module.FuncType(x.fn.Index)
	if i >= uint64(len(t.Params)) { // wasm's locals begin with zero
		p = codemap.Place{Kind: codemap.IsConst, Type: p.Type}
		return x.pushPlace(p)
	}
	if written := x.facts(0).written; i < uint64(len(written)) && !written[i] {
		return x.pushPlace(p) // it still has it
	}
	arrivals, ok := x.arrivals(x.module.Funcs[x.fn.Index])
	if !ok || i >= uint64(len(arrivals)) {
		return errEntryValue
	}
	p = arrivals[i]
	if p.Kind != codemap.InReg {
		return x.pushPlace(p)
	}
	e := entry{width: word}
	switch p.Type {
	case wasm.I32:
	case wasm.I64:
		e.width = wide
	default:
		e.width = typed
	}
	// Who called knows what was in the register.
	data, err := expr.Append(nil, []expr.Op{expr.Reg(uint64(p.Reg))}, expr.Format{Version: 5, AddrSize: 8}, nil)
	if err != nil {
		return errEntryValue
	}
	x.emit(expr.Op{Code: dwarf.OpEntryValue, Data: data})
	x.push(e)
	return nil
}

// arrivals returns where the parameters of a function type are when a function is entered.
func (x *expression) arrivals(typ uint32) ([]codemap.Place, bool) {
	if int(typ) >= len(x.params) {
		return nil, false
	}
	return x.params[typ], true
}

// call translates a call of another entry's expression: that comes in its place.
func (x *expression) call(key uint64) error {
	p, err := x.procedure(key)
	if err != nil {
		return err
	}
	if n := len(p.ops); n > 0 && endsPlace(p.ops[n-1].Code) {
		return errNoAddress
	}
	return x.inside(p.ops)
}

// variableValue pushes the value of a variable.
func (x *expression) variableValue(key uint64) error {
	if x.calls++; x.calls > maxCalls {
		return errTooLong
	}
	p, err := x.procedure(key)
	if err != nil {
		return err
	}
	n := len(p.ops)
	if n == 0 {
		return errNoEntry
	}
	if p.ops[n-1].Code == dwarf.OpStackValue {
		return x.nested(p.ops[:n-1])
	}
	if endsPlace(p.ops[n-1].Code) {
		return errNoAddress
	}
	if p.size == 0 || p.size > 8 {
		return errUnsupported
	}
	if err := x.nested(p.ops); err != nil {
		return err
	}
	return x.op(&expr.Op{Code: dwarf.OpDerefSize, A: p.size})
}

// endsPlace tells whether an operation ends a description of something that is no address.
func endsPlace(c dwarf.Op) bool {
	switch c {
	case dwarf.OpStackValue, dwarf.OpImplicitValue, dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer, dwarf.OpPiece, dwarf.OpBitPiece:
		return true
	}
	return false
}

func (x *expression) procedure(key uint64) (procedure, error) {
	if x.entries == nil {
		return procedure{}, errUnsupported
	}
	return x.entries.called(key)
}

// inside translates the operations of an entry that is called; they work on the caller's stack.
func (x *expression) inside(ops []expr.Op) error {
	if x.depth >= maxNesting {
		return errRecursive
	}
	if x.calls++; x.calls > maxCalls || len(x.out) > maxExpression {
		return errTooLong
	}
	x.depth++
	defer func() { x.depth-- }()
	return x.run(ops)
}

// threadLocal turns an offset in thread-local data into a linear address. A module with threads has
// the base in a global; without, the linker gave all data addresses.
func (x *expression) threadLocal() error {
	if !x.tls.sought {
		x.tls.global, x.tls.found = tlsBase(x.module)
		x.tls.sought = true
	}
	i, ok := x.tls.global, x.tls.found
	if !ok {
		return nil
	}
	if err := x.global(i); err != nil {
		return err
	}
	x.binary(dwarf.OpPlus)
	return nil
}

// tlsBase finds the global __tls_base by its export or its name.
func tlsBase(m *wasm.Module) (i uint64, ok bool) {
	const name = "__tls_base"
	for i := range m.Exports {
		if e := &m.Exports[i]; e.Kind == wasm.ExternGlobal && e.Name == name {
			return uint64(e.Index), true
		}
	}
	for i, n := range m.Names().Globals {
		if n == name {
			return uint64(i), true
		}
	}
	return 0, false
}

// global pushes the value of a global.
func (x *expression) global(i uint64) error {
	if x.entered {
		return errEntryValue
	}
	if err := x.globalAddress(i); err != nil {
		return err
	}
	t := x.module.Globals[i].Type
	if t != wasm.I32 && t != wasm.I64 {
		return errFloatOperand // no producer makes one
	}
	x.load(t)
	if t == wasm.I64 {
		x.push(entry{width: wide})
	} else {
		x.push(entry{width: word, clean: true, near: true})
	}
	return nil
}

// xderef reads from an address in an address space: number 0 is linear memory. The space, which
// must be known, is below the address.
func (x *expression) xderef(o *expr.Op) error {
	if s := &x.stack[len(x.stack)-2]; s.width != anyWidth || s.value != 0 {
		return errSpaces
	}
	x.code(dwarf.OpSwap)
	x.code(dwarf.OpDrop)
	n := len(x.stack)
	x.stack[n-2] = x.stack[n-1]
	x.stack = x.stack[:n-1]
	d := expr.Op{Code: dwarf.OpDeref, A: o.A, B: o.B}
	switch o.Code {
	case dwarf.OpXderefSize:
		d.Code = dwarf.OpDerefSize
	case dwarf.OpXderefType:
		d.Code = dwarf.OpDerefType
	}
	return x.op(&d)
}

// frameBaseCode returns the expression of a frame base. A location list is good if it says the same
// wherever it says something: no producer for WebAssembly is known to make one.
func (u *unit) frameBaseCode(v info.Value) (code []byte, err error) {
	if code, ok := v.Expr(); ok {
		return code, nil
	}
	u.locs, err = v.Locations(u.locs[:0])
	if err != nil {
		return nil, err
	}
	found := false
	for i := range u.locs {
		switch l := &u.locs[i]; {
		case l.Dead:
		case found && !bytes.Equal(code, l.Expr):
			return nil, errFrameBases
		default:
			code, found = l.Expr, true
		}
	}
	if !found {
		return nil, errNoFrameBase
	}
	return code, nil
}
