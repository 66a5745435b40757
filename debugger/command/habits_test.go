package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/debugger"
)

// compiled makes the object of a program once for all sessions of these tests.
var compiled = func() func(path string, c *aot.Companions) (*object.File, error) {
	var mu sync.Mutex
	files := map[string]*object.File{}
	return func(path string, c *aot.Companions) (*object.File, error) {
		mu.Lock()
		defer mu.Unlock()
		if f := files[path]; f != nil {
			return f, nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := aot.Compile(b, aot.Options{Companions: c})
		files[path] = f
		return f, err
	}
}()

var orders = filepath.Join("..", "..", "testdata", "programs", "orders", "orders.wasm")

// standing opens orders and runs it to main.rs:54, with breakpoint 1 there, watchpoint 2 on self.takings, and display 1.
func standing(t *testing.T, program string) (in *Interp, say func(lines ...string) string) {
	t.Helper()
	s, err := debugger.Open(context.Background(), debugger.Config{Program: program, Load: compiled})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var out bytes.Buffer
	in = &Interp{Session: s, Out: &out, Local: true, View: func(string) error { return nil }}
	say = func(lines ...string) string {
		out.Reset()
		for _, l := range lines {
			if err := in.Execute(l); err != nil {
				out.WriteString("error: " + err.Error() + "\n")
			}
		}
		return out.String()
	}
	if got := say("break main.rs:54", "run", "watch self.takings", "display self.takings", "checkpoint"); strings.Contains(got, "error:") {
		t.Fatal(got)
	}
	return in, say
}

// TestHabits plays what gdb's and lldb's users type on a program: each row of the tables must be understood.
func TestHabits(t *testing.T) {
	orders, err := filepath.Abs(orders)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir()) // some write files
	for _, setup := range []string{"breakpoints.txt"} {
		if err := os.WriteFile(setup, []byte("break price\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for _, h := range habits {
		if h.try != "" {
			lines = append(lines, h.try)
		} else if !strings.HasPrefix(h.words, "tui") && !strings.HasPrefix(h.words, "call") {
			t.Errorf("%s has no example", h.words)
		}
	}
	for _, topic := range topics {
		for _, n := range topic.names {
			lines = append(lines, "info "+n+" "+topic.try)
		}
	}
	for _, s := range Settings {
		for _, n := range append([]string{s.Name}, s.Also...) {
			lines = append(lines, "show "+n)
		}
	}
	for _, a := range accepted {
		lines = append(lines, "set "+a+" off")
	}
	for _, line := range lines {
		_, say := standing(t, orders)
		setup := []string{}
		if line == "command unalias again" {
			setup = append(setup, "alias again = bt")
		}
		if got := say(append(setup, line)...); strings.Contains(got, "error:") {
			t.Errorf("%s\n%s", line, got)
		}
	}
}

// TestHabitsSay plays habits whose answer was written by hand from the source: the program stands at main.rs:54 in
// Till::take, called by main, with Ada's order of tea (250) and cake (420), nothing taken yet.
func TestHabitsSay(t *testing.T) {
	for _, r := range []struct {
		typed string
		want  []string // in this order; ! before one that may not be there
	}{
		{"info locals", []string{"due: u32 = 670\n", "paid: u32 = 670\n"}},
		{"info args", []string{"self: ", "order: "}},
		{"p/x paid", []string{"0x29e\n"}},
		{"p/t 5", []string{"0b101\n"}},
		{"e -f x -- paid", []string{"0x29e\n"}},
		{"expression -- paid + 1", []string{"671\n"}},
		{"p -1", []string{"-1\n"}},
		{"po order.items[0]", []string{"\"tea\"\n"}},
		{"complete b Till::t", []string{"b Till::take\n"}},
		{"output paid", []string{"670\n"}},
		{"fr v paid due", []string{"670\n670\n"}},
		{"fr v -f x paid", []string{"0x29e\n"}},
		{"bt 1", []string{"*#0 main::Till::take", "more frames", "!#1"}},
		{"bt full 1", []string{"#0", "      due: u32 = 670\n"}},
		{"bt full", []string{"#0", "      paid: u32 = 670\n", "#1 main::main"}},
		{"where", []string{"#0", "#1 main::main"}},
		{"up", []string{"> main::main"}},
		{"up 99", []string{"> ", "(frame "}},
		{"fr s 1", []string{"> main::main"}},
		{"frame function main", []string{"> main::main"}},
		{"frame 1 bt 1", []string{"#0"}},
		{"frame apply 1 p paid", []string{"#0", "670\n"}},
		{"f", []string{"> main::Till::take main.rs:54:25"}},
		{"n", []string{"> main::Till::take main.rs:55"}},
		{"n 2", []string{"> main::Till::take main.rs:5"}},
		{"fin", []string{"Watchpoint 2", "  (was 0)"}},
		{"c 2", []string{"Breakpoint 1 will pass over 1 hit."}},
		{"u", []string{"> main::Till::take main.rs:55"}},
		{"advance 55", []string{"> main::Till::take main.rs:55"}},
		{"tb main.rs:55", []string{"Breakpoint 3 at main.rs:55", "once"}},
		{"b", []string{"Breakpoint 3 at main.rs:54"}},
		{"b +1", []string{"Breakpoint 3 at main.rs:55"}},
		{"br s -f main.rs -l 55", []string{"Breakpoint 3 at main.rs:55"}},
		{"br s -n price -c 'item.len() == 3' -i 1", []string{"Breakpoint 3 at main.rs:28 in main::price if item.len() == 3\n", "ignoring 1 hit"}},
		{"br s -r ^main::pri -o", []string{"Breakpoint 3", "once"}},
		{"br l", []string{"Breakpoint 1 at main.rs:54", "Watchpoint 2"}},
		{"br dis 1", []string{"(disabled)"}},
		{"br del 1", []string{"removed"}},
		{"d 1-9", []string{"Breakpoint 1 removed.", "removed"}},
		{"d", []string{"All breakpoints removed."}},
		{"clear", []string{"Breakpoint 1 removed.", "!2 removed"}},
		{"toggle 1", []string{"(disabled)"}},
		{"rbreak main.rs:^main::pri", []string{"Breakpoint 3 at main.rs:28 in main::price\n"}},
		{"dprintf main.rs:55,\"%d paid: %x\\n\", paid, due", []string{"Logpoint 3 at main.rs:55", "{paid:d} paid: {due:x}"}},
		{"printf \"%d paid, %x %s %%\\n\", paid, due, order.items[0]", []string{"670 paid, 0x29e tea %\n"}},
		{"echo hello\\n", []string{"hello\n"}},
		{"ptype Payment", []string{"Cash", "Card", "Voucher"}},
		{"type lookup Payment", []string{"Cash"}},
		{"info types Paym", []string{"main::Payment\n"}},
		{"info functions price", []string{"main::price\n"}},
		{"info line", []string{"main.rs:54"}},
		{"info line 55", []string{"main.rs:55"}},
		{"info symbol $pc", []string{"main.rs:54", "Till::take"}},
		{"info source", []string{"main.rs\n", "read from"}},
		{"info display", []string{"1: self.takings\n"}},
		{"info sharedlibrary", []string{"orders.wasm\n"}},
		{"image list", []string{"orders.wasm\n"}},
		{"image lookup -n price", []string{"main.rs:", "price"}},
		{"image lookup -t Payment", []string{"Cash"}},
		{"disas /s", []string{"Till::take", "main.rs:54  ", "self.takings += paid;"}},
		{"disas/s price", []string{"price", "\"tea\" => Some(250)"}},
		{"x/3i $pc", []string{"=> "}},
		{"x/2xw &self.takings", []string{"0x00000000"}},
		{"set var self.takings = 41", []string{"self.takings = 41\n"}},
		{"set self.takings = 41", []string{"self.takings = 41\n"}},
		{"set listsize 3", []string{"!error"}},
		{"set print elements 1", []string{"!error"}},
		{"settings set target.max-children-count 5", []string{"!error"}},
		{"set confirm off", []string{"confirm changes nothing here.\n"}},
		{"register read rip", []string{"rip "}},
		{"memory read -c 2 -s 4 -f x &self.takings", []string{"0x00000000"}},
		{"memory find -s cake", []string{"0x"}},
		{"list 10,12", []string{"   10:", "   12:", "!   13:"}},
		{"list price", []string{"   26: fn price"}},
		{"list 30,", []string{"   30:", "   39:", "!   40:"}},
		{"list ,30", []string{"   21:", "   30:", "!   31:"}},
		{"list main.rs:10", []string{"   10:"}},
		{"list price,+3", []string{"   28:", "   31:", "!   32:"}},
		{"search impl Till", []string{"error: no line"}},
		{"rev impl Till", []string{"=>   45: impl Till"}},
		{"thread backtrace", []string{"#0", "#1 main::main"}},
		{"thread list", []string{"* 1 main"}},
		{"thread step-over", []string{"main.rs:55"}},
		{"process status", []string{"breakpoint 1"}},
		{"kill", []string{"ended"}},
		{"tui enable", []string{"!error"}},
		{"layout src", []string{"!error"}},
		{"shell echo from the shell", []string{"from the shell\n"}},
		{"!echo from the shell", []string{"from the shell\n"}},
		{"# a comment", []string{"!error"}},
		{"reverse-step", []string{"checkpoint"}},
		{"attach 12", []string{"sphex connect"}},
		{"brek", []string{`did you mean "break"?`}},
		{"contiune", []string{`did you mean "continue"?`}},
		{"un", []string{`"un" is ambiguous: unalias, uncatch, undisplay, unset, until, untrace`}},
		{"info fram", []string{"> main::Till::take"}},
		{"info loclas", []string{"did you mean info locals?"}},
		{"pri paid", []string{"670\n"}}, // print, not printf
		{"help br s", []string{"break"}},
		{"help info locals", []string{"the same as locals"}},
		{"help max-items", []string{"set max-items N", "max-items is 64."}},
		{"help lldb", []string{"fr v"}},
		{"help nonsense", []string{"error: unknown command"}},
		{"apropos watchpoint", []string{"watch"}},
		{"delete display 1", []string{"!error"}},
	} {
		_, say := standing(t, orders)
		got := say(r.typed)
		rest := got
		for _, w := range r.want {
			if no, ok := strings.CutPrefix(w, "!"); ok {
				if strings.Contains(rest, no) {
					t.Errorf("%s: %q is in\n%s", r.typed, no, got)
				}
				continue
			}
			i := strings.Index(rest, w)
			if i < 0 {
				t.Errorf("%s: no %q in\n%s", r.typed, w, got)
				break
			}
			rest = rest[i+len(w):]
		}
	}
}

// The examples on the pages of help are right.
func TestTopics(t *testing.T) {
	for _, topic := range Topics {
		_, say := standing(t, orders)
		for _, line := range strings.Split(topic.Text, "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("help %s: a long line: %s", topic.Name, line)
			}
			example, ok := strings.CutPrefix(line, "    ")
			if !ok {
				continue
			}
			if got := say(example); strings.Contains(got, "error:") {
				t.Errorf("help %s: %s\n%s", topic.Name, example, got)
			}
		}
	}
	for i := range Table {
		if e := Table[i].Example; e != "" && !slices.ContainsFunc(Table[i].Names, func(n string) bool { return strings.HasPrefix(e, n) }) {
			t.Errorf("%s: the example is %s", Table[i].Names[0], e)
		}
	}
}
