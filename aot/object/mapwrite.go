package object

import (
	"encoding/binary"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// The code map is a stream of unsigned and zigzag varints:
//
//	map    = target(5 varints) metered textSize nfuncs nthunks {length of each func} {func} {thunk}
//	func   = index body bodyLen text textLen bodyText frame locals insts sites traps calls
//	frame  = size nrows {text offset} nsaved {text reg offset}
//	local  = kind|type<<3 [reg | zigzag offset]; a run of equal ones as one with a count
//	insts  = count bytes {inst}
//	inst   = one byte: (text+1)<<4|wasm, or 0 text zigzag(wasm)
//
// Text offsets in lists are differences to the row before, and the first row's to the
// function's start; wasm offsets likewise to the body's start.

type mapEncoder struct{ b, scratch []byte }

func (e *mapEncoder) u(v uint64) { e.b = binary.AppendUvarint(e.b, v) }
func (e *mapEncoder) s(v int64)  { e.b = binary.AppendVarint(e.b, v) }

func encodeMap(m *codemap.Map) []byte {
	var funcs, head mapEncoder
	t := &m.Target
	head.u(uint64(t.Machine))
	head.u(uint64(t.SP))
	head.u(uint64(t.RA))
	head.u(uint64(t.Context))
	head.u(uint64(t.Memory))
	metered := uint64(0)
	if m.Metered {
		metered = 1
	}
	head.u(metered)
	head.u(uint64(m.TextSize))
	head.u(uint64(len(m.Funcs)))
	head.u(uint64(len(m.Thunks)))
	for i := range m.Funcs {
		start := len(funcs.b)
		funcs.fn(&m.Funcs[i])
		head.u(uint64(len(funcs.b) - start))
	}
	for i := range m.Thunks {
		funcs.thunk(&m.Thunks[i])
	}
	return append(head.b, funcs.b...)
}

func (e *mapEncoder) fn(f *codemap.Func) {
	f.Read()
	e.u(uint64(f.Index))
	e.u(uint64(f.Body))
	e.u(uint64(f.BodyEnd - f.Body))
	e.u(uint64(f.Text))
	e.u(uint64(f.TextEnd - f.Text))
	e.u(uint64(f.BodyText - f.Text))
	e.u(uint64(f.Frame.Size))
	e.rows(f.Frame.Rows, f.Text)
	e.u(uint64(len(f.Frame.Saved)))
	saved := f.Text
	for _, s := range f.Frame.Saved {
		e.s(int64(s.Text) - int64(saved))
		e.u(uint64(s.Reg))
		e.s(int64(s.Offset))
		saved = s.Text
	}
	e.locals(f.Locals)

	all := f.Insts
	insts := mapEncoder{b: e.scratch[:0]}
	text, at := f.Text, f.Body
	for _, r := range all {
		dt, dw := r.Text-text, int64(r.Wasm)-int64(at)
		if dt < 15 && dw >= 0 && dw < 16 {
			insts.b = append(insts.b, byte(dt+1)<<4|byte(dw))
		} else {
			insts.b = append(insts.b, 0)
			insts.u(uint64(dt))
			insts.s(dw)
		}
		text, at = r.Text, r.Wasm
	}
	e.u(uint64(len(all)))
	e.u(uint64(len(insts.b)))
	e.b = append(e.b, insts.b...)
	e.scratch = insts.b

	e.u(uint64(len(f.Sites)))
	text, at = f.Text, f.Body
	for _, r := range f.Sites {
		text, at = e.pair(text, at, r.Text, r.Wasm)
		e.u(uint64(r.Size))
	}
	e.u(uint64(len(f.Traps)))
	text, at = f.Text, f.Body
	for _, r := range f.Traps {
		text, at = e.pair(text, at, r.Text, r.Wasm)
		e.u(uint64(r.Kind))
	}
	e.calls(f.Calls, f.Text, f.Body)
	e.u(uint64(len(f.Handlers)))
	for _, h := range f.Handlers {
		e.u(uint64(h.From - f.Text))
		e.u(uint64(h.To - h.From))
		e.u(uint64(h.Kind))
		if h.Kind != codemap.Delegate {
			e.u(uint64(h.Pad - f.Text))
		}
		e.u(uint64(h.Index))
		e.u(uint64(h.Depth))
		ref := uint64(0)
		if h.Ref {
			ref = 1
		}
		e.u(ref)
	}
}

// pair writes a row's offsets as differences and returns the row's.
func (e *mapEncoder) pair(text abi.TextOffset, at wasm.CodeOffset, t abi.TextOffset, w wasm.CodeOffset) (abi.TextOffset, wasm.CodeOffset) {
	e.u(uint64(t - text))
	e.s(int64(w) - int64(at))
	return t, w
}

func (e *mapEncoder) rows(rows []codemap.CFARow, text abi.TextOffset) {
	e.u(uint64(len(rows)))
	for _, r := range rows {
		e.u(uint64(r.Text - text))
		offset := r.Offset // a multiple of 8
		if r.Tail {
			offset |= 1
		}
		e.u(uint64(offset))
		text = r.Text
	}
}

func (e *mapEncoder) calls(calls []codemap.Call, text abi.TextOffset, at wasm.CodeOffset) {
	e.u(uint64(len(calls)))
	for _, r := range calls {
		text, at = e.pair(text, at, r.Return, r.Wasm)
	}
}

func (e *mapEncoder) locals(ls []codemap.Home) {
	e.u(uint64(len(ls)))
	for i := 0; i < len(ls); {
		h, n := ls[i], 1
		for i+n < len(ls) && ls[i+n] == h {
			n++
		}
		e.u(uint64(n))
		e.b = append(e.b, byte(h.Kind), byte(h.Type.Top()))
		switch h.Kind {
		case codemap.InReg:
			e.b = append(e.b, byte(h.Reg))
		case codemap.InSlot:
			e.s(int64(h.Offset))
		}
		i += n
	}
}

func (e *mapEncoder) thunk(t *codemap.Thunk) {
	e.u(uint64(t.Kind))
	e.u(uint64(t.Index))
	e.u(uint64(t.Text))
	e.u(uint64(t.TextEnd - t.Text))
	e.rows(t.Rows, t.Text)
	e.calls(t.Calls, t.Text, 0)
}
