package debugger

import (
	"errors"
	"fmt"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/value"
)

// errGone is what values answer that were read before the program ran on.
var errGone = errors.New("the program has run since this value was read")

// Arguments returns the arguments of the function of a frame.
func (s *Session) Arguments(level int) ([]*value.Variable, error) {
	return s.inScope(level, func(c *value.Scope) []*value.Variable { return c.Arguments() })
}

// Locals returns the visible locals of a frame; shadowed ones are marked.
func (s *Session) Locals(level int) ([]*value.Variable, error) {
	return s.inScope(level, func(c *value.Scope) []*value.Variable { return c.Locals() })
}

// Globals returns statics and globals of the frame's unit, or of all units.
func (s *Session) Globals(level int, all bool) ([]*value.Variable, error) {
	return s.inScope(level, func(c *value.Scope) []*value.Variable { return c.Globals(all) })
}

func (s *Session) inScope(level int, list func(*value.Scope) []*value.Variable) (vars []*value.Variable, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err == nil {
			vars = list(s.scope(f))
		}
		return err
	})
	return vars, err
}

// Eval evaluates an expression in a frame. The value is good until the program runs again.
func (s *Session) Eval(level int, expr string) (v *value.Variable, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err == nil {
			v, err = s.scope(f).Eval(expr)
		}
		return err
	})
	return v, err
}

// SetVariable assigns to the place that an expression names and returns its new value.
func (s *Session) SetVariable(level int, place, expr string) (v *value.Variable, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err != nil {
			return err
		}
		scope := s.scope(f)
		if strings.HasPrefix(strings.TrimSpace(place), "$") {
			v, err = scope.Eval(place + " = " + expr)
			return err
		}
		v, err = scope.Assign(place, expr)
		return err
	})
	return v, err
}

// Keep puts a value into the history of printed ones, as $1, $2, …; $ is the last.
func (s *Session) Keep(v *value.Variable) { s.vars.Print(v) }

// Kept returns the values that have names, as $name, and the last n of the history.
func (s *Session) Kept(n int) (list []*value.Variable, err error) {
	err = s.whileStopped(func() error {
		f, err := s.frameAt(0)
		if err == nil {
			list = s.vars.List(s.scope(f), n)
		}
		return err
	})
	return list, err
}

// EvalPure is Eval for expressions that must not change the program: they can neither assign nor call its functions.
func (s *Session) EvalPure(level int, expr string) (v *value.Variable, err error) {
	e, err := value.Parse(expr)
	if err != nil {
		return nil, err
	}
	err = s.whileStopped(func() error {
		f, err := s.frameAt(level)
		if err == nil {
			v, err = s.scope(f).EvalPure(e)
		}
		return err
	})
	return v, err
}

// ReadMemory reads up to n bytes of linear memory 0; fewer come back at its end.
func (s *Session) ReadMemory(addr wasm.MemAddr, n int) (p []byte, err error) {
	err = s.whileStopped(func() error {
		base, size := s.program.memory()
		if n < 0 || uint64(addr) >= size {
			return fmt.Errorf("address %#x is outside of the linear memory of %#x bytes", uint64(addr), size)
		}
		p = make([]byte, min(uint64(n), size-uint64(addr)))
		return s.program.read(base+abi.Addr(addr), p)
	})
	return p, err
}

// WriteMemory writes linear memory 0.
func (s *Session) WriteMemory(addr wasm.MemAddr, p []byte) error {
	return s.whileStopped(func() error {
		base, size := s.program.memory()
		if uint64(addr) > size || uint64(len(p)) > size-uint64(addr) {
			return fmt.Errorf("address %#x and %d bytes are outside of the linear memory of %#x bytes", uint64(addr), len(p), size)
		}
		return s.program.write(base+abi.Addr(addr), p)
	})
}

// MemorySize returns the size of linear memory 0 in bytes.
func (s *Session) MemorySize() (size uint64, err error) {
	err = s.whileStopped(func() error {
		_, size = s.program.memory()
		return nil
	})
	return size, err
}

// scope returns the scope of a logical frame.
func (s *Session) scope(f *Frame) *value.Scope {
	return &value.Scope{
		Table:  s.image.table,
		Types:  s.image.types,
		Sym:    f.Symbol,
		Vars:   &s.vars,
		Macros: s.macrosFor(f.Symbol),
		Frame:  &valueFrame{s: s, epoch: s.epoch.Load(), p: s.stackNow().physical(f.physical), level: f.physical},
	}
}

// valueFrame is value.Frame over a physical frame of one stop.
type valueFrame struct {
	s     *Session
	epoch uint64
	p     *physicalFrame
	level int // of p, 0 is the innermost
}

// Caller is the frame of the caller, if that is a function of the guest.
func (v *valueFrame) Caller() (value.Frame, bool) {
	c := *v
	err := v.read(func() error {
		c.level++
		c.p = v.s.stackNow().physical(c.level)
		return nil
	})
	return &c, err == nil && c.p != nil && c.p.guest()
}

// read holds off the program while f looks at it.
func (v *valueFrame) read(f func() error) error {
	v.s.memory.RLock()
	defer v.s.memory.RUnlock()
	if v.s.epoch.Load() != v.epoch {
		return errGone
	}
	return f()
}

func (v *valueFrame) PC() abi.TextOffset { return v.p.lookup() }

func (v *valueFrame) CFA() (abi.Addr, bool) { return v.p.cfa, v.p.cfa != 0 }

func (v *valueFrame) Register(r codemap.Reg) (b []byte, err error) {
	err = v.read(func() error {
		b, err = v.p.registerBytes(r)
		return err
	})
	return b, err
}

func (v *valueFrame) SetRegister(r codemap.Reg, b []byte) error {
	return v.read(func() error { return v.p.setRegister(r, b) })
}

func (v *valueFrame) ReadNative(addr abi.Addr, p []byte) error {
	return v.read(func() error { return v.s.program.read(addr, p) })
}

func (v *valueFrame) WriteNative(addr abi.Addr, p []byte) error {
	return v.read(func() error { return v.s.program.write(addr, p) })
}

func (v *valueFrame) Memory() (base abi.Addr, size uint64) {
	_ = v.read(func() error { // no memory is what a run that is over has
		base, size = v.s.program.memory()
		return nil
	})
	return base, size
}

func (v *valueFrame) FuncAt(table, i uint64) (name string) {
	_ = v.read(func() error { // no name is known of a run that is over
		name = v.s.program.tableFunc(table, i)
		return nil
	})
	return name
}
