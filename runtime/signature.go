package runtime

import (
	"encoding/binary"
	"sync"

	"sphex/aot/wasm"
)

// signatures gives each function type its number, the same for all modules of the process:
// an indirect call compares two words.
var signatures struct {
	sync.Mutex
	m map[string]uint64
}

// signatureNumbers numbers all types of a module. A type names only those before it, and itself.
func signatureNumbers(w *wasm.Module) []uint64 {
	numbers := make([]uint64, len(w.Types))
	for i := range w.Types {
		numbers[i] = numberOf(&w.Types[i], numbers[:i])
	}
	return numbers
}

// numberOf numbers a type that may refer to those before it in its module, whose numbers are given.
func numberOf(t *wasm.FuncType, before []uint64) uint64 {
	key := make([]byte, 0, len(t.Params)+len(t.Results)+1)
	for _, list := range [...][]wasm.ValType{t.Params, t.Results} {
		for _, v := range list {
			key = appendType(key, v, before)
		}
		key = append(key, 0)
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

// appendType appends a description of a value type that is the same for all modules.
func appendType(b []byte, t wasm.ValType, numbers []uint64) []byte {
	i, ok := t.TypeIndex()
	switch {
	case !ok && t.Defaultable():
		return append(b, byte(t))
	case !ok:
		return append(b, 1, byte(t))
	}
	number := uint64(0) // the type itself
	if int(i) < len(numbers) {
		number = numbers[i]
	}
	null := byte(2)
	if t.Nullable() {
		null = 3
	}
	return binary.LittleEndian.AppendUint64(append(b, null), number)
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
