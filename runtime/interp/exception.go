package interp

import "sphex/aot/wasm"

// exception is what throw makes.
type exception struct {
	tag    uint32
	values []Value
}

// throw goes on where e is caught: the blocks are searched from the innermost one out, frame by frame. If nothing
// catches it, the call stands where it was thrown.
func (m *Machine) throw(e *exception) error {
	labels := len(m.labels)
	for n := len(m.frames) - 1; n >= 0; n-- {
		f := &m.frames[n]
		for i := labels - 1; i >= f.mark; i-- {
			l := &m.labels[i]
			switch in := &f.code.code[l.block]; {
			case in.Op == wasm.OpTryTable:
				for _, c := range in.Catches {
					if !c.All && c.Tag != e.tag {
						continue
					}
					m.take(n, i, l.height, e, !c.All)
					if c.Ref {
						m.exceptions = append(m.exceptions, e)
						m.push(wasm.ExnRef, uint64(len(m.exceptions)))
					}
					return m.branch(f, c.Label)
				}
			case in.Op != wasm.OpTry || l.caught != nil: // a catch block catches no more
			case f.code.code[in.end].Op == wasm.OpDelegate:
				if i -= int(f.code.code[in.end].Index); i <= f.mark {
					i = f.mark // to the caller
				}
			default:
				for _, at := range in.catches {
					c := &f.code.code[at]
					if c.Op == wasm.OpCatch && c.Index != e.tag {
						continue
					}
					m.take(n, i+1, l.height, e, c.Op == wasm.OpCatch)
					m.labels[i].caught = e
					f.pc, m.landed = at, true
					return nil
				}
			}
		}
		labels = f.mark
	}
	return TrapException
}

// take makes frame n the innermost with as many labels and operands, and the exception's values on top.
func (m *Machine) take(n, labels, height int, e *exception, values bool) {
	m.frames, m.labels, m.stack = m.frames[:n+1], m.labels[:labels], m.stack[:height]
	if values {
		m.stack = append(m.stack, e.values...)
	}
}

// tailCall calls function g in place of the frame.
func (m *Machine) tailCall(f *Frame, g uint32) error {
	m.keep(f.base, len(m.Module.FuncType(g).Params))
	m.labels = m.labels[:f.mark]
	m.frames = m.frames[:len(m.frames)-1]
	if int(g) >= m.Module.NumImportedFuncs {
		m.enter(g)
		return nil
	}
	outer := Frame{code: f.code}
	if err := m.call(&outer, g); err != nil {
		return err
	}
	if n := len(m.frames); n > 0 {
		m.frames[n-1].pc++
	}
	return nil
}
