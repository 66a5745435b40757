package command

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger"
)

// TestThreadCommands stops one thread of a program that has three.
func TestThreadCommands(t *testing.T) {
	program := filepath.Join("..", "..", "testdata", "programs", "c_threads", "c_threads-O0.wasm")
	s, err := debugger.Open(context.Background(), debugger.Config{Program: program, Args: []string{"stand"}, Load: compiled})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out bytes.Buffer
	in := &Interp{Session: s, Out: &out, Local: true}
	saved := filepath.Join(t.TempDir(), "saved")
	for _, c := range []struct {
		line string
		want []string
	}{
		{"break square thread 2", []string{"square thread 2"}},
		{"continue", []string{"Thread 2 stops.", "> square threads.c:60"}},
		{"breakpoints", []string{"square thread 2, hit 1"}},
		{"thread", []string{"* 2 thread 2: square at "}},
		{"threads", []string{"  1 main: ", "* 2 thread 2: square at "}},
		{"info threads", []string{"  1 main: ", "* 2 thread 2: square at "}},
		{"print mine", []string{"102"}},
		{"thread 1 print mine", []string{"7"}},
		{"print mine", []string{"102"}},
		{"thread apply 1-2 print mine", []string{"  1 main", "7\n", "* 2 thread 2", "102\n"}},
		{"thread apply 1 print mine", []string{"1 main: ", "!* 1"}}, // the star stays with the selected one
		{"watch result", []string{"Watchpoint 2: result (4 bytes of linear memory at ", ", until square returns"}},
		{"rwatch go_on thread 9 if 1 == 1", []string{"Read watchpoint 3: go_on (4 bytes", " thread 9 if 1 == 1"}},
		{"save breakpoints " + saved, []string{"2 breakpoints saved"}},
		{"shell cat " + saved, []string{"break square thread 2\nrwatch go_on thread 9 if 1 == 1\n"}},
		{"thread apply all bt", []string{"_start at ", "wait_for_go at "}},
		{"thread 1", []string{"* 1 main: "}},
		{"bt", []string{"standing at "}},
		{"thread 9", []string{"error: there is no thread 9"}},
		{"thread x", []string{"error: \"x\" is no thread"}},
		{"thread apply print 1", []string{"error: in which threads?"}},
		{"checkpoint", []string{"error: "}},
		{"thread 2", []string{"* 2 thread 2: square"}},
		{"set scheduler-locking on", nil},
		{"show scheduler-locking", []string{"on"}},
		{"next", []string{"> square threads.c:61"}},
		{"continue", []string{"Watchpoint 2: result\n  old: ", "\n  new: 5\n  written by threads.c:61:7 in square, thread 2\n", "> square threads.c:62"}},
		{"set scheduler-locking off", nil},
		{"print mine", []string{"4"}},
		{"delete 1", nil},
		{"continue", []string{"Watchpoint 2 is over: square has returned. result was 5."}},
		{"continue", []string{"exited with status 0"}},
	} {
		out.Reset()
		if err := in.Execute(c.line); err != nil {
			out.WriteString("error: " + err.Error() + "\n")
		}
		for _, w := range c.want {
			if no, ok := strings.CutPrefix(w, "!"); ok {
				if strings.Contains(out.String(), no) {
					t.Errorf("%s: %q has %q", c.line, out.String(), no)
				}
				continue
			}
			if w = strings.Replace(w, "  1 main", "1 main", 1); !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q lacks %q", c.line, out.String(), w)
			}
		}
	}
}
