package debuginfo

import (
	"encoding/binary"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// exprMode is what an expression is for.
type exprMode uint8

const (
	location exprMode = iota // where an object is; a linear address becomes a native one
	value                    // a number
	member                   // where a part of an object is, whose native address is on the stack
	use                      // the same for a pointer to a member, whose value is below the address
)

// width says how many bits of a stack entry mean something. In WebAssembly's DWARF the
// generic type has the size of a linear address, natively it has 8 bytes.
type width uint8

const (
	anyWidth width = iota // a constant: as wide as what it meets
	word                  // a linear address's bits; what stands above may be rubbish
	wide                  // 64 bits: an i64
	native                // an address of this process
	typed                 // a value of a base type, whose operations keep to its size
)

// entry is what the translation knows of a stack entry.
type entry struct {
	width width
	// clean: the bits above a word are zero. near: they are, or the value is so slightly
	// above that it can't be mistaken for another address, since memory's guard stands there.
	clean, near bool
	float       bool   // it is a floating-point number
	value       uint64 // of a constant
}

// expression translates one expression for one stretch of text in which every operand stack
// entry stays in its place.
type expression struct {
	target   codemap.Target
	module   *wasm.Module
	layout   *abi.Layout
	addrSize uint8
	fn       *function // nil outside of functions
	// frameBase is the operations that compute the frame base as a linear address; nil if
	// there is none. hasFrame: the function's native DW_AT_frame_base is its native address.
	frameBase []expr.Op
	facts     func(global uint64) localFacts
	addrx     func(uint64) (uint64, error)
	entries   entries
	at        abi.TextOffset
	found     foundOperand

	out   []expr.Op
	stack []entry
	depth int // of frame bases, entry values and calls in each other
	calls int // so far
	// missing is why a piece is nowhere that has a place in the input.
	missing error
	// barrier is how much of out a branch may reach the end of: it must stay as it is.
	barrier int
	tls     struct {
		sought, found bool
		global        uint64 // that has the base of thread-local data
	}
	params [][]codemap.Place // see codemap.Map.Params
	// entered: the values are wanted that were there when the function was entered.
	entered bool
	// canonical: every operation leaves an exact value, since branches meet.
	canonical bool
	// untyped: there is a floating-point number for which the unit has no type.
	untyped bool
}

// foundOperand is an operand whose place the caller knows already; none if place is nil.
type foundOperand struct {
	depth uint64
	place *codemap.Place
}

// entries answers what expressions ask of entries, by the keys with which operations name them.
type entries interface {
	called(key uint64) (procedure, error)
	baseType(key uint64) (t expr.Type, ok bool)
	typeLike(t expr.Type) (key uint64, ok bool)
}

// procedure is an entry that an expression calls.
type procedure struct {
	ops  []expr.Op // its DW_AT_location; nil if it has none
	size uint64    // of its type; 0 if that is not known
}

// translate translates a whole expression. A piece that can't be translated becomes one without a
// place, and missing says why. The result is valid until the next call.
func (x *expression) translate(ops []expr.Op, mode exprMode) ([]expr.Op, error) {
	x.out, x.stack, x.barrier, x.calls, x.missing = x.out[:0], x.stack[:0], 0, 0, nil
	switch mode {
	case use:
		x.push(entry{width: word})
		mode = member
		fallthrough
	case member:
		x.push(entry{width: native})
	}
	// LLVM before 22 wrote DW_OP_plus_uconst alone where it meant an offset from the frame base.
	if mode == location && len(ops) == 1 && ops[0].Code == dwarf.OpPlusUconst {
		ops = []expr.Op{{Code: dwarf.OpFbreg, A: ops[0].A}}
	}
	whole := false // there is a piece that is somewhere
	for start := 0; start < len(ops); {
		end := start
		from := len(x.out)
		for end < len(ops) && ops[end].Code != dwarf.OpPiece && ops[end].Code != dwarf.OpBitPiece {
			end++
		}
		if err := x.piece(relative(ops[start:end], start), mode); err != nil {
			if end == len(ops) {
				return nil, err
			}
			// The other pieces are as good as before: this one is nowhere.
			x.missing, x.out = err, x.out[:from]
		} else if end > start && end < len(ops) {
			whole = true
		}
		if len(x.out) > maxExpression {
			return nil, errTooLong
		}
		x.barrier = max(x.barrier, from)
		if end < len(ops) {
			x.out = append(x.out, ops[end])
			x.stack = x.stack[:0]
			end++
		}
		start = end
	}
	if x.missing != nil && !whole {
		return nil, x.missing
	}
	return x.out, nil
}

// piece translates what describes one piece, or the whole of an object.
func (x *expression) piece(ops []expr.Op, mode exprMode) error {
	if len(ops) == 0 {
		return nil
	}
	if n := len(ops) - 1; n > 0 && ops[n].Code == dwarf.OpGNUUninit { // says something of all before it
		err := x.piece(ops[:n], mode)
		x.code(dwarf.OpGNUUninit)
		return err
	}
	if mode == location {
		if done, err := x.simple(ops); done || err != nil {
			return err
		}
	}
	x.untyped = false
	if err := x.run(ops); err != nil {
		return err
	}
	if x.untyped {
		return errFloatOperand
	}
	last := ops[len(ops)-1].Code
	switch last {
	case dwarf.OpStackValue, dwarf.OpImplicitValue, dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer:
		return nil
	}
	if len(x.stack) == 0 {
		return errUnderflow
	}
	if mode == location || mode == member && x.top().width != anyWidth {
		if x.top().float {
			return errFloatUse
		}
		x.toNative()
	} else {
		x.clean()
	}
	return nil
}

// simple translates what is one place as a whole: it can be changed by a debugger.
func (x *expression) simple(ops []expr.Op) (done bool, err error) {
	first := &ops[0]
	switch {
	case len(ops) == 1 && first.Code == dwarf.OpFbreg && x.frameBase != nil:
		x.emit(expr.Op{Code: dwarf.OpFbreg, A: first.A})
		return true, nil
	case len(ops) == 2 && first.Code == dwarf.OpWASMLocation && ops[1].Code == dwarf.OpStackValue:
		switch first.A {
		case 1, 3:
			return true, x.globalAddress(first.B)
		}
		p, err := x.wasmPlace(first)
		if err != nil {
			return false, err
		}
		switch p.Kind {
		case codemap.InReg:
			x.emit(expr.Reg(uint64(p.Reg)))
			return true, nil
		case codemap.InSlot:
			x.slotAddress(p.Offset)
			return true, nil
		case codemap.IsConst:
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], p.Value)
			n := 8
			if p.Type == wasm.I32 || p.Type == wasm.F32 {
				n = 4
			}
			if p.Type == wasm.I32 || p.Type == wasm.I64 {
				x.emit(expr.Const(p.Value))
				x.emit(expr.Op{Code: dwarf.OpStackValue})
			} else {
				x.emit(expr.Op{Code: dwarf.OpImplicitValue, Data: append([]byte(nil), b[:n]...)})
			}
			return true, nil
		case codemap.IsLoad:
			if p.Type == wasm.F32 || p.Type == wasm.F64 { // not as a value, which would need a type
				x.pendingAddress(p)
				return true, nil
			}
		}
	}
	return false, nil
}

// wasmPlace is the place of a local or of an operand stack entry.
func (x *expression) wasmPlace(o *expr.Op) (codemap.Place, error) {
	if o.A == 0 {
		return x.fn.local(o.B)
	}
	if x.found.place != nil && x.found.depth == o.B {
		return *x.found.place, nil
	}
	return x.fn.operand(o.B, x.at)
}

func (x *expression) emit(o expr.Op) { x.out = append(x.out, o) }

func (x *expression) code(c dwarf.Op) { x.out = append(x.out, expr.Op{Code: c}) }

func (x *expression) push(e entry) { x.stack = append(x.stack, e) }

func (x *expression) top() *entry { return &x.stack[len(x.stack)-1] }

func (x *expression) pop() entry {
	e := *x.top()
	x.stack = x.stack[:len(x.stack)-1]
	return e
}

// word is the width of linear addresses.
func (x *expression) word() entry {
	if x.addrSize == 8 {
		return entry{width: wide, clean: true, near: true}
	}
	return entry{width: word}
}

// clean makes the bits above a word zero.
func (x *expression) clean() {
	e := x.top()
	if e.width == word && !e.clean && !e.near {
		x.emit(expr.Const(0xffff_ffff))
		x.code(dwarf.OpAnd)
		e.clean, e.near = true, true
	}
}

// exact makes the bits above a word zero, even those of a near value.
func (x *expression) exact() {
	e := x.top()
	switch {
	case e.width == word && !e.clean:
		e.near = false
		x.clean()
	case e.width == anyWidth && e.value > 0xffff_ffff && x.addrSize == 4:
		e.width, e.clean, e.near = word, false, false
		x.clean()
	}
}

// signed makes the bits above a word copies of its sign.
func (x *expression) signed() {
	e := x.top()
	if e.width == word || e.width == anyWidth && x.addrSize == 4 && e.value > 0x7fff_ffff {
		for _, c := range []dwarf.Op{dwarf.OpShl, dwarf.OpShra} {
			x.emit(expr.Const(32))
			x.code(c)
		}
		*e = entry{width: word}
	}
}

// toNative turns a linear address into one of this process.
func (x *expression) toNative() {
	e := x.top()
	if e.width == native {
		return
	}
	if e.width == anyWidth {
		x.exact()
		if n := len(x.out); n > x.barrier && x.top().width == anyWidth && isConst(x.out[n-1].Code) && int64(e.value) >= 0 {
			x.out[n-1] = expr.Breg(uint64(x.target.Memory), int64(e.value))
			*e = entry{width: native}
			return
		}
	}
	if e.width == wide && x.addrSize == 4 { // an i64 as an address, as stale locations of LLVM have it: its low half
		*e = entry{width: word}
	}
	x.clean()
	x.emit(expr.Breg(uint64(x.target.Memory), 0))
	x.code(dwarf.OpPlus)
	*x.top() = entry{width: native}
}

func isConst(c dwarf.Op) bool {
	return c >= dwarf.OpConst1u && c <= dwarf.OpConsts || c >= dwarf.OpLit0 && c <= dwarf.OpLit31
}

// below applies f to the entry below the top.
func (x *expression) below(f func()) {
	n := len(x.stack)
	before := len(x.out)
	x.code(dwarf.OpSwap)
	x.stack[n-1], x.stack[n-2] = x.stack[n-2], x.stack[n-1]
	start := len(x.out)
	f()
	x.stack[n-1], x.stack[n-2] = x.stack[n-2], x.stack[n-1]
	if len(x.out) == start {
		x.out = x.out[:before]
		return
	}
	x.code(dwarf.OpSwap)
}

// relative returns operations whose branches count from the first of them, which is number start of
// the expression.
func relative(ops []expr.Op, start int) []expr.Op {
	if start == 0 || !slices.ContainsFunc(ops, func(o expr.Op) bool { return isBranch(&o) }) {
		return ops
	}
	ops = slices.Clone(ops)
	for i := range ops {
		if isBranch(&ops[i]) {
			ops[i].A -= uint64(start) // one to before it becomes too large a number
		}
	}
	return ops
}

// run translates operations in order.
func (x *expression) run(ops []expr.Op) error {
	for i := range ops {
		if isBranch(&ops[i]) {
			return x.flow(ops)
		}
	}
	for i := range ops {
		if err := x.op(&ops[i]); err != nil {
			return err
		}
	}
	return nil
}
