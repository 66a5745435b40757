package debugger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime"
)

// This file is the session's view of the running instance.

// begin prepares the call of the entry function, or first of the module's start function.
func (p *program) begin() error {
	f, args := p.entry, p.args
	if p.start != nil {
		f, args = p.start, nil
	}
	in, index := f.Instance()
	if in != p.instance {
		return errors.New("the entry function is an import")
	}
	return p.instance.Start(context.Background(), index, args...)
}

// memory returns where linear memory 0 is and its size.
func (p *program) memory() (base abi.Addr, size uint64) {
	if m := p.instance.Memory(0); m != nil {
		return m.Base(), m.Size()
	}
	return 0, 0
}

func (p *program) write(addr abi.Addr, b []byte) error { return p.instance.WriteNative(addr, b) }

// tableFunc names the function that element i of a table refers to, "" if there is none.
func (p *program) tableFunc(table, i uint64) string {
	t := p.instance.Table(int(min(table, 1<<20)))
	if t == nil || i >= uint64(t.Len()) {
		return ""
	}
	w, _ := t.Get(int(i))
	return p.refName(w)
}

// refName names the function that a reference refers to, "" if that is none.
func (p *program) refName(ref uint64) string {
	f := p.instance.FuncOfRef(ref)
	if f == nil {
		return ""
	}
	if in, index := f.Instance(); in == p.instance {
		if c := p.module.FuncByIndex(index); c != nil {
			if fn := p.im.table.Function(c.BodyText); fn != nil {
				if name := fn.Closure(); name != "" {
					return name
				}
				return fn.Name
			}
		}
	}
	return f.Name()
}

// changeTraps works on the present run; a new one begins without breakpoints.
func (s *Session) changeTraps(set, clear []abi.TextOffset) error {
	return s.program.instance.ChangeBreakpoints(set, clear)
}

// physicalFrame is a frame of the machine's stack.
type physicalFrame struct {
	runtime.Frame
	pc   abi.TextOffset
	cfa  abi.Addr
	dead *coreFrame // of a core dump; nil: it is live

	foreign string // what is shown of a function of another module; "": the program's own
}

// walkTo unwinds until there are n frames or no more; more says that there are.
func (p *program) walkTo(n int) (list []*physicalFrame, more bool) {
	if p.core != nil {
		n = min(n, len(p.core.frames))
		return slices.Clone(p.core.frames[:n]), n < len(p.core.frames)
	}
	for f := range p.instance.Frames() {
		if len(list) == n {
			return list, true
		}
		list = append(list, p.physicalFrame(f))
	}
	return list, false
}

// innermost returns the innermost frame of the present stop, which may be one that the filter
// of breakpoints looks at: it must cost little.
func (s *Session) innermost() *physicalFrame {
	if s.stack != nil || !s.topRead && !(s.program.instance.Top(&s.topFrom.Frame) && s.topFrom.Instance == s.program.instance) {
		return s.stackNow().physical(0)
	}
	f := &s.topFrom
	f.pc, f.cfa = f.PC, f.CFA
	s.topRead = true
	return f
}

// guest tells whether the frame is one of a function of the module.
func (f *physicalFrame) guest() bool { return f.Func != nil }

// lookup is the address to look symbols up at.
func (f *physicalFrame) lookup() abi.TextOffset { return f.Lookup() }

// hostName names a frame that is none of the guest's functions.
func (f *physicalFrame) hostName(im *image) string {
	switch {
	case f.foreign != "":
		return f.foreign
	case f.Host != nil:
		return fmt.Sprintf("(host function %s)", f.Host.Name())
	case f.Thunk != nil && f.Thunk.Kind == codemap.ImportThunk:
		return fmt.Sprintf("(call of %s)", im.importName(f.Thunk.Index))
	}
	return "(host)"
}

var errNotKept = errors.New("this frame's caller did not keep the register")

func (f *physicalFrame) register(r codemap.Reg) (uint64, bool) {
	if f.dead != nil {
		b, err := f.dead.register(r)
		return word(b[:min(len(b), 8)]), err == nil
	}
	if f.Host != nil {
		return 0, false
	}
	v, ok := f.Reg(r)
	return v[0], ok
}

// firstVector is the DWARF number of the first vector register: they have 16 bytes.
const firstVector = 17

func (f *physicalFrame) registerBytes(r codemap.Reg) ([]byte, error) {
	if f.dead != nil {
		return f.dead.register(r)
	}
	if f.Host != nil {
		return nil, errNotKept
	}
	v, ok := f.Reg(r)
	if !ok {
		return nil, errNotKept
	}
	b := binary.LittleEndian.AppendUint64(nil, v[0])
	if r >= firstVector {
		b = binary.LittleEndian.AppendUint64(b, v[1])
	}
	return b, nil
}

func (f *physicalFrame) setRegister(r codemap.Reg, b []byte) error {
	if f.dead != nil {
		return errCore
	}
	if f.Host != nil {
		return errNotKept
	}
	v, ok := f.Reg(r)
	if !ok {
		return errNotKept
	}
	var old [16]byte
	binary.LittleEndian.PutUint64(old[:8], v[0])
	binary.LittleEndian.PutUint64(old[8:], v[1])
	copy(old[:], b)
	return f.SetReg(r, [2]uint64{binary.LittleEndian.Uint64(old[:8]), binary.LittleEndian.Uint64(old[8:])})
}
