package wasi

import (
	"context"

	"sphex/runtime"
)

// ExitError ends a run: the guest called proc_exit.
type ExitError = runtime.ExitError

// Define adds all functions to what an instance can import. The instance that calls them is
// the one whose memory 0 they work on.
func (s *System) Define(imports *runtime.Imports) {
	for i := range Functions {
		f := &Functions[i]
		imports.DefineFunc(ModuleName, f.Name, f.Type(), func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
			with := call{ctx: ctx, sys: s, of: caller.Memory(0)}
			if with.of != nil {
				with.mem = with.of.All()
			}
			return f.serve(with, stack)
		})
	}
}
