package debugger

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/object"
)

// hostilePrograms are small modules with all kinds of DWARF between them.
var hostilePrograms = []string{
	"c_kinds/c_kinds-O0.wasm", "c_kinds/c_kinds-O2.wasm", "c_steps/c_steps-O2.wasm", "c_types/c_types-O2-dw4.wasm", "cpp_shapes/cpp_shapes-O2.wasm",
	"swift_kinds/swift_kinds-Onone.wasm", "swift_enums/swift_enums-Onone.wasm",
}

func hostileProgram(t testing.TB, i int) []byte {
	t.Helper()
	b, err := os.ReadFile(programPath(t, hostilePrograms[i]))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// section is a section of a module: its contents, name and size excluded, are b[from:to].
type section struct {
	id       byte
	name     string
	start    int // of the section's header
	from, to int
}

func moduleSections(b []byte) (out []section) {
	for at := 8; at < len(b); {
		s := section{id: b[at], start: at}
		size, n := binary.Uvarint(b[at+1:])
		s.from = at + 1 + n
		s.to = s.from + int(size)
		if n <= 0 || s.to > len(b) || s.to < s.from {
			return out
		}
		at = s.to
		if s.id == 0 {
			size, n := binary.Uvarint(b[s.from:s.to])
			if n <= 0 || size > uint64(s.to-s.from-n) {
				return out
			}
			s.name = string(b[s.from+n : s.from+n+int(size)])
			s.from += n + int(size)
		}
		out = append(out, s)
	}
	return out
}

// mutate damages a module, mostly in what describes it rather than in what it does.
func mutate(b []byte, r *rand.Rand) []byte {
	b = bytes.Clone(b)
	for range 1 + r.IntN(5) {
		all := moduleSections(b)
		var debug []section
		for _, s := range all {
			if strings.HasPrefix(s.name, ".debug_") && s.to > s.from {
				debug = append(debug, s)
			}
		}
		if len(debug) == 0 {
			return b
		}
		s := debug[r.IntN(len(debug))]
		switch r.IntN(24) {
		case 0: // any section of the module
			s = all[r.IntN(len(all))]
			if s.to == s.from {
				continue
			}
		case 1: // the module ends early
			return b[:r.IntN(len(b))]
		case 2: // a section is missing
			b = slices.Delete(b, s.start, s.to)
			continue
		case 3: // a stretch is one byte all over: offsets and lengths of zero, or as large as can be
			from := s.from + r.IntN(s.to-s.from)
			to := min(s.to, from+1+r.IntN(64))
			for i := from; i < to; i++ {
				b[i] = []byte{0, 0xff, 0x80}[r.IntN(3)]
			}
			continue
		case 4: // a part of the section stands in another place too
			n := 1 + r.IntN(min(128, s.to-s.from))
			copy(b[s.from+r.IntN(s.to-s.from-n+1):s.to], b[s.from+r.IntN(s.to-s.from-n+1):][:n])
			continue
		}
		for range 1 + r.IntN(16) {
			at := s.from + r.IntN(s.to-s.from)
			if r.IntN(4) == 0 { // headers and abbreviations are short and matter most
				at = s.from + r.IntN(min(64, s.to-s.from))
			}
			switch r.IntN(3) {
			case 0:
				b[at] ^= 1 << r.IntN(8)
			case 1:
				b[at] = []byte{0, 1, 0x7f, 0x80, 0xff, 0xed, 0x9f, 0x31}[r.IntN(8)]
			default:
				b[at] = byte(r.Uint32())
			}
		}
	}
	return b
}

// lookAround does with a module what a person does: opens it, stops, looks at everything,
// steps. Errors are fine; a panic or a hang is not. The debug information of one in two is not there at
// the beginning.
func lookAround(t testing.TB, module []byte) {
	lookAt(t, func() (*object.File, error) {
		if crc32.ChecksumIEEE(module)%2 == 0 {
			return compileLater(module, nil)
		}
		return aot.Compile(module, aot.Options{})
	})
}

// lookAt does so with an object.
func lookAt(t testing.TB, compile func() (*object.File, error)) {
	watchdog := time.AfterFunc(180*time.Second, func() { panic("a session on a damaged module hangs") })
	defer watchdog.Stop()
	s, err := Open(context.Background(), Config{
		Program:     programPath(t, hostilePrograms[0]),
		Compile:     func([]byte, *aot.Companions) (*object.File, error) { return compile() },
		StopOnEntry: true,
	})
	if err != nil {
		return
	}
	defer s.Close()
	look := func() {
		frames, _, _ := s.Frames(0, 12)
		for _, f := range frames[:min(3, len(frames))] {
			args, _ := s.Arguments(f.Level)
			locals, _ := s.Locals(f.Level)
			globals, _ := s.Globals(f.Level, false)
			for _, v := range slices.Concat(args, locals, globals[:min(40, len(globals))]) {
				if text := v.String(); len(text) > 1<<20 {
					t.Errorf("%s is rendered in %d bytes", v.Name, len(text))
				}
				for _, c := range v.Children(0, 3) {
					_ = c.String()
				}
			}
		}
		_, _ = s.Eval(0, "main + 1")
	}
	// What the program does is damaged too: it gets little time for each step.
	limited := func(run func() (*Stop, error)) bool {
		timer := time.AfterFunc(100*time.Millisecond, s.Pause)
		stop, err := run()
		timer.Stop()
		return err == nil && !stop.Exited()
	}
	_, _ = s.SetBreakpoint(BreakpointSpec{File: "main.c", Line: 27})
	_, _ = s.SetBreakpoint(BreakpointSpec{File: "main.swift", Line: 126})
	_, _ = s.SetBreakpoint(BreakpointSpec{File: "main.swift", Line: 48})
	_, _ = s.SetBreakpoint(BreakpointSpec{Function: "main"})
	for _, run := range []func() (*Stop, error){s.Continue, s.StepOver, s.StepIn, s.StepIn, s.Continue, func() (*Stop, error) { return s.StepOut(0) }} {
		if !limited(run) {
			return
		}
		look()
	}
}

// TestHostileModules opens sessions on damaged modules.
func TestHostileModules(t *testing.T) {
	for i := range hostilePrograms {
		module := hostileProgram(t, i)
		for seed := range uint64(25) {
			lookAround(t, mutate(module, rand.New(rand.NewPCG(seed, uint64(i)))))
		}
	}
}

// FuzzSession damages modules as the fuzzer says.
func FuzzSession(f *testing.F) {
	for i := range hostilePrograms {
		f.Add(uint64(i), byte(i))
	}
	f.Fuzz(func(t *testing.T, seed uint64, program byte) {
		i := int(program) % len(hostilePrograms)
		lookAround(t, mutate(hostileProgram(t, i), rand.New(rand.NewPCG(seed, uint64(i)))))
	})
}
