package value

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/debugger/symbols"
)

// Vars are the values that a person has kept: by name with `set $name = …`, and by number, as the
// history of what was printed. A kept value is a copy: it stays when the program runs on. It is safe
// for concurrent use.
type Vars struct {
	mu      sync.Mutex
	named   map[string]kept
	history []kept
	first   int // number of history[0], from 1
}

// maxHistory is how many printed values are kept, maxKept how large one of them may be.
const (
	maxHistory = 1000
	maxKept    = 64 << 10
)

// kept is the copy of a value.
type kept struct {
	typ     *Type
	data    []byte
	untyped bool
	text    bool // a string literal
	addr    uint64
	placed  bool   // the value was in linear memory, at addr
	list    []kept // of a range
	style   style
	err     error
}

// keep copies a value.
func keep(v *Variable) kept {
	k := kept{typ: v.typ, untyped: v.untyped}
	if v.Unreadable != nil {
		k.err = v.Unreadable
		return k
	}
	if v.function != nil || v.variant != "" {
		k.err = errors.New("a name without a value can't be kept")
		return k
	}
	if v.made != nil {
		sh := v.shape()
		switch {
		case sh.str != nil:
			k.data, k.err = v.scope.read(sh.str.loc, sh.str.n)
			k.text = true
		case sh.elem != nil && sh.key == nil && sh.count <= 1024:
			k.style = sh.style
			for i := range sh.count {
				e := sh.elem(i)
				if e.made != nil {
					return kept{err: errors.New("ranges in ranges can't be kept")}
				}
				k.list = append(k.list, keep(e))
			}
			if k.list == nil {
				k.list = []kept{}
			}
		default:
			k.err = errors.New("this can't be kept; keep its parts")
		}
		return k
	}
	if n := v.typ.byteSize(); n > maxKept {
		k.err = fmt.Errorf("a value of %d bytes is too large to be kept", n)
		return k
	}
	if a, ok := v.Addr(); ok {
		k.addr, k.placed = uint64(a), true
	}
	b, err := v.bytes()
	k.data, k.err = append([]byte(nil), b...), err
	return k
}

// value makes a value of the copy.
func (k *kept) value(s *Scope, name string) *Variable {
	if k.err != nil {
		return s.unreadable(name, k.typ, k.err)
	}
	v := s.make(name, name, k.typ, location{data: k.data})
	v.untyped = k.untyped
	switch {
	case k.text:
		str := &text{loc: v.loc, n: int64(len(k.data)), width: 1}
		v.made = func() *shape { return &shape{kind: KindString, str: str} }
	case k.list != nil:
		list, st := k.list, k.style
		v.made = func() *shape {
			return &shape{kind: KindArray, style: st, count: int64(len(list)), elem: func(i int64) *Variable {
				e := list[i].value(s, "["+itoa(i)+"]")
				e.EvalName = name + e.Name
				return e
			}}
		}
	}
	return v
}

// Keep gives a value a name.
func (k *Vars) Keep(name string, v *Variable) error {
	c := keep(v)
	if c.err != nil {
		return c.err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.named == nil {
		k.named = map[string]kept{}
	}
	if _, known := k.named[name]; !known && len(k.named) >= maxHistory {
		return fmt.Errorf("more than %d names", maxHistory)
	}
	k.named[name] = c
	return nil
}

// Forget takes a name away.
func (k *Vars) Forget(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.named, name)
}

// Print puts a value into the history and returns its number. Values that can't be kept are left out: 0.
func (k *Vars) Print(v *Variable) int {
	c := keep(v)
	if c.err != nil {
		return 0
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first == 0 {
		k.first = 1
	}
	k.history = append(k.history, c)
	if len(k.history) > maxHistory {
		k.history = slices.Delete(k.history, 0, 1)
		k.first++
	}
	return k.first + len(k.history) - 1
}

// List returns the values that have names, by their names, and then the last n of the history.
func (k *Vars) List(s *Scope, n int) []*Variable {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []*Variable
	for name, c := range k.named {
		out = append(out, c.value(s, "$"+name))
	}
	slices.SortFunc(out, func(a, b *Variable) int { return strings.Compare(a.Name, b.Name) })
	for i := max(0, len(k.history)-n); i < len(k.history); i++ {
		out = append(out, k.history[i].value(s, "$"+strconv.Itoa(k.first+i)))
	}
	return out
}

// get returns a kept value by what stands behind the $.
func (k *Vars) get(s *Scope, name string) (v *Variable, found bool, err error) {
	if k == nil {
		return nil, false, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if c, ok := k.named[name]; ok {
		return c.value(s, "$"+name), true, nil
	}
	number, ok := k.number(name)
	if !ok {
		return nil, false, nil
	}
	i := number - k.first
	if len(k.history) == 0 || i < 0 || i >= len(k.history) {
		return nil, true, fmt.Errorf("the history has no value $%s", name)
	}
	return k.history[i].value(s, "$"+name), true, nil
}

// number is what $, $$, $$2 and $7 mean; $_ is the last too.
func (k *Vars) number(name string) (int, bool) {
	last := k.first + len(k.history) - 1
	switch name {
	case "", "_":
		return last, true
	case "$":
		return last - 1, true
	}
	back, isBack := strings.CutPrefix(name, "$")
	n, err := strconv.ParseUint(back, 10, 31)
	if err != nil {
		return 0, false
	}
	if isBack {
		return last - int(n), true
	}
	return int(n), true
}

// Machine is what a Frame is that knows WebAssembly's places and the processor's registers by name.
type Machine interface {
	// Place finds what $name stands for: local3, global1, stack0, pc, sp, rax. ok is false for
	// a name that it does not know; err says why something that there is has no place.
	Place(name string) (p Place, ok bool, err error)
}

// Place is where a value is that no source names.
type Place struct {
	Type   string // of the language of WebAssembly: i32, i64, f32, f64, v128, or u64
	Memory abi.Addr
	Reg    codemap.Reg
	InReg  bool
	Const  []byte // neither in memory nor in a register: its bytes
}

// dollar evaluates $name: a kept value, a place of the machine, or a variable of WebAssembly's text.
func (ev *evaluator) dollar(n dollarRef) (*Variable, error) {
	s := ev.scope
	if ev.vis != nil {
		if v, ok := ev.names("$" + n.name); ok {
			return v, nil
		}
		return nil, ev.fail(n, "there is no $%s here", n.name)
	}
	if u := ev.unit(); u != nil && n.name != "" && debuginfo.IsSynthetic(u.Producer) { // the text has it before each name
		if v, err := ev.name(nameRef{n.at, n.name}); err == nil {
			return v, nil
		}
	}
	if v, ok, err := s.Vars.get(s, n.name); ok {
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		return v, nil
	}
	if m, ok := s.Frame.(Machine); ok {
		p, ok, err := m.Place(n.name)
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		if ok {
			return ev.placed("$"+n.name, p), nil
		}
	}
	if n.name != "" {
		if v, err := ev.name(nameRef{n.at, n.name}); err == nil && v.function == nil {
			return v, nil
		}
	}
	if r, ok := s.Frame.(interface{ Returned() (*Variable, error) }); ok && n.name == "ret" {
		v, err := r.Returned()
		if err != nil {
			return nil, ev.wrapErr(n, err)
		}
		return v, nil
	}
	if n.name == "" || n.name == "$" || n.name == "_" {
		return nil, ev.fail(n, "nothing has been printed yet")
	}
	return nil, ev.fail(n, "there is no $%s; set $%s = … makes one", n.name, n.name)
}

// placed is the value at a place.
func (ev *evaluator) placed(name string, p Place) *Variable {
	s := ev.scope
	t := s.Types.machineType(p.Type)
	switch {
	case p.InReg:
		size := t.byteSize()
		b, err := s.Frame.Register(p.Reg)
		if err == nil && int64(len(b)) < size {
			err = unavailable("the register is too small")
		}
		if err != nil {
			return s.unreadable(name, t, err)
		}
		return s.make(name, name, t, location{data: b[:size:size], pieces: []piece{{size: size, kind: pieceRegister, reg: p.Reg}}})
	case p.Const != nil:
		return s.make(name, name, t, location{data: p.Const})
	}
	return s.make(name, name, t, location{inMemory: true, addr: p.Memory})
}

// machineType is the type of a place of the machine.
func (ts *Types) machineType(name string) *Type {
	if name == "v128" {
		name = "u128"
	}
	return ts.basicNamed(name, symbols.LangRust)
}
