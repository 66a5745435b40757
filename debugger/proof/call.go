package proof

import (
	"math/rand"
	"sort"
	"time"

	"sphex/aot/wasm"
	"sphex/runtime"
)

// How many instructions a function may run for with made-up arguments, and how long.
const (
	callBudget   = 20_000
	callPatience = 50 * time.Millisecond
)

// callRest calls the functions that have addresses which no run has reached, in both at once,
// with made-up arguments: most trap soon or late, but until then each of their statements is a
// statement like another.
func (p *proof) callRest(code *runtime.Module) error {
	if p.config.Calls == 0 {
		return nil
	}
	var rest []*function
	for _, f := range p.order {
		if p.open(f) {
			rest = append(rest, f)
		}
	}
	// Those that call others first: they reach more.
	sort.SliceStable(rest, func(i, j int) bool { return len(rest[i].Calls) > len(rest[j].Calls) })
	rnd := rand.New(rand.NewSource(2))
	for try := range p.config.Calls {
		for _, f := range rest {
			if !p.open(f) || p.late() {
				continue
			}
			if err := p.callOne(code, f, try, rnd); err != nil {
				return err
			}
		}
	}
	return nil
}

// open reports whether pairs of a function are not compared yet.
func (p *proof) open(f *function) bool {
	for _, st := range f.state {
		if st == open {
			return true
		}
	}
	return false
}

// callOne calls a function in a fresh instance.
func (p *proof) callOne(code *runtime.Module, f *function, try int, rnd *rand.Rand) error {
	l, done, err := p.start(code, nil)
	if err != nil {
		return err
	}
	defer done()
	l.good, l.patience = called, callPatience
	l.machine.Budget = callBudget
	for i, at := range f.points {
		for k := range f.vars {
			if *f.status(i, k) == open {
				l.arm(armed{f, at}, true)
				break
			}
		}
	}
	size := int64(len(l.machine.Memory()))
	var args []uint64
	for _, t := range p.module.FuncType(f.Index).Params {
		args = append(args, madeUp(t, size, try, rnd))
	}
	l.drive(f.Index, args...)
	p.report.Stops += l.stops
	if l.failed != nil {
		p.except(Exception{Kind: "run", Unit: f.unit, Function: f.name, Reason: l.failed.Error()})
	}
	return nil
}

// madeUp makes an argument: most are pointers into memory or small numbers.
func madeUp(t wasm.ValType, size int64, try int, rnd *rand.Rand) uint64 {
	switch t {
	case wasm.I32, wasm.I64:
		switch (try + rnd.Intn(3)) % 3 {
		case 0:
			return uint64(1024 + rnd.Int63n(max(size-1024, 1))&^15)
		case 1:
			return uint64(rnd.Intn(16))
		}
		return uint64(rnd.Uint32())
	case wasm.F32:
		return 0x3fc0_0000
	case wasm.F64:
		return 0x3ff8_0000_0000_0000
	}
	return 0
}
