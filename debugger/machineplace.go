package debugger

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/value"
)

// Place finds what $name stands for in the frame: WebAssembly's local3, global1 and stack0, and the machine's
// registers, of which pc, sp and fp are the usual names.
func (v *valueFrame) Place(name string) (p value.Place, ok bool, err error) {
	kind := strings.TrimRight(name, "0123456789")
	if n, perr := strconv.ParseUint(name[len(kind):], 10, 31); perr == nil {
		switch kind {
		case "local":
			p, err = v.localPlace(int(n))
			return p, true, err
		case "global":
			p, err = v.globalPlace(int(n))
			return p, true, err
		case "stack":
			p, err = v.stackPlace(uint32(n))
			return p, true, err
		}
	}
	word := func(n uint64) value.Place {
		return value.Place{Type: "u64", Const: binary.LittleEndian.AppendUint64(nil, n)}
	}
	switch name {
	case "pc", "rip", "ip":
		return word(uint64(v.p.PC)), true, nil
	case "code":
		if f := v.s.image.function(v.p.lookup()); f != nil {
			at, _ := wasmOffset(f, v.p.lookup())
			return word(uint64(at)), true, nil
		}
	case "sp":
		name = "rsp"
	case "fp", "cfa":
		return word(uint64(v.p.cfa)), true, nil
	case "ret":
		return p, false, nil
	}
	m := machineFor(v.s.image.object.Map.Target.Machine)
	if m == nil {
		return p, false, nil
	}
	for r := range codemap.Reg(33) {
		if m.registerName(r) == name {
			p = value.Place{Type: "u64", Reg: r, InReg: true}
			if r >= firstVector {
				p.Type = "v128"
			}
			return p, true, nil
		}
	}
	return p, false, nil
}

// typeText is the name of a type of values.
func typeText(t wasm.ValType) string {
	switch t {
	case wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128:
		return t.String()
	}
	return "u64"
}

// localPlace is where a local of the frame's function is.
func (v *valueFrame) localPlace(n int) (value.Place, error) {
	f := v.s.image.function(v.p.lookup())
	if f == nil {
		return value.Place{}, fmt.Errorf("the frame has no locals")
	}
	if f = f.Read(); n >= len(f.Locals) {
		return value.Place{}, fmt.Errorf("the function has %s", count(len(f.Locals), "local"))
	}
	h := &f.Locals[n]
	p := value.Place{Type: typeText(h.Type)}
	switch h.Kind {
	case codemap.InReg:
		p.InReg, p.Reg = true, h.Reg
	case codemap.InSlot:
		p.Memory = v.p.cfa + abi.Addr(int64(h.Offset))
	default:
		p.Const = make([]byte, 16)
	}
	return p, nil
}

// globalPlace is where a global of the module is.
func (v *valueFrame) globalPlace(n int) (p value.Place, err error) {
	err = v.read(func() error {
		if n >= len(v.s.image.module.Globals) {
			return fmt.Errorf("the module has %s", count(len(v.s.image.module.Globals), "global"))
		}
		g := v.s.program.instance.Global(n)
		p = value.Place{Type: typeText(g.Type().Type), Memory: g.Addr()}
		return nil
	})
	return p, err
}

// stackPlace is where an entry of the operand stack is, 0 the lowest.
func (v *valueFrame) stackPlace(n uint32) (value.Place, error) {
	im := v.s.image
	f := im.function(v.p.lookup())
	if f == nil {
		return value.Place{}, fmt.Errorf("the frame has no operand stack")
	}
	ops, err := aot.NewOperands(im.object, im.module)
	if err != nil {
		return value.Place{}, err
	}
	moves, _, err := ops.Moves(f)
	if err != nil {
		return value.Place{}, err
	}
	at := v.p.lookup()
	var place codemap.Place
	for _, m := range moves {
		if m.Text > at {
			break
		}
		switch {
		case m.Depth == n:
			place = m.Place
		case m.Depth < n:
			place = codemap.Place{}
		}
	}
	p := value.Place{Type: typeText(place.Type)}
	switch place.Kind {
	case codemap.Nowhere:
		return p, fmt.Errorf("the operand stack has no entry %d here", n)
	case codemap.InReg:
		p.InReg, p.Reg = true, place.Reg
	case codemap.InSlot:
		p.Memory = v.p.cfa + abi.Addr(int64(place.Offset))
	case codemap.IsConst:
		p.Const = append(binary.LittleEndian.AppendUint64(nil, place.Value), make([]byte, 8)...)
	case codemap.IsLocal:
		return v.localPlace(int(place.Index))
	default:
		return p, fmt.Errorf("entry %d of the operand stack is not computed yet: it is a part of the next instruction", n)
	}
	return p, nil
}

// Returned is what the function returned that the last step left.
func (v *valueFrame) Returned() (*value.Variable, error) { return v.s.returned() }
