package wat

import (
	"strconv"

	"sphex/aot/wasm"
)

// The methods below print one line of a field, without the newline.

func (t *Text) header(dst []byte, _, _ int) []byte {
	dst = append(dst, "(module"...)
	if id := identifier(t.names.Module(), maxIdent); id != "" {
		dst = ident(dst, id)
	}
	return dst
}

func (t *Text) footer(dst []byte, _, _ int) []byte { return append(dst, ')') }

func (t *Text) typeDef(dst []byte, _, i int) []byte {
	f := &t.m.Types[i]
	dst = append(ident(append(dst, "  (type"...), t.names.in(types, uint32(i))), " (func"...)
	return append(valTypes(valTypes(dst, "param", f.Params), "result", f.Results), "))"...)
}

func (t *Text) importDef(dst []byte, _, i int) []byte {
	im := &t.m.Imports[i]
	dst = appendString(append(dst, "  (import "...), im.Module)
	dst = append(appendString(append(dst, ' '), im.Name), " ("...)
	index := t.index[i]
	switch im.Kind {
	case wasm.ExternFunc:
		dst = ident(append(dst, "func"...), t.names.Func(index))
		dst = append(ident(append(dst, " (type"...), t.names.in(types, im.Type)), ')')
	case wasm.ExternTable:
		dst = tableType(ident(append(dst, "table"...), t.names.in(tables, index)), &im.Table)
	case wasm.ExternMemory:
		dst = memoryType(ident(append(dst, "memory"...), t.names.in(memories, index)), &im.Memory)
	case wasm.ExternGlobal:
		dst = globalType(ident(append(dst, "global"...), t.names.Global(index)), &im.Global)
	case wasm.ExternTag:
		dst = t.tag(dst, index)
	}
	return append(dst, "))"...)
}

func (t *Text) tableDef(dst []byte, _, i int) []byte {
	i += t.m.NumImportedTables
	dst = tableType(ident(append(dst, "  (table"...), t.names.in(tables, uint32(i))), &t.m.Tables[i])
	if init, ok := t.m.TableInits[uint32(i)]; ok {
		dst = t.constExpr(append(dst, ' '), &init)
	}
	return append(dst, ')')
}

func (t *Text) memoryDef(dst []byte, _, i int) []byte {
	i += t.m.NumImportedMemories
	return append(memoryType(ident(append(dst, "  (memory"...), t.names.in(memories, uint32(i))), &t.m.Memories[i]), ')')
}

func (t *Text) globalDef(dst []byte, _, i int) []byte {
	i += t.m.NumImportedGlobals
	g := &t.m.Globals[i]
	dst = globalType(ident(append(dst, "  (global"...), t.names.Global(uint32(i))), &g.GlobalType)
	return append(t.constExpr(append(dst, ' '), &g.Init), ')')
}

func (t *Text) exportDef(dst []byte, _, i int) []byte {
	e := &t.m.Exports[i]
	dst = append(appendString(append(dst, "  (export "...), e.Name), " ("...)
	switch e.Kind {
	case wasm.ExternFunc:
		dst = ident(append(dst, "func"...), t.names.Func(e.Index))
	case wasm.ExternTable:
		dst = ident(append(dst, "table"...), t.names.in(tables, e.Index))
	case wasm.ExternMemory:
		dst = ident(append(dst, "memory"...), t.names.in(memories, e.Index))
	case wasm.ExternGlobal:
		dst = ident(append(dst, "global"...), t.names.Global(e.Index))
	case wasm.ExternTag:
		dst = ident(append(dst, "tag"...), t.names.in(tags, e.Index))
	}
	return append(dst, "))"...)
}

func (t *Text) tagDef(dst []byte, _, i int) []byte {
	return append(t.tag(append(dst, "  ("...), uint32(i+t.m.NumImportedTags)), ')')
}

// tag appends a tag with its type.
func (t *Text) tag(dst []byte, i uint32) []byte {
	dst = ident(append(dst, "tag"...), t.names.in(tags, i))
	dst = append(ident(append(dst, " (type"...), t.names.in(types, t.m.Tags[i])), ')')
	return valTypes(dst, "param", t.m.TagType(i))
}

func (t *Text) startDef(dst []byte, _, _ int) []byte {
	return append(ident(append(dst, "  (start"...), t.names.Func(*t.m.Start)), ')')
}

func (t *Text) elemDef(dst []byte, i, line int) []byte {
	e := &t.m.Elems[i]
	indices := e.Type.OrNull() == wasm.FuncRef
	for k := range e.Init {
		indices = indices && e.Init[k].Kind == wasm.ConstFunc
	}
	switch {
	case line == 0:
		dst = ident(append(dst, "  (elem"...), t.names.in(elems, uint32(i)))
		switch e.Mode {
		case wasm.Active:
			if e.Table != 0 {
				dst = append(ident(append(dst, " (table"...), t.names.in(tables, e.Table)), ')')
			}
			dst = t.offset(dst, &e.Offset)
		case wasm.Declarative:
			dst = append(dst, " declare"...)
		}
		if indices {
			return append(dst, " func"...)
		}
		return append(append(dst, ' '), e.Type.String()...)
	case line == 1+ceil(len(e.Init), elemsPerLine):
		return append(dst, "  )"...)
	}
	dst = append(dst, "   "...)
	first := (line - 1) * elemsPerLine
	for k := first; k < min(first+elemsPerLine, len(e.Init)); k++ {
		if indices {
			dst = ident(dst, t.names.Func(uint32(e.Init[k].Value)))
		} else {
			dst = t.constExpr(append(dst, ' '), &e.Init[k])
		}
	}
	return dst
}

func (t *Text) dataDef(dst []byte, i, line int) []byte {
	d := &t.m.Datas[i]
	switch {
	case line == 0:
		dst = ident(append(dst, "  (data"...), t.names.in(datas, uint32(i)))
		if d.Mode == wasm.Active {
			if d.Memory != 0 {
				dst = append(ident(append(dst, " (memory"...), t.names.in(memories, d.Memory)), ')')
			}
			dst = t.offset(dst, &d.Offset)
		}
		return dst
	case line == 1+ceil(len(d.Init), bytesPerLine):
		return append(dst, "  )"...)
	}
	first := (line - 1) * bytesPerLine
	dst = append(dst, `    "`...)
	for _, c := range d.Init[first:min(first+bytesPerLine, len(d.Init))] {
		dst = appendByte(dst, c)
	}
	return append(dst, '"')
}

// signature prints the line where a function begins.
func (t *Text) signature(dst []byte, p *Printer, i int) []byte {
	f := uint32(t.m.NumImportedFuncs + i)
	dst = ident(append(dst, "  (func"...), t.names.Func(f))
	dst = append(ident(append(dst, " (type"...), t.names.in(types, t.m.Funcs[f])), ')')
	typ := t.m.FuncType(f)
	for k, v := range typ.Params {
		dst = local(dst, "param", p.locals[k], v)
	}
	return valTypes(dst, "result", typ.Results)
}

// locals prints the lines from first to last, last excluded, that declare locals.
func (t *Text) locals(dst []byte, p *Printer, i, first, last int) []byte {
	k := len(t.m.FuncType(uint32(t.m.NumImportedFuncs + i)).Params)
	n := 0 // how many come before this one
	for _, r := range t.m.Code[i].Locals {
		for c := range int(r.Count) {
			line := (n + c) / localsPerLine
			if line < first {
				continue
			}
			if line >= last {
				return dst
			}
			if (n+c)%localsPerLine == 0 {
				dst = append(dst, "   "...)
			}
			dst = local(dst, "local", p.locals[k+n+c], r.Type)
			if (n+c)%localsPerLine == localsPerLine-1 || k+n+c == len(p.locals)-1 {
				dst = append(dst, '\n')
			}
		}
		n += int(r.Count)
	}
	return dst
}

// local appends a parameter or a local.
func local(dst []byte, what, name string, t wasm.ValType) []byte {
	dst = ident(append(append(dst, " ("...), what...), name)
	return append(append(append(dst, ' '), t.String()...), ')')
}

func tableType(dst []byte, t *wasm.TableType) []byte {
	if t.Is64 {
		dst = append(dst, " i64"...)
	}
	return append(append(limits(dst, &t.Limits), ' '), t.Elem.String()...)
}

func memoryType(dst []byte, t *wasm.MemoryType) []byte {
	if t.Is64 {
		dst = append(dst, " i64"...)
	}
	dst = limits(dst, &t.Limits)
	if t.Shared {
		dst = append(dst, " shared"...)
	}
	if t.BytePages {
		dst = append(dst, " (pagesize 1)"...)
	}
	return dst
}

func globalType(dst []byte, g *wasm.GlobalType) []byte {
	if g.Mutable {
		return append(append(append(dst, " (mut "...), g.Type.String()...), ')')
	}
	return append(append(dst, ' '), g.Type.String()...)
}

func limits(dst []byte, l *wasm.Limits) []byte {
	dst = strconv.AppendUint(append(dst, ' '), l.Min, 10)
	if l.HasMax {
		dst = strconv.AppendUint(append(dst, ' '), l.Max, 10)
	}
	return dst
}

// offset prints where a segment goes.
func (t *Text) offset(dst []byte, c *wasm.ConstExpr) []byte {
	if c.Kind != wasm.ConstTerms {
		return t.constExpr(append(dst, ' '), c)
	}
	return append(t.constExpr(append(dst, " (offset "...), c), ')')
}

func (t *Text) constExpr(dst []byte, c *wasm.ConstExpr) []byte {
	if c.Kind == wasm.ConstTerms {
		for i, term := range c.Terms {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = append(append(dst, '('), term.Op.String()...)
			switch {
			case term.Kind == wasm.ConstGlobal:
				dst = ident(dst, t.names.Global(uint32(term.Value)))
			case term.Kind == wasm.ConstFunc:
				dst = ident(dst, t.names.Func(uint32(term.Value)))
			case term.Kind == wasm.ConstValue:
				_, results, _ := term.Op.Signature()
				dst = appendConst(append(dst, ' '), results[0], term.Value)
			}
			dst = append(dst, ')')
		}
		return dst
	}
	dst = append(dst, '(')
	switch c.Kind {
	case wasm.ConstValue:
		dst = append(append(dst, c.Type.String()...), ".const "...)
		if c.Type == wasm.V128 {
			dst = append(dst, wasm.V128Text(c.Value, c.High)...)
			break
		}
		dst = appendConst(dst, c.Type, c.Value)
	case wasm.ConstGlobal:
		dst = ident(append(dst, "global.get"...), t.names.Global(uint32(c.Value)))
	case wasm.ConstFunc:
		dst = ident(append(dst, "ref.func"...), t.names.Func(uint32(c.Value)))
	case wasm.ConstNull:
		dst = append(append(dst, "ref.null "...), c.Type.Heap()...)
	}
	return append(dst, ')')
}
