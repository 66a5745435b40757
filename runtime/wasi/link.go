package wasi

import (
	"context"
	"errors"

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
			return f.serveFor(s, ctx, caller, stack)
		})
	}
}

// DefineHosted is Define for instances that each have a System of their own: what Host returns of the calling one, which may be
// the *System itself or have a method System() *System. It is for pools, whose instances have the same imports.
func DefineHosted(imports *runtime.Imports) {
	for i := range Functions {
		f := &Functions[i]
		imports.DefineFunc(ModuleName, f.Name, f.Type(), func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
			switch h := caller.Host().(type) {
			case *System:
				return f.serveFor(h, ctx, caller, stack)
			case interface{ System() *System }:
				return f.serveFor(h.System(), ctx, caller, stack)
			}
			return errNoSystem
		})
	}
}

var errNoSystem = errors.New("wasi: the instance's host has no System")

func (f *Function) serveFor(s *System, ctx context.Context, caller *runtime.Instance, stack []uint64) error {
	with := call{ctx: ctx, sys: s, of: caller.Memory(0)}
	if with.of != nil {
		with.mem = with.of.All()
	}
	return f.serve(with, stack)
}
