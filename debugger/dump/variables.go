package dump

import (
	"slices"

	"sphex/aot/abi"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// variables lists the variables of the function and of what was inlined into it.
func (b *builder) variables() {
	if b.fn == nil {
		return
	}
	root := b.Symbols().Blocks(b.fn)
	if root == nil {
		return
	}
	if code, unit, err := b.Symbols().FrameBase(b.fn, b.f.BodyText); err == nil {
		if ops, err := expr.Decode(nil, code, unit.Format()); err == nil {
			b.words.frameBase = ops
			if t, ok := b.words.run(ops); ok {
				b.out.FrameBase = t.place()
				if t.base == "cfa" {
					b.out.FrameBase = "cfa" // nothing in linear memory
				}
			}
		}
	}
	b.block(root, "")
}

func (b *builder) block(k *symbols.Block, inlined string) {
	if k.Inlined != nil {
		inlined = k.Inlined.Name
	}
	scope := make([]Range, len(k.Ranges))
	for i, r := range k.Ranges {
		scope[i] = Range{r.Lo, r.Hi}
	}
	for _, v := range k.Vars {
		out := Variable{Name: v.Name, Param: v.Param, File: v.File, Line: v.Line, Inlined: inlined, Scope: scope, Type: b.TypeName(v)}
		out.Places = b.places(v, scope)
		b.out.Variables = append(b.out.Variables, out)
	}
	for _, c := range k.Children {
		b.block(c, inlined)
	}
}

// places words where a variable is.
func (b *builder) places(v *symbols.Variable, scope []Range) []VariablePlace {
	if c, ok := v.Attr(dwarf.AttrConstValue); ok {
		return everywhere(scope, "= "+constant(c))
	}
	e := v.Entry()
	a, ok := e.Attr(dwarf.AttrLocation)
	if !ok {
		if a, ok = v.Attr(dwarf.AttrLocation); !ok {
			return nil
		}
	}
	if code, ok := a.Expr(); ok {
		if len(code) == 0 {
			return nil
		}
		return everywhere(scope, b.place(code, e.Unit))
	}
	list, err := a.Locations(nil)
	if err != nil {
		return everywhere(scope, "damaged: "+err.Error())
	}
	var out []VariablePlace
	for _, l := range list {
		if l.Dead || len(l.Expr) == 0 {
			continue
		}
		place := b.place(l.Expr, e.Unit)
		if l.Default {
			out = append(out, everywhere(scope, place)...)
			continue
		}
		lo, ok1 := b.offset(l.Low)
		hi, ok2 := b.offset(l.High)
		if !ok1 || !ok2 || lo >= hi {
			continue
		}
		if n := len(out); n > 0 && out[n-1].To == lo && out[n-1].Place == place {
			out[n-1].To = hi
			continue
		}
		out = append(out, VariablePlace{Range{lo, hi}, place})
	}
	slices.SortStableFunc(out, func(x, y VariablePlace) int { return int(int64(x.From) - int64(y.From)) })
	return out
}

// place words an expression of a unit.
func (b *builder) place(code []byte, unit *info.Unit) string {
	ops, err := expr.Decode(nil, code, unit.Format())
	if err != nil {
		return "damaged: " + err.Error()
	}
	return b.words.location(ops)
}

// offset turns an address of the object's DWARF into a text offset.
func (b *builder) offset(addr uint64) (abi.TextOffset, bool) {
	off := addr - b.Symbols().TextBase()
	return abi.TextOffset(off), addr >= b.Symbols().TextBase() && off <= uint64(b.f.TextEnd)
}

func everywhere(scope []Range, place string) []VariablePlace {
	out := make([]VariablePlace, len(scope))
	for i, r := range scope {
		out[i] = VariablePlace{r, place}
	}
	return out
}

func constant(v info.Value) string {
	if n, ok := v.SignExtended(); ok {
		return term{off: n}.String()
	}
	if s, ok := v.Str(); ok {
		return dwarf.Printable([]byte(s))
	}
	if b, ok := v.Block(); ok {
		return bytesText(b)
	}
	return "a constant"
}
