package debugger

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/object"
)

// compileProgram makes an object whose debug information may be changed.
func compileProgram(t testing.TB, program string) *object.File {
	t.Helper()
	b, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	f, err := aot.Compile(b, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// withDebug is the object with other debug information, written and read again.
func withDebug(t testing.TB, f *object.File, debug map[string][]byte) *object.File {
	t.Helper()
	other := *f
	other.Debug = debug
	b, err := other.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, err := object.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// damagedDebug changes bytes in some sections.
func damagedDebug(debug map[string][]byte, r *rand.Rand) map[string][]byte {
	debug = maps.Clone(debug)
	names := slices.Sorted(maps.Keys(debug))
	for range 1 + r.IntN(4) {
		name := names[r.IntN(len(names))]
		b := bytes.Clone(debug[name])
		debug[name] = b
		if len(b) == 0 {
			continue
		}
		for range 1 + r.IntN(12) {
			at := r.IntN(len(b))
			if r.IntN(3) == 0 {
				at = r.IntN(min(64, len(b)))
			}
			switch r.IntN(6) {
			case 0:
				copy(b[at:], []byte{0xff, 0xff, 0xff, 0xff})
			case 1:
				clear(b[at:min(len(b), at+4)])
			case 2:
				from := b[r.IntN(len(b)):]
				copy(b[at:], from[:min(len(from), 24)])
			case 3:
				b[at] = byte(r.Uint32())
			case 4:
				if r.IntN(8) == 0 {
					debug[name] = b[:at]
				}
			default:
				b[at] ^= 1 << r.IntN(8)
			}
		}
	}
	return debug
}

// TestHostileObjects opens sessions on objects whose own debug information is damaged.
func TestHostileObjects(t *testing.T) {
	for i, program := range []string{damagedProgram, "../testdata/programs/" + hostilePrograms[4]} {
		f := compileProgram(t, program)
		for seed := range uint64(40) {
			debug := damagedDebug(f.Debug, rand.New(rand.NewPCG(seed, uint64(i))))
			lookAt(t, func() (*object.File, error) { return withDebug(t, f, debug), nil })
		}
	}
}

// FuzzObject damages an object's debug information as the fuzzer says: raw stands at a place of a section.
func FuzzObject(f *testing.F) {
	file := compileProgram(f, damagedProgram)
	names := slices.Sorted(maps.Keys(file.Debug))
	for i := range names {
		f.Add(uint8(i), uint32(i*7), []byte{0xff, 0xff, 0xff, 0xff}, uint64(0))
		f.Add(uint8(i), uint32(0), []byte{0, 0, 0, 0}, uint64(i+1))
	}
	f.Fuzz(func(t *testing.T, section uint8, at uint32, raw []byte, seed uint64) {
		debug := maps.Clone(file.Debug)
		name := names[int(section)%len(names)]
		b := bytes.Clone(debug[name])
		copy(b[int(at)%len(b):], raw)
		debug[name] = b
		if seed != 0 {
			debug = damagedDebug(debug, rand.New(rand.NewPCG(seed, 0)))
		}
		lookAt(t, func() (*object.File, error) { return withDebug(t, file, debug), nil })
	})
}

// nameCounts is where the counts stand in the header of a name index: compilation units, type
// units of both kinds, buckets, names, the size of the abbreviations, and that of the augmentation.
const nameCounts = 8

// TestHostileNames changes the index of names in places that matter: the answers are those of a
// walk over all units, or the right ones.
func TestHostileNames(t *testing.T) {
	f := compileProgram(t, damagedProgram)
	le := binary.LittleEndian
	good := f.Debug[".debug_names"]
	count := func(i int) uint32 { return le.Uint32(good[nameCounts+4*i:]) }
	buckets, names := int(count(3)), int(count(4))
	augmentation := int(count(6)+3) &^ 3
	at := nameCounts + 28 + augmentation + 4*int(count(0))
	hashes := at + 4*buckets
	offsets := hashes + 4*names
	pools := offsets + 4*names
	pool := pools + 4*names + int(count(5))
	if names < 100 || pool >= len(good) {
		t.Fatalf("%d names, the pool at %d", names, pool)
	}
	fill := func(b []byte, from, n int, v func(i int) uint32) {
		for i := range n {
			le.PutUint32(b[from+4*i:], v(i))
		}
	}
	// What lies may hide names: an index says nothing by which it could be told.
	for _, c := range []struct {
		name   string
		lies   bool
		damage func(b []byte) []byte
	}{
		{"no units", false, func(b []byte) []byte { le.PutUint32(b[nameCounts:], 0); return b }},
		{"2^32 units", false, func(b []byte) []byte { le.PutUint32(b[nameCounts:], 1<<32-1); return b }},
		{"2^32 buckets", false, func(b []byte) []byte { le.PutUint32(b[nameCounts+12:], 1<<32-1); return b }},
		{"2^32 names", false, func(b []byte) []byte { le.PutUint32(b[nameCounts+16:], 1<<32-1); return b }},
		{"no buckets", false, func(b []byte) []byte { le.PutUint32(b[nameCounts+12:], 0); return b }},
		{"buckets that lead nowhere", false, func(b []byte) []byte { fill(b, at, buckets, func(int) uint32 { return 1<<32 - 1 }); return b }},
		{"buckets that lead to the first name", true, func(b []byte) []byte { fill(b, at, buckets, func(int) uint32 { return 1 }); return b }},
		{"names of one hash", true, func(b []byte) []byte {
			fill(b, hashes, names, func(int) uint32 { return le.Uint32(good[hashes:]) })
			return b
		}},
		{"names of one text", true, func(b []byte) []byte {
			fill(b, offsets, names, func(int) uint32 { return le.Uint32(good[offsets:]) })
			return b
		}},
		{"names behind the strings", false, func(b []byte) []byte { fill(b, offsets, names, func(int) uint32 { return 1<<31 - 1 }); return b }},
		{"names of one list", true, func(b []byte) []byte { fill(b, pools, names, func(int) uint32 { return 0 }); return b }},
		{"lists in the middle of entries", false, func(b []byte) []byte {
			fill(b, pools, names, func(i int) uint32 { return le.Uint32(good[pools+4*i:]) + 1 })
			return b
		}},
		{"entries of entries that are not there", false, func(b []byte) []byte {
			for i := pool; i < len(b); i++ {
				if b[i] != 0 {
					b[i] ^= 0x7f
				}
			}
			return b
		}},
		{"a list that does not end", false, func(b []byte) []byte {
			for i := pool; i < len(b); i++ {
				if b[i] == 0 {
					b[i] = 1
				}
			}
			return b
		}},
		{"half an index", false, func(b []byte) []byte { return b[:len(b)/2] }},
		{"an index of no bytes", false, func(b []byte) []byte { return []byte{0, 0, 0, 0} }},
		{"a thousand indexes", false, func(b []byte) []byte { return bytes.Repeat(b[:len(b):len(b)], 1000) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			watchdog := time.AfterFunc(60*time.Second, func() { panic("it hangs") })
			defer watchdog.Stop()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			debug := maps.Clone(f.Debug)
			debug[".debug_names"] = c.damage(bytes.Clone(good))
			s, err := Open(context.Background(), Config{
				Program: damagedProgram,
				Compile: func([]byte, *aot.Companions) (*object.File, error) { return withDebug(t, f, debug), nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			spec := BreakpointSpec{Function: "stats_add"}
			if c.lies {
				spec = BreakpointSpec{File: "stats.c", Line: 4}
			}
			if _, err := s.SetBreakpoint(spec); err != nil {
				t.Fatal(err)
			}
			if stop, err := s.Continue(); err != nil || stop.Exited() {
				t.Fatalf("no stop in stats_add: %v", err)
			}
			checkStats(t, s)
			lookAtFrames(t, s)
			askForNames(s)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 200<<20 {
				t.Errorf("%d MB were allocated", n>>20)
			}
		})
	}
}
