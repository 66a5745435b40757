package debuginfo_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/list"
)

// Where the imagined process has its linear memory, context and stack.
const (
	memoryBase  = 0x7000_0000_0000
	contextBase = 0x5000_0000_0000
	cfa         = 0x6000_0000_0000
)

// machine is a moment of an imagined execution: every register and every byte of memory has a
// random value, and it stands at one text offset of one function.
type machine struct {
	m      *wasm.Module
	layout *abi.Layout
	fn     *codemap.Func
	stack  []codemap.Place // the operand stack, as far as the code map tells
	regs   [50]uint64
	seed   uint64
}

func hash(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func (v *machine) load(addr uint64, buf []byte) {
	for i := range buf {
		buf[i] = byte(hash(v.seed ^ (addr + uint64(i))))
	}
}

func newMachine(m *wasm.Module, layout *abi.Layout, fn *codemap.Func, at abi.TextOffset, seed uint64) *machine {
	v := &machine{m: m, layout: layout, fn: fn, seed: seed}
	for i := range v.regs {
		v.regs[i] = hash(seed + uint64(i))
	}
	v.regs[14], v.regs[15], v.regs[7] = memoryBase, contextBase, cfa-8-uint64(fn.Frame.Size)
	for _, h := range fn.Locals {
		if h.Kind == codemap.InReg && h.Type == wasm.I32 {
			v.regs[h.Reg] &= 0xffff_ffff
		}
	}
	for _, move := range fn.StackMoves {
		if move.Text > at {
			break
		}
		d := int(move.Depth)
		if move.Place.Kind == codemap.Nowhere {
			if d < len(v.stack) {
				v.stack = v.stack[:d]
			}
			continue
		}
		for len(v.stack) <= d {
			v.stack = append(v.stack, codemap.Place{})
		}
		v.stack[d] = move.Place
	}
	for _, p := range v.stack {
		if p.Kind == codemap.InReg && p.Type == wasm.I32 {
			v.regs[p.Reg] &= 0xffff_ffff
		}
	}
	return v
}

var errNowhere = errors.New("the code map has no place for it")

// read reads a wasm value from its native place.
func (v *machine) read(p codemap.Place) (expr.Value, error) {
	var buf [8]byte
	switch p.Kind {
	case codemap.InReg:
		binary.LittleEndian.PutUint64(buf[:], v.regs[p.Reg])
	case codemap.InSlot:
		v.load(uint64(int64(cfa)+int64(p.Offset)), buf[:])
	case codemap.IsConst:
		binary.LittleEndian.PutUint64(buf[:], p.Value)
	case codemap.IsLocal, codemap.IsAddend:
		x, err := v.local(p.Index)
		if err != nil {
			return x, err
		}
		binary.LittleEndian.PutUint64(buf[:], x.Bits+p.Value)
	case codemap.IsSum:
		x := p.Value
		if p.Reg != codemap.NoReg {
			x += v.regs[p.Reg]
		}
		if p.Reg2 != codemap.NoReg {
			x += v.regs[p.Reg2] << p.Scale
		}
		binary.LittleEndian.PutUint64(buf[:], x)
	case codemap.IsLoad:
		v.load(memoryBase+v.regs[p.Reg]+p.Value, buf[:])
	case codemap.IsFlags:
		if p.Flags().Holds(v.regs[p.Reg]) {
			buf[0] = 1
		}
	case codemap.IsPair:
		pair := v.fn.Pairs[p.Index]
		a, err := v.read(pair[0])
		if err != nil {
			return a, err
		}
		b, err := v.read(pair[1])
		if err != nil {
			return b, err
		}
		x := map[wasm.Op]uint64{
			wasm.OpI32Add: a.Bits + b.Bits, wasm.OpI32Sub: a.Bits - b.Bits,
			wasm.OpI32And: a.Bits & b.Bits, wasm.OpI32Or: a.Bits | b.Bits, wasm.OpI32Xor: a.Bits ^ b.Bits,
		}[wasm.Op(p.Value)]
		binary.LittleEndian.PutUint64(buf[:], x)
	default:
		return expr.Value{}, errNowhere
	}
	bits := binary.LittleEndian.Uint64(buf[:])
	switch p.Type {
	case wasm.I32:
		return expr.Value{Bits: uint64(uint32(bits))}, nil // generic: an address's size
	case wasm.I64:
		return expr.Value{Type: expr.Type{Encoding: dwarf.EncUnsigned, Size: 8}, Bits: bits}, nil
	case wasm.F32:
		return expr.Value{Type: expr.Type{Encoding: dwarf.EncFloat, Size: 4}, Bits: uint64(uint32(bits))}, nil
	}
	return expr.Value{Type: expr.Type{Encoding: dwarf.EncFloat, Size: 8}, Bits: bits}, nil
}

func (v *machine) local(i uint32) (expr.Value, error) {
	if int(i) >= len(v.fn.Locals) {
		return expr.Value{}, errNowhere
	}
	h := v.fn.Locals[i]
	return v.read(codemap.Place{Kind: h.Kind, Type: h.Type, Reg: h.Reg, Offset: h.Offset})
}

// wasmHost answers what the input's expressions ask.
type wasmHost struct {
	expr.NoHost
	*machine
	unit  *info.Unit
	frame func() (uint64, error)
}

func (h wasmHost) Memory(addr uint64, buf []byte) error {
	h.load(memoryBase+uint64(uint32(addr)), buf)
	return nil
}

func (h wasmHost) FrameBase() (uint64, error)           { return h.frame() }
func (h wasmHost) TLS(off uint64) (uint64, error)       { return off, nil }
func (h wasmHost) Addrx(i uint64) (uint64, error)       { return h.unit.Addrx(i) }
func (h wasmHost) BaseType(o uint64) (expr.Type, error) { return baseType(h.unit, o) }

func (h wasmHost) Wasm(kind uint8, i uint32) (expr.Value, error) {
	switch kind {
	case 0:
		return h.local(i)
	case 2:
		if int(i) >= len(h.stack) {
			return expr.Value{}, errNowhere
		}
		return h.read(h.stack[i])
	}
	if i == 0xffff_ffff {
		return expr.Value{}, nil
	}
	var buf [4]byte
	h.load(contextBase+uint64(h.layout.Globals[i].Off), buf[:])
	return expr.Value{Bits: uint64(binary.LittleEndian.Uint32(buf[:]))}, nil
}

func baseType(u *info.Unit, off uint64) (expr.Type, error) {
	e, err := u.Entry(u.Offset + info.Offset(off))
	if err != nil || e.Tag() != dwarf.TagBaseType {
		return expr.Type{}, fmt.Errorf("no base type at %#x: %v", off, err)
	}
	enc, _ := e.Uint(dwarf.AttrEncoding)
	size, _ := e.Uint(dwarf.AttrByteSize)
	return expr.Type{Encoding: dwarf.Encoding(enc), Size: uint8(size)}, nil
}

// nativeHost answers what the output's expressions ask.
type nativeHost struct {
	expr.NoHost
	*machine
	unit  *info.Unit
	frame func() (uint64, error)
}

func (h nativeHost) Register(r uint64, buf []byte) error {
	var all [8]byte
	binary.LittleEndian.PutUint64(all[:], h.regs[r])
	copy(buf, all[:])
	return nil
}

func (h nativeHost) Memory(addr uint64, buf []byte) error {
	h.load(addr, buf)
	return nil
}

func (h nativeHost) FrameBase() (uint64, error)           { return h.frame() }
func (h nativeHost) CFA() (uint64, error)                 { return cfa, nil }
func (h nativeHost) BaseType(o uint64) (expr.Type, error) { return baseType(h.unit, o) }

// bytesOf reads n bytes of what a piece describes.
func (v *machine) bytesOf(p *expr.Piece, n int, linear bool) []byte {
	buf := make([]byte, 16)
	switch p.Kind {
	case expr.Memory:
		addr := p.Addr
		if linear {
			addr = memoryBase + uint64(uint32(addr))
		}
		v.load(addr, buf)
	case expr.Register:
		binary.LittleEndian.PutUint64(buf, v.regs[p.Reg])
	case expr.StackValue:
		binary.LittleEndian.PutUint64(buf, p.Value.Bits)
	case expr.Implicit:
		copy(buf, p.Data)
	}
	return buf[:n]
}

// same compares the location that the input gives with that which the output gives.
func (v *machine) same(in, out []expr.Piece) error {
	if len(in) != len(out) {
		return fmt.Errorf("%d pieces, want %d", len(out), len(in))
	}
	for i := range in {
		a, b := &in[i], &out[i]
		if a.Bits != b.Bits || a.BitOffset != b.BitOffset {
			return fmt.Errorf("piece %d: %+v, want %+v", i, b, a)
		}
		if (a.Kind == expr.Empty) != (b.Kind == expr.Empty) {
			return fmt.Errorf("piece %d: %+v, want %+v", i, b, a)
		}
		if a.Kind == expr.Memory {
			// An object in linear memory must be there natively as well, not a copy of it.
			if b.Kind != expr.Memory || b.Addr != memoryBase+uint64(uint32(a.Addr)) {
				return fmt.Errorf("piece %d: %+v, want linear address %#x", i, b, a.Addr)
			}
			continue
		}
		n := 4 // a value of the generic type
		if a.Kind == expr.StackValue && a.Value.Type.Size != 0 {
			n = int(a.Value.Type.Size)
		} else if a.Kind == expr.Implicit {
			n = len(a.Data)
		}
		if a.Bits != 0 {
			n = min(n, int(a.Bits/8))
		}
		if x, y := v.bytesOf(a, n, true), v.bytesOf(b, n, false); !slices.Equal(x, y) {
			return fmt.Errorf("piece %d: %+v reads % x, want % x of %+v", i, b, y, x, a)
		}
	}
	return nil
}

// score counts the (instruction, variable) pairs of the input by what the output says about
// them.
type score struct {
	same     int // it has the same value
	nowhere  int // the input names an operand that the stack does not have there
	missing  int // the output says nothing
	variable int // variables that the input gives a place somewhere
}

// proof walks over the entries of both sides at once and compares all variables.
type proof struct {
	t      *testing.T
	m      *wasm.Module
	f      *object.File
	layout *abi.Layout
	rnd    *rand.Rand
	score  score
	errors int
	stacks map[uint32]map[wasm.CodeOffset]int // heights of the operand stacks, by function
}

func (p *proof) errorf(format string, args ...any) {
	if p.errors++; p.errors <= 10 {
		p.t.Errorf(format, args...)
	}
}

func (p *proof) run() {
	in, removed := debuginfo.Removed(p.m, p.f.Map)
	p.checkRemoved(removed)
	out, err := info.New(dwarf.SectionsOf(p.f.Debug))
	if err != nil {
		p.t.Fatal(err)
	}
	if len(in.Units) != len(out.Units) {
		p.t.Fatalf("%d units, want %d", len(out.Units), len(in.Units))
	}
	gone := map[info.Offset]bool{}
	for _, e := range removed {
		gone[e.Offset] = true
	}
	for i, u := range in.Units {
		p.unit(u, out.Units[i], gone)
	}
}

// checkRemoved checks that what was left out has no code of its own: its address is a
// tombstone, or it ends where no body ends, or a subprogram before it has the same code.
func (p *proof) checkRemoved(removed []info.Entry) {
	ends := map[uint64]bool{}
	for i := range p.m.Code {
		ends[uint64(p.m.Code[i].End)] = true
	}
	copies := 0
	for i := range removed {
		low, _ := removed[i].Addr(dwarf.AttrLowPC)
		rs, _ := removed[i].Ranges()
		if low == 0 || low >= 0xffff_fffe || len(rs) > 0 && !ends[rs[0].High] {
			continue
		}
		copies++
	}
	if copies > len(removed)/10+2 {
		p.t.Errorf("%d of %d subprograms that were left out have code", copies, len(removed))
	}
}

// block is where an entry of the input with code holds.
type block struct {
	depth  int
	ranges []list.Range
}

type frameScope struct {
	fn      *codemap.Func
	in, out info.Entry
	block   []list.Range // of the innermost scope
}

func (p *proof) unit(inUnit, outUnit *info.Unit, gone map[info.Offset]bool) {
	a, b := inUnit.Walk(), outUnit.Walk()
	var in, out info.Entry
	var scopes []frameScope
	var blocks []block
	for a.Next(&in) {
		if gone[in.Offset] {
			a.SkipChildren()
			continue
		}
		if !b.Next(&out) {
			p.t.Fatalf("unit at %#x: the output ends before entry %#x: %v", inUnit.Offset, in.Offset, b.Err())
		}
		if in.Tag() != out.Tag() || in.Depth != out.Depth || in.Name() != out.Name() {
			p.t.Fatalf("entry %#x is %v %q, want that at %#x: %v %q", out.Offset, out.Tag(), out.Name(), in.Offset, in.Tag(), in.Name())
		}
		for len(scopes) > 0 && scopes[len(scopes)-1].in.Depth >= in.Depth {
			scopes = scopes[:len(scopes)-1]
		}
		for len(blocks) > 0 && blocks[len(blocks)-1].depth >= in.Depth {
			blocks = blocks[:len(blocks)-1]
		}
		if in.Depth > 0 && (in.Has(dwarf.AttrLowPC) || in.Has(dwarf.AttrRanges)) {
			rs, err := in.Ranges()
			if err != nil {
				p.t.Fatal(err)
			}
			blocks = append(blocks, block{in.Depth, rs})
		}
		if in.Tag() == dwarf.TagSubprogram {
			s := frameScope{in: in, out: out}
			if low, ok := out.Addr(dwarf.AttrLowPC); ok {
				for i := range p.f.Map.Funcs {
					if f := &p.f.Map.Funcs[i]; f.Text == abi.TextOffset(low-abi.TextBase) {
						s.fn = f
					}
				}
			}
			scopes = append(scopes, s)
		}
		if in.Has(dwarf.AttrLocation) && (in.Tag() == dwarf.TagVariable || in.Tag() == dwarf.TagFormalParameter) {
			s := frameScope{}
			if len(scopes) > 0 {
				s = scopes[len(scopes)-1]
			}
			if len(blocks) > 0 {
				s.block = blocks[len(blocks)-1].ranges
			}
			p.variable(in, out, s)
		}
	}
	if b.Next(&out) {
		p.t.Fatalf("unit at %#x: the output has more: %#x", inUnit.Offset, out.Offset)
	}
}

// variable compares a variable at up to some instructions of its function.
func (p *proof) variable(in, out info.Entry, s frameScope) {
	if s.fn == nil {
		if len(s.in.Name()) == 0 && s.in.Unit == nil && p.m.Code != nil { // static data
			p.at(in, out, s, &p.f.Map.Funcs[0], p.f.Map.Funcs[0].Insts[0])
		}
		return
	}
	p.score.variable++
	const samples = 6
	main := len(s.fn.Insts)
	for i := 1; i < main; i++ {
		if s.fn.Insts[i].Wasm < s.fn.Insts[i-1].Wasm {
			main = i
		}
	}
	sites := map[wasm.CodeOffset]abi.TextOffset{}
	for _, x := range s.fn.Sites {
		sites[x.Wasm] = x.Text
	}
	var inScope []codemap.Inst
	for i, inst := range s.fn.Insts[:main] {
		// Of several instructions at one place in the text the last is the one to be executed.
		if inst.Text == s.fn.TextEnd {
			continue // no code
		}
		if i+1 < len(s.fn.Insts) {
			next := s.fn.Insts[i+1]
			if at, ok := sites[next.Wasm]; next.Text == inst.Text || ok && at == inst.Text {
				continue
			}
		}
		if slices.ContainsFunc(s.block, func(r list.Range) bool {
			return r.Low <= uint64(inst.Wasm) && uint64(inst.Wasm) < r.High
		}) {
			inScope = append(inScope, inst)
		}
	}
	for range min(samples, len(inScope)) {
		p.at(in, out, s, s.fn, inScope[p.rnd.Intn(len(inScope))])
	}
}

// expression returns what the variable's location attribute says at an address.
func expression(e *info.Entry, addr uint64) (code []byte, ok bool) {
	v, ok := e.Attr(dwarf.AttrLocation)
	if !ok {
		return nil, false
	}
	if code, ok := v.Expr(); ok {
		return code, true
	}
	ls, err := v.Locations(nil)
	if err != nil {
		return nil, false
	}
	for _, l := range ls {
		if !l.Dead && l.Low <= addr && addr < l.High {
			return l.Expr, true
		}
	}
	return nil, false
}

func (p *proof) at(in, out info.Entry, s frameScope, fn *codemap.Func, inst codemap.Inst) {
	inCode, ok := expression(&in, uint64(inst.Wasm))
	if !ok || len(inCode) == 0 {
		return
	}
	v := newMachine(p.m, p.layout, fn, inst.Text, p.rnd.Uint64())
	inHost := wasmHost{machine: v, unit: in.Unit}
	inHost.frame = func() (uint64, error) {
		a, _ := s.in.Attr(dwarf.AttrFrameBase)
		code, _ := a.Expr()
		x, err := expr.EvalValue(code, in.Unit.Format(), inHost)
		return x.Bits, err
	}
	ops, err := expr.Decode(nil, inCode, in.Unit.Format())
	if err != nil {
		p.errorf("entry %#x %q: %v", in.Offset, in.Name(), err)
		return
	}
	if slices.ContainsFunc(ops, func(o expr.Op) bool {
		indexed := o.Code == dwarf.OpAddrx || o.Code == dwarf.OpGNUAddrIndex
		if indexed {
			o.A, _ = in.Unit.Addrx(o.A)
		}
		return (o.Code == dwarf.OpAddr || indexed) && o.A >= 0xffff_fffe
	}) {
		return // about data that the linker removed
	}
	if len(ops) == 1 && ops[0].Code == dwarf.OpPlusUconst {
		inCode = append([]byte{byte(dwarf.OpFbreg)}, dwarf.AppendSLEB(nil, int64(ops[0].A))...) // what LLVM meant
	}
	inFormat := in.Unit.Format()
	if longConstants(inCode, inFormat) {
		inFormat.AddrSize = 8 // LLVM writes constants of 64 bits where the standard allows 32
	}
	want, err := expr.Eval(inCode, inFormat, inHost)
	if errors.Is(err, errNowhere) {
		p.score.nowhere++
		if p.stacks[fn.Index] == nil {
			p.stacks[fn.Index] = heights(p.t, p.m, fn.Index, &p.m.Code[int(fn.Index)-p.m.NumImportedFuncs])
		}
		height := uint64(p.stacks[fn.Index][inst.Wasm])
		if !slices.ContainsFunc(ops, func(o expr.Op) bool { return o.Code == dwarf.OpWASMLocation && o.A == 2 && o.B >= height }) {
			p.errorf("entry %#x %q at %#x: the code map has no place for %s", in.Offset, in.Name(), inst.Wasm, printed(ops))
		}
		return
	}
	if err != nil {
		p.errorf("entry %#x %q at %#x: the input's expression: %v", in.Offset, in.Name(), inst.Wasm, err)
		return
	}
	outCode, ok := expression(&out, abi.TextBase+uint64(inst.Text))
	if !ok {
		p.score.missing++
		p.errorf("entry %#x %q at %#x, text %#x: no location", in.Offset, in.Name(), inst.Wasm, inst.Text)
		return
	}
	outHost := nativeHost{machine: v, unit: out.Unit}
	outHost.frame = func() (uint64, error) {
		a, _ := s.out.Attr(dwarf.AttrFrameBase)
		code, _ := a.Expr()
		x, err := expr.EvalValue(code, out.Unit.Format(), outHost)
		return x.Bits, err
	}
	got, err := expr.Eval(outCode, out.Unit.Format(), outHost)
	if err == nil {
		err = v.same(want, got)
	}
	if err != nil {
		ops, _ := expr.Decode(nil, inCode, in.Unit.Format())
		native, _ := expr.Decode(nil, outCode, out.Unit.Format())
		p.errorf("entry %#x %q at %#x, text %#x: %v\n\t%v\n\t%v", in.Offset, in.Name(), inst.Wasm, inst.Text, err, printed(ops), printed(native))
		return
	}
	p.score.same++
}

func longConstants(code []byte, f expr.Format) bool {
	ops, _ := expr.Decode(nil, code, f)
	return slices.ContainsFunc(ops, func(o expr.Op) bool {
		return o.Code >= dwarf.OpConst8u && o.Code <= dwarf.OpConsts && o.A > 0xffff_ffff && int64(o.A) != int64(int32(o.A))
	})
}

func printed(ops []expr.Op) string {
	var s []string
	for i := range ops {
		s = append(s, ops[i].String())
	}
	return strings.Join(s, ", ")
}

// TestVariables proves that every variable which the input describes has the same value in the
// output: at sampled instructions, on a machine whose every register and byte is random, the
// input's expression (over locals, operands and linear memory) and the output's (over registers
// and native memory) must name the same object or give the same value.
func TestVariables(t *testing.T) {
	for i, path := range debuginfo.Programs {
		m := debuginfo.ReadModule(t, path)
		for _, kind := range []string{"fake", "real"} {
			if kind == "fake" && i%3 != 0 {
				continue // the real code map is the harder one
			}
			t.Run(strings.TrimSuffix(path[strings.IndexByte(path, '/')+1:], ".wasm")+"/"+kind, func(t *testing.T) {
				t.Parallel()
				var f *object.File
				if kind == "fake" {
					f, _ = debuginfo.FakeObject(t, m)
				} else {
					var err error
					if f, err = aot.Compile(m.Bytes, aot.Options{Moves: true}); err != nil {
						t.Fatal(err)
					}
				}
				p := proof{t: t, m: m, f: f, layout: abi.NewLayout(m), rnd: rand.New(rand.NewSource(1)), stacks: map[uint32]map[wasm.CodeOffset]int{}}
				p.run()
				t.Logf("%d variables; pairs: %d the same, %d of operands that are not there, %d missing", p.score.variable, p.score.same, p.score.nowhere, p.score.missing)
				if p.score.same < 1000 {
					t.Errorf("only %d pairs compared", p.score.same)
				}
			})
		}
	}
}
