package wasm

import "fmt"

// constExpr reads a constant expression. What it must not contain, and the values that it leaves, is checked here since
// ConstExpr cannot express the invalid forms.
func (d *decoder) constExpr() ConstExpr {
	c := ConstExpr{Offset: FileOffset(d.pos)}
	if d.err != nil {
		return c
	}
	r := &d.reader
	*r = Reader{code: d.b, pos: d.pos, section: d.section, targets: r.targets}
	var in Inst
	var terms []ConstTerm
	var types []ValType // the operand stack
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
			break
		}
		t, ok := d.constTerm(&in, &types)
		if !ok {
			return c
		}
		terms = append(terms, t)
	}
	switch len(types) {
	case 0:
		d.fail(int(in.Offset), msgMismatch+": empty constant expression")
	case 1:
		c.Type = types[0]
	default:
		d.fail(int(in.Offset), msgMismatch+": constant expression leaves more than one value")
	}
	if len(terms) == 1 {
		c.Kind, c.Value, c.High = terms[0].Kind, terms[0].Value, terms[0].High
	} else {
		c.Kind, c.Terms = ConstTerms, terms
	}
	d.pos = r.pos
	return c
}

// constTerm checks one instruction of a constant expression.
func (d *decoder) constTerm(in *Inst, types *[]ValType) (t ConstTerm, ok bool) {
	t = ConstTerm{Op: in.Op, Value: in.Value}
	push := ValType(0)
	switch in.Op {
	case OpI32Const:
		push = I32
	case OpI64Const:
		push = I64
	case OpF32Const:
		push = F32
	case OpF64Const:
		push = F64
	case OpV128Const:
		push, t.High = V128, in.High
	case OpGlobalGet:
		t.Kind, t.Value = ConstGlobal, uint64(in.Index)
		if int64(in.Index) < int64(len(d.m.Globals)) {
			push = d.m.Globals[in.Index].Type
		}
	case OpRefFunc:
		t.Kind, t.Value, push = ConstFunc, uint64(in.Index), d.m.funcRef(in.Index)
	case OpRefNull:
		t.Kind, t.Value, push = ConstNull, 0, in.Type
	case OpI32Add, OpI32Sub, OpI32Mul, OpI64Add, OpI64Sub, OpI64Mul:
		t.Kind = ConstTerms
		params, results, _ := in.Op.Signature()
		n := len(*types) - 2
		if n < 0 || (*types)[n] != params[0] || (*types)[n+1] != params[1] {
			d.fail(int(in.Offset), msgMismatch+": operands of "+in.Op.String()+" in a constant expression")
			return t, false
		}
		*types = (*types)[:n]
		push = results[0]
	default:
		d.fail(int(in.Offset), "constant expression required, found "+in.Op.String())
		return t, false
	}
	*types = append(*types, push)
	return t, true
}

// elem reads an element segment. Its flags are: 1 passive or declarative, 2 explicit table
// or declarative, 4 expressions (core specification, 5.5.12).
func (d *decoder) elem() Elem {
	e := Elem{Start: FileOffset(d.pos), Type: FuncRef.NonNull()}
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
			return d.elemExprs(e)
		} else if d.byte() != 0 {
			d.fail(d.pos-1, "malformed element kind")
		}
	}
	if flags&4 != 0 {
		e.Type = FuncRef
		return d.elemExprs(e)
	}
	n := d.count(1)
	e.Init = grow(e.Init, n)
	for ; n > 0 && d.err == nil; n-- {
		at := FileOffset(d.pos)
		f := d.u32()
		e.Init = append(e.Init, ConstExpr{Kind: ConstFunc, Value: uint64(f), Type: d.m.funcRef(f), Offset: at})
	}
	return e
}

// elemExprs reads the expressions of an element segment.
func (d *decoder) elemExprs(e Elem) Elem {
	n := d.count(2)
	e.Init = grow(e.Init, n)
	for ; n > 0 && d.err == nil; n-- {
		e.Init = append(e.Init, d.constExpr())
	}
	return e
}

// funcRef is the type of a reference to function i.
func (m *Module) funcRef(i uint32) ValType {
	if int64(i) < int64(len(m.Funcs)) && m.Funcs[i] < maxTypes {
		return RefTo(m.Funcs[i]).NonNull()
	}
	return FuncRef.NonNull()
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
