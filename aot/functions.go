package aot

import (
	"sort"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// compileFunctions validates and compiles all bodies of m, several at a time. The result is in
// the order of the bodies, and the error that of the first bad one, whoever compiled them. moves
// tells of which bodies Func.StackMoves is recorded.
func compileFunctions(b codemap.Backend, m *wasm.Module, l *abi.Layout, statements []wasm.CodeOffset, workers int, o codemap.Options, moves func(i int) bool) ([]codemap.Code, error) {
	recording := o
	recording.StackMoves = true
	funcs := make([]codemap.Code, len(m.Code))
	const batch = 8 // bodies that a worker takes at a time
	errs := make([]error, (len(m.Code)+batch-1)/batch)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(errs)) {
		wg.Go(func() {
			plain := b.Compiler(m, l, o)
			recorder := plain
			if !o.StackMoves {
				recorder = b.Compiler(m, l, recording)
			}
			var scratch wasm.Scratch
			for {
				n := int(next.Add(1)) - 1
				if n >= len(errs) {
					return
				}
				for i := n * batch; i < min((n+1)*batch, len(m.Code)); i++ {
					if errs[n] = m.ValidateFunc(i, &scratch); errs[n] != nil {
						break
					}
					c := plain
					if moves(i) {
						c = recorder
					}
					funcs[i] = c.Function(i, within(statements, &m.Code[i]))
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return funcs, nil
}

// within returns the statements that lie in a body.
func within(statements []wasm.CodeOffset, b *wasm.Body) []wasm.CodeOffset {
	lo := sort.Search(len(statements), func(i int) bool { return statements[i] >= b.Code })
	hi := sort.Search(len(statements), func(i int) bool { return statements[i] >= b.End })
	return statements[lo:max(lo, hi)]
}
