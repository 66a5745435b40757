package runtime

import (
	"fmt"
	"sync"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Store holds instances that may be linked to each other. Those that share something (an
// import from another instance, a table or memory of the host's) live until the Store is
// closed; the others go when they are closed themselves.
type Store struct {
	mu       sync.Mutex
	linked   []*Instance // to be freed by Close
	memories []*Memory   // of the host's, to be freed by Close

	limits StoreLimits
	count  budget // of instances
	bytes  budget // of memories

	exceptions exceptionRefs

	mirrors bool // see MirrorShared
}

// NewStore returns an empty store.
func NewStore() *Store { return &Store{} }

// MirrorShared makes the shared memories that the store makes from now on ones that can be watched while several threads
// run: see mirror.go. They take twice the address space, and a file in memory.
func (s *Store) MirrorShared() { s.mirrors = true }

// Close frees what is left. Nothing of the store may be running or used afterwards.
func (s *Store) Close() {
	s.mu.Lock()
	linked, memories := s.linked, s.memories
	s.linked, s.memories = nil, nil
	s.mu.Unlock()
	for _, in := range linked {
		in.free()
	}
	for _, m := range memories {
		m.free()
	}
}

// DefineShared makes the shared memories that m imports and that imports lacks: those of a program whose threads are
// instances of m.
func (s *Store) DefineShared(m *wasm.Module, imports *Imports) error {
	for i := range m.Imports {
		im := &m.Imports[i]
		if im.Kind != wasm.ExternMemory || !im.Memory.Shared || imports.Lookup(im.Module, im.Name) != nil {
			continue
		}
		mem, err := s.NewMemory(im.Memory)
		if err != nil {
			return fmt.Errorf("shared memory %s.%s: %w", im.Module, im.Name, err)
		}
		imports.Define(im.Module, im.Name, mem)
	}
	return nil
}

// instances finds an instance by its context's address, for calls through references of
// another instance.
var instances sync.Map // abi.Addr -> *Instance

func instanceAt(context abi.Addr) *Instance {
	v, _ := instances.Load(context)
	in, _ := v.(*Instance)
	return in
}
