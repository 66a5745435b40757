package command

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger"
)

// fuzzedCommands neither let the program run nor touch files: what they are given is text for parsers,
// about a program that stands still.
var fuzzedCommands = []string{
	"print", "print/x", "print/r", "x", "x/4xw", "list", "break", "tbreak", "watch", "rwatch", "display", "undisplay", "ptype", "whatis", "info", "frame", "up",
	"locals", "args", "bt", "disassemble", "delete", "clear", "disable", "enable", "condition", "ignore", "set", "funcs", "sources", "types", "help", "catch", "trace", "skip", "printf", "alias",
}

// FuzzCommands types lines at a stop. Nothing may panic or end the session.
func FuzzCommands(f *testing.F) {
	path := filepath.Join("..", "..", "testdata", "programs", "c_types", "c_types-O0-dw5.wasm")
	s, err := debugger.Open(context.Background(), debugger.Config{Program: path, Stdout: io.Discard})
	if err != nil {
		f.Skip(err) // guest code does not run on this machine
	}
	f.Cleanup(func() { s.Close() })
	out := &boundedBuffer{}
	in := &Interp{Session: s, Out: out}
	for _, line := range []string{"break main", "continue"} {
		if err := in.Execute(line); err != nil {
			f.Fatal(err)
		}
	}
	for i, args := range []string{"", "argc", "main.c:30 if argc == 1", "-l *argv", "/4xw &argc", "1-3", "*0x1234", "\"%d\\n\", argc", "$x = 3", "a = {\"", "x \x00 \xff é"} {
		f.Add(uint8(i), args)
	}
	f.Fuzz(func(t *testing.T, which uint8, args string) {
		if len(args) > 4096 || strings.ContainsAny(args, "\n\r") {
			return
		}
		out.Reset()
		out.total = 0
		line := fuzzedCommands[int(which)%len(fuzzedCommands)] + " " + args
		err := in.Execute(line)
		if errors.Is(err, ErrQuit) || err != nil && strings.Contains(err.Error(), "runtime error") {
			t.Errorf("%q: %v", line, err)
		}
		if s.State() != debugger.Stopped {
			t.Errorf("%q: the session is %v", line, s.State())
		}
		if out.total > randomOutput {
			t.Errorf("%q prints %d bytes", line, out.total)
		}
		for _, b := range s.Breakpoints() {
			if b.ID > 0 {
				_ = s.RemoveBreakpoint(b.ID)
			}
		}
	})
}
