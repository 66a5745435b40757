package repl

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/debugger"
	"sphex/debugger/command"
)

// TestInterruptedWait interrupts a command that waits for all units of a program of which none is translated: it
// ends at once, says so, and the next one is answered.
func TestInterruptedWait(t *testing.T) {
	s, err := debugger.Open(context.Background(), debugger.Config{
		Program: "../testdata/programs/cpp_stl/cpp_stl-O0-dw4.wasm",
		Compile: func(module []byte, c *aot.Companions) (*object.File, error) {
			return aot.Compile(module, aot.Options{Companions: c, LaterFrom: 1})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var out bytes.Buffer
	r := &loop{cfg: Config{Session: s, Out: &out}, patience: &patience{pause: func() { t.Error("nothing runs") }}}
	r.pager = &Pager{out: &out, size: func() (int, int) { return 80, 24 }, on: func() bool { return false }}
	r.interp = &command.Interp{Session: s, Out: r.pager, Resume: r.resume, During: r.during}

	ended := make(chan error)
	go func() { ended <- r.perform("functions push_back") }()
	for err = nil; err == nil; {
		select {
		case err = <-ended:
			if !errors.Is(err, debugger.ErrInterrupted) {
				t.Fatalf("the command ended with %v, having said %q", err, &out)
			}
		default:
			r.patience.interrupt()
		}
	}
	out.Reset()
	r.pager.Restart()
	if err := r.perform("functions push_back"); err != nil || !strings.Contains(out.String(), "push_back") {
		t.Errorf("the command again: %v, %q", err, &out)
	}
	r.patience.interrupt() // of nothing
}
