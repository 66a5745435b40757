package command

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/debugger"
	"sphex/internal/testneeds"
)

// TestEverydayQuestions asks what a person asks all day of programs of which no unit is translated: no answer may
// wait for all units, which takes seconds in a large program. That is told by the debug information, not by a clock.
func TestEverydayQuestions(t *testing.T) {
	for _, p := range []struct {
		program  string
		commands []string
	}{
		{"cpp_stl/cpp_stl-O0-dw4.wasm", []string{"break main", "run", "info locals", "info args", "backtrace", "next", "step", "up", "finish", "tbreak main.cpp:30", "info breakpoints", "print 1 + 1"}},
		{"orders/orders.wasm", []string{"break total", "break main", "break price", "run", "info locals", "backtrace", "next", "step", "continue", "finish", "condition 1 1 == 1", "tbreak main.rs:20"}},
		{"c_types/c_types-O0-dw4.wasm", []string{"break main", "run", "info locals", "backtrace", "next", "step", "finish"}},
		{"swift_kinds/swift_kinds-Onone.wasm", []string{"break main", "run", "info locals", "next"}},
	} {
		t.Run(filepath.Base(p.program), func(t *testing.T) {
			var later *debuginfo.Later
			s, err := debugger.Open(context.Background(), debugger.Config{
				Program: testneeds.Unpacked(t, filepath.Join("..", "..", "testdata", "programs", p.program)),
				Compile: func(module []byte, companions *aot.Companions) (*object.File, error) {
					f, err := aot.Compile(module, aot.Options{Companions: companions, Text: debuginfo.TextFills, LaterFrom: 1})
					if err == nil {
						later = f.Later.(*debuginfo.Later)
						later.Part = 1 // of a large program: what a small one has of a name may be most of it
					}
					return f, err
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var out bytes.Buffer
			in := &Interp{Session: s, Out: &out}
			for _, c := range p.commands {
				out.Reset()
				err := in.Execute(c)
				select {
				case <-later.Awaited():
					t.Fatalf("%s waits for all units", c)
				default:
				}
				if err != nil || strings.Contains(out.String(), "exited") {
					t.Fatalf("%s: %v\n%s", c, err, out.String())
				}
			}
		})
	}
}
