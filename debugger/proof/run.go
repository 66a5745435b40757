package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"time"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime"
	"sphex/runtime/interp"
	"sphex/runtime/wasi"
)

// lockstep is one run of the program, natively and in the interpreter.
type lockstep struct {
	p        *proof
	instance *runtime.Instance
	machine  *interp.Machine
	good     status // what an equal pair becomes
	visits   map[abi.TextOffset]int
	armed    map[abi.TextOffset]bool
	resting  []armed // addresses that have been seen often enough
	calls    []hostCall
	imported map[[2]string]uint32 // the first import of that name
	number   []uint32             // the same, by function index
	rnd      *rand.Rand
	stops    int
	patience time.Duration // with the native run
	failed   error         // both runs are not at the same place any more
	over     error         // a limit was reached
}

// armed is an address at which both runs stop.
type armed struct {
	f  *function
	at point
}

// hostCall is a call of an imported function in the native run, for the interpreter to repeat.
type hostCall struct {
	index   uint32
	args    []uint64
	results []uint64
	pages   []page
	err     error
}

// page is a part of memory that a host function changed.
type page struct {
	at   int
	data []byte
}

const hostPage = 4096

// run runs the program with each of its arguments.
func (p *proof) run() error {
	code, err := runtime.Load(p.object)
	if err != nil {
		return err
	}
	defer code.Close()
	runs := p.config.Runs
	if len(runs) == 0 {
		runs = [][]string{nil}
	}
	for _, args := range runs {
		if err := p.runOnce(code, args); err != nil {
			return err
		}
	}
	return p.callRest(code)
}

// start makes an instance and a machine of the module.
func (p *proof) start(code *runtime.Module, args []string) (*lockstep, func(), error) {
	l := &lockstep{p: p, visits: map[abi.TextOffset]int{}, armed: map[abi.TextOffset]bool{}, imported: map[[2]string]uint32{}, rnd: rand.New(rand.NewSource(1)), good: live, patience: 5 * time.Minute}
	cfg := wasi.Config{Args: append([]string{"program"}, args...), Stdin: strings.NewReader(p.config.Stdin), Dirs: p.config.Dirs}
	if p.config.Stdout != nil {
		cfg.Stdout, cfg.Stderr = p.config.Stdout, p.config.Stdout
	}
	system, err := wasi.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	store := runtime.NewStore()
	imports := runtime.NewImports()
	functions := map[string]*wasi.Function{}
	for i := range wasi.Functions {
		functions[wasi.Functions[i].Name] = &wasi.Functions[i]
	}
	index := uint32(0)
	for i := range p.module.Imports {
		im := &p.module.Imports[i]
		switch im.Kind {
		case wasm.ExternMemory:
			m, err := store.NewMemory(im.Memory)
			if err != nil {
				return nil, nil, err
			}
			imports.Define(im.Module, im.Name, m)
			continue
		case wasm.ExternTable:
			t, err := runtime.NewTable(im.Table)
			if err != nil {
				return nil, nil, err
			}
			imports.Define(im.Module, im.Name, t)
			continue
		case wasm.ExternGlobal:
			continue
		}
		number, typ := index, p.module.Types[im.Type]
		if first, ok := l.imported[[2]string{im.Module, im.Name}]; ok { // some import a function twice
			number = first
		}
		l.imported[[2]string{im.Module, im.Name}] = number
		l.number = append(l.number, number)
		index++
		known := functions[im.Name]
		if im.Module != wasi.ModuleName {
			known = nil
		}
		imports.DefineFunc(im.Module, im.Name, typ, func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
			return l.host(number, &typ, caller, stack, func(mem []byte) error {
				if known == nil { // nobody knows what it does: it does nothing
					clear(stack)
					return nil
				}
				return known.Call(ctx, system, mem, stack)
			})
		})
	}
	if l.machine, err = interp.New(p.module); err != nil {
		system.Close()
		return nil, nil, err
	}
	l.machine.Host = l.replay
	l.machine.Budget = p.config.Budget
	if l.instance, err = store.Instantiate(context.Background(), code, imports, runtime.Config{DeferStart: true}); err != nil {
		system.Close()
		return nil, nil, err
	}
	l.instance.OnBreakpoint(l.stop)
	return l, func() { l.instance.Close(); store.Close(); system.Close() }, nil
}

// host calls a function of the host and keeps what it did.
func (l *lockstep) host(index uint32, typ *wasm.FuncType, caller *runtime.Instance, stack []uint64, f func([]byte) error) error {
	c := hostCall{index: index, args: slices.Clone(stack[:len(typ.Params)])}
	var mem, before []byte
	if m := caller.Memory(0); m != nil {
		mem, _ = m.Slice(0, m.Size())
		before = bytes.Clone(mem)
	}
	c.err = f(mem)
	for at := 0; at < len(mem); at += hostPage {
		if now := mem[at:min(at+hostPage, len(mem))]; !bytes.Equal(now, before[at:at+len(now)]) {
			c.pages = append(c.pages, page{at, bytes.Clone(now)})
		}
	}
	c.results = slices.Clone(stack[:len(typ.Results)])
	l.calls = append(l.calls, c)
	return c.err
}

// errApart is that the two runs differ.
var errApart = errors.New("the runs differ")

// replay does to the machine what a host function did to the instance.
func (l *lockstep) replay(index uint32, args []interp.Value) ([]interp.Value, error) {
	if len(l.calls) == 0 {
		return nil, fmt.Errorf("%w: the native run has not called function %d", errApart, index)
	}
	c := l.calls[0]
	l.calls = l.calls[1:]
	if c.index != l.number[index] {
		return nil, fmt.Errorf("%w: the native run has called function %d, not %d", errApart, c.index, index)
	}
	for i := range args {
		if args[i].Bits != c.args[i] {
			return nil, fmt.Errorf("%w: argument %d of function %d is natively %#x, not %#x", errApart, i, index, c.args[i], args[i].Bits)
		}
	}
	for _, pg := range c.pages {
		if pg.at+len(pg.data) > len(l.machine.Memory()) {
			return nil, fmt.Errorf("%w: the native memory is larger", errApart)
		}
		copy(l.machine.Memory()[pg.at:], pg.data)
	}
	var results []interp.Value
	for i, t := range l.p.module.FuncType(index).Results {
		results = append(results, interp.Value{Bits: c.results[i], Type: t})
	}
	return results, c.err
}

// arm makes both runs stop at an address, or not any more.
func (l *lockstep) arm(a armed, on bool) {
	if l.armed[a.at.text] == on || !l.machine.Stop(a.f.Index, a.at.wasm, on) {
		return
	}
	l.armed[a.at.text] = on
	var err error
	if on {
		err = l.instance.SetBreakpoint(a.at.text)
	} else {
		err = l.instance.ClearBreakpoint(a.at.text)
	}
	if err != nil && l.failed == nil {
		l.failed = err
	}
}

// runOnce runs the program from its start to its end.
func (p *proof) runOnce(code *runtime.Module, args []string) error {
	l, done, err := p.start(code, args)
	if err != nil {
		return err
	}
	defer done()
	for _, f := range p.order {
		for _, at := range f.points {
			l.arm(armed{f, at}, true)
		}
	}
	if f, ok := l.instance.StartFunc(); ok {
		l.drive(f)
	}
	name := "_start"
	if l.instance.ExportedFunc(name) == nil {
		name = "_initialize"
	}
	if f := l.instance.ExportedFunc(name); f != nil && l.failed == nil {
		_, index := f.Instance()
		l.drive(index)
	}
	p.report.Stops += l.stops
	if l.failed != nil {
		p.except(Exception{Kind: "run", Function: strings.Join(args, " "), Reason: l.failed.Error()})
	}
	return nil
}

// drive runs a function in both to its end.
func (l *lockstep) drive(f uint32, args ...uint64) {
	l.machine.Call(f, args...)
	if err := l.instance.Start(context.Background(), f, args...); err != nil {
		l.failed = err
		return
	}
	// Between two stops the native run knows no budget.
	defer time.AfterFunc(l.patience, l.instance.Kill).Stop()
	s := l.instance.Resume()
	if s.Reason == runtime.StopTrap {
		l.trapped(s)
		s = l.instance.Resume()
	}
	for s.Reason == runtime.StopBreakpoint || s.Reason == runtime.StopHostError {
		s = l.instance.Resume()
	}
	if l.failed != nil || l.over != nil || s.Reason == runtime.StopFailed {
		return
	}
	// The native run has ended well; the machine must, too.
	switch err := l.machine.Run(); {
	case errors.Is(err, interp.ErrBudget):
		l.over = err
	case s.Reason == runtime.StopExited && err != nil && !errors.Is(err, errApart):
	case err != nil:
		l.failed = fmt.Errorf("the native run ended (%v), the other one: %w", s.Reason, err)
	case l.machine.Depth() != 0:
		l.failed = fmt.Errorf("%w: the native run ended, the other one stands at %#x", errApart, l.machine.Frame(0).At())
	}
}

// stop is called at each breakpoint of the native run, whose goroutine waits.
func (l *lockstep) stop(text abi.TextOffset) bool {
	if l.failed != nil || l.over != nil {
		l.instance.Kill()
		return false
	}
	fn := l.instance.Module().FuncAt(text)
	if fn == nil || l.p.functions[fn.Index] == nil {
		return false
	}
	f := l.p.functions[fn.Index]
	i, ok := f.byText[text]
	if !ok {
		return false
	}
	at := f.points[i]
	err := l.machine.Run()
	switch {
	case errors.Is(err, interp.ErrBudget):
		l.over = err
	case err != nil:
		l.failed = fmt.Errorf("natively at %#x of %s: %w", at.wasm, f.name, err)
	case l.machine.Depth() == 0:
		l.failed = fmt.Errorf("%w: natively at %#x of %s, the other one has ended", errApart, at.wasm, f.name)
	case l.machine.Frame(0).Func != f.Index || l.machine.Frame(0).At() != at.wasm:
		l.failed = fmt.Errorf("%w: natively at %#x of %s, the other one at %#x", errApart, at.wasm, f.name, l.machine.Frame(0).At())
	}
	if l.stops&63 == 0 && l.p.late() && l.over == nil {
		l.over = errors.New("out of time")
	}
	if l.failed != nil || l.over != nil {
		l.instance.Kill()
		return false
	}
	l.stops++
	l.p.reached[text] = true
	l.look(f, i)
	l.visits[text]++
	if l.visits[text] >= l.p.config.Visits {
		l.arm(armed{f, at}, false)
		l.resting = append(l.resting, armed{f, at})
	}
	if len(l.resting) > 0 && l.rnd.Intn(8) == 0 && l.stops < maxStops {
		// A later visit may find it in another state.
		l.arm(l.resting[l.rnd.Intn(len(l.resting))], true)
	}
	return false
}

// maxStops bounds a run: behind it no address is looked at again.
const maxStops = 200_000

// look compares everything at a stop.
func (l *lockstep) look(f *function, i int) {
	var frame runtime.Frame
	if !l.instance.Top(&frame) {
		return
	}
	at := f.points[i]
	w := &machineFrame{l.machine, 0}
	n := &nativeFrame{&frame, l.instance}
	for k, v := range f.vars {
		st := f.status(i, k)
		if *st == undescribed || *st == lost || *st == different {
			continue
		}
		if got := l.p.judge(f, v, at.wasm, at.text, w, n, l.good); got != undescribed && (got > l.good || *st == open) {
			*st = got
		} else if got == undescribed && *st == open {
			*st = undescribed
		}
	}
	if l.visits[at.text] == 0 && l.stops%16 == 1 || l.stops%256 == 1 {
		l.lookOut()
	}
	if l.stops%1024 == 1 {
		l.lookStatics(n)
	}
}

// lookOut compares the variables of the frames further out.
func (l *lockstep) lookOut() {
	n := 0
	for frame := range l.instance.Frames() {
		if frame.Func == nil {
			if frame.Thunk != nil && frame.Thunk.Kind == codemap.EntryThunk {
				break
			}
			continue
		}
		if n > 0 {
			if n >= l.machine.Depth() || l.machine.Frame(n).Func != frame.Func.Index {
				l.p.report.Outer.Compared++
				l.p.report.Outer.Different++
				l.p.except(Exception{Kind: "frame", Function: fmt.Sprint(frame.Func.Index), Reason: "the backtraces differ"})
				return
			}
			l.lookFrame(&frame, n, &l.p.report.Outer, "frame")
		}
		if n++; n > 12 {
			return
		}
	}
}

// lookFrame compares the variables of one frame that does not stand at one of its points.
func (l *lockstep) lookFrame(frame *runtime.Frame, depth int, tally *Tally, kind string) {
	f := l.p.functions[frame.Func.Index]
	if f == nil {
		return
	}
	w := &machineFrame{l.machine, depth}
	n := &nativeFrame{frame, l.instance}
	at := l.machine.Frame(depth).At()
	for _, v := range f.vars {
		before := v.cause
		v.cause = ""
		st := l.p.judge(f, v, at, frame.Lookup(), w, n, live)
		if st != undescribed {
			tally.Compared++
		}
		if st == lost || st == different {
			tally.Different++
			l.p.except(Exception{Kind: kind, Unit: f.unit, Function: f.name, Variable: v.name, First: uint64(at), Reason: v.cause})
		}
		v.cause = before
	}
}

// lookStatics compares the bytes of all statics.
func (l *lockstep) lookStatics(n *nativeFrame) {
	w := &machineFrame{l.machine, 0}
	for i, v := range l.p.statics {
		st := &l.p.staticState[i]
		if *st == undescribed || *st == lost || *st == different {
			continue
		}
		if got := l.p.judge(&function{}, v, 0, n.frame.PC, w, n, live); got != undescribed {
			*st = got
			l.p.report.StaticBytes.Compared++
			if got != live {
				l.p.report.StaticBytes.Different++
			}
		}
	}
}

// trapped compares everything where the program has trapped.
func (l *lockstep) trapped(s *runtime.Stop) {
	if l.failed != nil || l.over != nil {
		return
	}
	err := l.machine.Run()
	var trap interp.Trap
	switch {
	case s.Trap != nil && s.Trap.Kind == abi.TrapStack:
		l.over = errors.New("the stack is exhausted")
	case errors.Is(err, interp.ErrBudget):
		l.over = err
	case !errors.As(err, &trap):
		l.failed = fmt.Errorf("%w: the native run has trapped, the other one: %v", errApart, err)
	}
	if l.failed != nil || l.over != nil {
		return
	}
	n := 0
	for frame := range l.instance.Frames() {
		if frame.Func == nil {
			continue
		}
		if n >= l.machine.Depth() || l.machine.Frame(n).Func != frame.Func.Index || n > 30 {
			break
		}
		l.lookFrame(&frame, n, &l.p.report.AtTraps, "trap")
		n++
	}
	l.over = trap
}
