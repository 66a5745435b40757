package aot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
)

// A module's full key is a hash of all of it. At hundreds of megabytes that takes longer than
// a debugger should take to start, so a quick key of a few pages is asked first: only when the
// cache has an object of that quick key must the full one be computed before the compiler
// starts. Otherwise it is computed while the program already runs.

const (
	hashPiece  = 4 << 20  // what one processor hashes at a time
	sampleEnds = 64 << 10 // at the start and the end
	samples    = 64       // pages between
	samplePage = 4 << 10
)

// quickKey names what an object depends on, but for most of the module's bytes.
func quickKey(module []byte, o Options) string {
	h := sha256.New()
	fmt.Fprintf(h, "sphex abi %d sites %d fuel %v text %d compiler %s size %d\n", abi.Version, o.Sites, o.Fuel, o.Text, compilerID(), len(module))
	n := len(module)
	h.Write(module[:min(n, sampleEnds)])
	h.Write(module[max(0, n-sampleEnds):])
	for i := range samples {
		at := n / samples * i
		h.Write(module[at:min(n, at+samplePage)])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// fullKey is the hash of the hashes of the module's pieces.
func fullKey(module []byte) string {
	sums := make([][sha256.Size]byte, (len(module)+hashPiece-1)/hashPiece)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(sums)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(sums); i = int(next.Add(1)) - 1 {
				sums[i] = sha256.Sum256(module[i*hashPiece : min((i+1)*hashPiece, len(module))])
			}
		})
	}
	wg.Wait()
	h := sha256.New()
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(module))))
	for i := range sums {
		h.Write(sums[i][:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// knownName is the name of the file about the module at a path.
func knownName(path string, o Options) string {
	var dirs []string
	if o.Companions != nil {
		dirs = o.Companions.Dirs
	}
	h := sha256.Sum256(fmt.Appendf(nil, "abi %d sites %d fuel %v text %d compiler %s dirs %q path %q",
		abi.Version, o.Sites, o.Fuel, o.Text, compilerID(), dirs, absolute(path)))
	return hex.EncodeToString(h[:16]) + ".known"
}
