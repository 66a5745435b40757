package runtime

import (
	"sync"

	"sphex/aot/wasm"
)

// signatures gives each function type its number, the same for all modules of the process:
// an indirect call compares two words.
var signatures struct {
	sync.Mutex
	m map[string]uint64
}

func signatureNumber(t *wasm.FuncType) uint64 {
	key := make([]byte, 0, len(t.Params)+len(t.Results)+1)
	for _, p := range t.Params {
		key = append(key, byte(p))
	}
	key = append(key, 0)
	for _, r := range t.Results {
		key = append(key, byte(r))
	}
	signatures.Lock()
	defer signatures.Unlock()
	if n, ok := signatures.m[string(key)]; ok {
		return n
	}
	if signatures.m == nil {
		signatures.m = map[string]uint64{}
	}
	n := uint64(len(signatures.m) + 1)
	signatures.m[string(key)] = n
	return n
}

// words is how many words values of these types take in Args.
func words(types []wasm.ValType) int {
	n := len(types)
	for _, t := range types {
		if t == wasm.V128 {
			n++
		}
	}
	return n
}
