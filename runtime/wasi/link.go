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
	define(imports, func(*runtime.Instance) (*System, error) { return s, nil })
}

// DefineHosted is Define for instances that each have a System of their own: what Host returns of the calling one, which may be
// the *System itself or have a method System() *System. It is for pools, whose instances have the same imports.
func DefineHosted(imports *runtime.Imports) {
	define(imports, func(caller *runtime.Instance) (*System, error) {
		switch h := caller.Host().(type) {
		case *System:
			return h, nil
		case interface{ System() *System }:
			return h.System(), nil
		}
		return nil, errNoSystem
	})
}

// errNoCaller is a call by the host of what a module imports and exports.
var errNoCaller = errors.New("wasi: no instance calls, whose memory the function could work on")

var errNoSystem = errors.New("wasi: the instance's host has no System")

// define adds all functions, for addresses of 32 and of 64 bits, which work for the System that of tells.
func define(imports *runtime.Imports, of func(*runtime.Instance) (*System, error)) {
	for i := range Functions {
		f := &Functions[i]
		serve := func(wide bool) runtime.HostFunc {
			return func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
				if caller == nil {
					return errNoCaller
				}
				s, err := of(caller)
				if err != nil {
					return err
				}
				with := call{ctx: ctx, sys: s, of: caller.Memory(0), wide: wide}
				if with.of != nil {
					with.mem = with.of.All()
				}
				return f.serve(with, stack)
			}
		}
		imports.DefineFunc(ModuleName, f.Name, f.Type(), serve(false))
		imports.DefineOverload(ModuleName, f.Name, f.Type64(), serve(true))
	}
}
