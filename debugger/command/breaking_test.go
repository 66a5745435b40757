package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/debugger"
	"sphex/internal/testneeds"
)

// interp debugs a program of testdata; say runs commands and returns what they print.
func interp(t *testing.T, program string) (in *Interp, say func(lines ...string) string) {
	t.Helper()
	s, err := debugger.Open(context.Background(), debugger.Config{Program: testneeds.Unpacked(t, filepath.Join("..", "..", "testdata", "programs", program))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var out bytes.Buffer
	in = &Interp{Session: s, Out: &out}
	return in, func(lines ...string) string {
		out.Reset()
		for _, l := range lines {
			if err := in.Execute(l); err != nil {
				out.WriteString("error: " + err.Error() + "\n")
			}
		}
		return out.String()
	}
}

// TestAttachedCommands has breakpoints run commands: price is called with tea, cake; soup, tea, cake; tea,
// goto; soup, soup.
func TestAttachedCommands(t *testing.T) {
	in, say := interp(t, "orders/orders.wasm")
	say("break price", "commands", "silent", "print item", "continue")
	if !in.Defining() {
		t.Fatal("the commands are not being taken")
	}
	if got, want := say("end"), "Breakpoint 1 has 3 commands.\n"; got != want {
		t.Errorf("%q", got)
	}
	want := "\"tea\"\n\"cake\"\n\"soup\"\n\"tea\"\n\"cake\"\n\"tea\"\n\"goto\"\n\"soup\"\n\"soup\"\nThe program exited with status 0.\n"
	if got := say("run"); got != want {
		t.Errorf("the commands print\n%s", got)
	}
	// An error ends them, and the stop stays.
	if got := say("commands 1 print nothing; continue", "run"); !strings.Contains(got, "main.rs:28") || !strings.HasSuffix(got, "error: no variable nothing is visible here (column 1)\n") {
		t.Errorf("%s", got)
	}
	if in.Session.State() != debugger.Stopped {
		t.Error(in.Session.State())
	}
	// What stands behind a command that runs the program is of no use; the next stop's commands are its own.
	say("commands 1 print 1; next; print 2", "ignore 1 7")
	if got := say("run"); !strings.Contains(got, "28:9") || !strings.Contains(got, "\n1\n") || strings.Contains(got, "\n2\n") {
		t.Errorf("%s", got)
	}
	if got := say("breakpoints"); !strings.Contains(got, "    print 1\n    next\n    print 2\n") {
		t.Errorf("%s", got)
	}
	say("commands 1", "end")
	if got := say("breakpoints"); strings.Contains(got, "print 1") {
		t.Errorf("%s", got)
	}
}

// TestSaveBreakpoints writes breakpoints of all sorts to a file and reads them into another session.
func TestSaveBreakpoints(t *testing.T) {
	file := filepath.Join(t.TempDir(), "breakpoints")
	_, say := interp(t, "orders/orders.wasm")
	say("break main.rs:38 if sum > 0", "tbreak total", "rbreak ^main::price$", "break main.rs:*", "break *0x1000", "break nothing_here",
		"logpoint main.rs:47 due for {order.customer}", "condition 1 -hits >= 2", "ignore 3 4", "commands 3 silent; print item", "disable 4", "disable 1.1")
	before := say("breakpoints")
	if got := say("save breakpoints " + file); !strings.HasPrefix(got, "7 breakpoints saved") {
		t.Fatal(got)
	}
	_, again := interp(t, "orders/orders.wasm")
	if got := again("source " + file); strings.Contains(got, "error") {
		t.Fatal(got)
	}
	enabled := strings.Replace(before, " (disabled)\n", "\n", 1) // that of a place is not kept
	if !strings.Contains(before, "  1.1 ") {
		enabled = before
	}
	if after := again("breakpoints"); after != enabled && after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if err := os.WriteFile(file, []byte("# a comment\nbreak price\ncommands $\nprint item\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := again("source " + file); !strings.Contains(got, "not ended by end") {
		t.Error(got)
	}
	if err := os.WriteFile(file, []byte("source "+file+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := again("source " + file); !strings.Contains(got, "nested more than") {
		t.Error(got)
	}
}

func TestInstructionLocations(t *testing.T) {
	in, say := interp(t, "orders/orders.wasm")
	for text, want := range map[string]string{
		"*0x100": "code 0x100", "*code:256": "code 0x100", "*file:0x200": "offset 0x200", "*text:0x300": "text 0x300", "main.rs:12": "main.rs:12", "a/b.c:12:5": "a/b.c:12",
	} {
		spec, err := in.location(text)
		if err != nil || spec.String() != want {
			t.Errorf("%s: %s %v", text, spec.String(), err)
		}
		if strings.HasSuffix(text, ":5") && spec.Column != 5 {
			t.Errorf("%s: column %d", text, spec.Column)
		}
	}
	for _, text := range []string{"*", "*x", "*wat:1", "*text:", "*-1", "*0x1ffffffff"} {
		if _, err := in.location(text); err == nil {
			t.Errorf("%s is a location", text)
		}
	}
	if got := say("break price", "run", "break *$pc"); !strings.Contains(got, "Breakpoint 2 at main.rs:28") {
		t.Error(got)
	}
}
