package wasm

import "fmt"

// constExpr reads a constant expression. What it must not contain, and the number of values
// that it leaves, is checked here since ConstExpr cannot express the invalid forms.
func (d *decoder) constExpr() ConstExpr {
	c := ConstExpr{Offset: FileOffset(d.pos)}
	if d.err != nil {
		return c
	}
	r := &d.reader
	*r = Reader{code: d.b, pos: d.pos, section: d.section, targets: r.targets}
	var in Inst
	for n := 0; ; n++ {
		if !r.Next(&in) {
			if r.err != nil {
				d.refuse(int(r.err.Offset), r.err.Feature, r.err.Msg)
			} else {
				d.fail(len(d.b), msgEnd)
			}
			return c
		}
		if in.Op == OpEnd {
			if n == 0 {
				d.fail(int(in.Offset), msgMismatch+": empty constant expression")
			}
			break
		}
		c.Value = in.Value
		switch in.Op {
		case OpI32Const:
			c.Kind, c.Type = ConstValue, I32
		case OpI64Const:
			c.Kind, c.Type = ConstValue, I64
		case OpF32Const:
			c.Kind, c.Type = ConstValue, F32
		case OpF64Const:
			c.Kind, c.Type = ConstValue, F64
		case OpV128Const:
			c.Kind, c.High, c.Type = ConstValue, in.High, V128
		case OpGlobalGet:
			c.Kind, c.Value = ConstGlobal, uint64(in.Index)
			if int(in.Index) < d.m.NumImportedGlobals {
				c.Type = d.m.Globals[in.Index].Type
			}
		case OpRefFunc:
			c.Kind, c.Value, c.Type = ConstFunc, uint64(in.Index), FuncRef
		case OpRefNull:
			c.Kind, c.Type = ConstNull, in.Type
		case OpI32Add, OpI32Sub, OpI32Mul, OpI64Add, OpI64Sub, OpI64Mul:
			d.refuse(int(in.Offset), FeatureExtendedConst, "instruction "+in.Op.String()+" in a constant expression")
			return c
		default:
			d.fail(int(in.Offset), "constant expression required, found "+in.Op.String())
			return c
		}
		if n > 0 && r.peekEnd() {
			d.fail(int(in.Offset), msgMismatch+": constant expression leaves more than one value")
			return c
		}
	}
	d.pos = r.pos
	return c
}

// peekEnd reports whether the next instruction is end.
func (r *Reader) peekEnd() bool { return r.pos < len(r.code) && Op(r.code[r.pos]) == OpEnd }

// elem reads an element segment. Its flags are: 1 passive or declarative, 2 explicit table
// or declarative, 4 expressions (core specification, 5.5.12).
func (d *decoder) elem() Elem {
	e := Elem{Start: FileOffset(d.pos), Type: FuncRef}
	start := d.pos
	flags := d.u32()
	if flags > 7 {
		d.fail(start, "malformed elements segment kind")
		return e
	}
	switch {
	case flags&1 == 0:
		if flags&2 != 0 {
			e.Table = d.u32()
		}
		e.Offset = d.constExpr()
	case flags&2 != 0:
		e.Mode = Declarative
	default:
		e.Mode = Passive
	}
	if flags&3 != 0 {
		if flags&4 != 0 {
			e.Type = d.refType()
		} else if d.byte() != 0 {
			d.fail(d.pos-1, "malformed element kind")
		}
	}
	if flags&4 != 0 {
		n := d.count(2)
		e.Init = grow(e.Init, n)
		for ; n > 0 && d.err == nil; n-- {
			e.Init = append(e.Init, d.constExpr())
		}
		return e
	}
	n := d.count(1)
	e.Init = grow(e.Init, n)
	for ; n > 0 && d.err == nil; n-- {
		at := FileOffset(d.pos)
		e.Init = append(e.Init, ConstExpr{Kind: ConstFunc, Value: uint64(d.u32()), Type: FuncRef, Offset: at})
	}
	return e
}

// data reads a data segment.
func (d *decoder) data() Data {
	s := Data{Start: FileOffset(d.pos)}
	start := d.pos
	switch flags := d.u32(); {
	case flags > 2:
		d.fail(start, "malformed data segment kind")
		return s
	case flags == 1:
		s.Mode = Passive
	default:
		if flags == 2 {
			s.Memory = d.u32()
		}
		s.Offset = d.constExpr()
	}
	s.Init = d.bytes()
	return s
}

// code reads the code section as far as the local declarations.
func (d *decoder) code() {
	m := d.m
	base, section := d.pos, d.b
	n := d.count(2)
	if n != len(m.Funcs)-m.NumImportedFuncs {
		d.fail(base, "function and code section have inconsistent lengths")
		return
	}
	m.Code = grow(m.Code, n)
	var slab []LocalRun
	for ; n > 0 && d.err == nil; n-- {
		at := d.pos
		size := d.u32()
		if int64(size) > int64(len(section)-d.pos) {
			d.fail(at, msgEnd)
		}
		if d.err != nil {
			return
		}
		start, end := d.pos, d.pos+int(size)
		d.b = section[:end]
		first := len(slab)
		total := uint64(0)
		for runs := d.count(2); runs > 0 && d.err == nil; runs-- {
			at := d.pos
			r := LocalRun{Count: d.u32()}
			if total += uint64(r.Count); total > maxLocals {
				d.fail(at, fmt.Sprintf("too many locals: more than %d", maxLocals))
			}
			r.Type = d.valType()
			slab = append(slab, r)
		}
		if d.err != nil {
			return
		}
		m.Code = append(m.Code, Body{
			Start:  CodeOffset(start - base),
			Code:   CodeOffset(d.pos - base),
			End:    CodeOffset(end - base),
			Locals: slab[first:len(slab):len(slab)],
			Bytes:  section[d.pos:end:end],
		})
		d.pos, d.b = end, section
	}
}
