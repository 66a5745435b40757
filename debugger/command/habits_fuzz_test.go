package command

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"sphex/debugger"
)

// FuzzCommandLines types anything before the program is started: it may be wrong, but nothing may panic, and what is
// completed begins in the line.
func FuzzCommandLines(f *testing.F) {
	for _, h := range habits {
		f.Add(h.try)
	}
	for i := range Table {
		f.Add(Table[i].Names[0])
		f.Add(Table[i].Example)
	}
	for _, line := range []string{"thread apply all", "br s -l 3 -C 'a", "printf \"%d %s\", 1", "list ,", "list 1,+2", "x/9i", "set a b = c", "alias a", "define x", "frame apply all",
		"me re -c x -s 8 0 9", "find 0, 9", "write/g 0 'a", "p -- x", "e -f", "dprintf a:1,\"%", "d 1-", "rbreak a.c:(", "display/zz x", "undisplay 1 2", "!", "#", "commands 1 a; b", "echo \\"} {
		f.Add(line)
	}
	s, err := debugger.Open(context.Background(), debugger.Config{Program: orders, Load: compiled})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, line string) {
		first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		lines, _ := translated(line)
		for _, l := range append(lines, line) {
			word, _, _ := strings.Cut(strings.TrimSpace(l), " ")
			word, _, _ = strings.Cut(word, "/")
			if cmd, err := Find(word); err == nil && (cmd.Group == Running || strings.Contains("save source config shell make coredump natvis", cmd.Names[0])) {
				return // it may run for long, or write
			}
		}
		var out bytes.Buffer
		in := &Interp{Session: s, Out: &out}
		if words, start := in.Complete(line); len(words) > 0 && (start < 0 || start > len(line)) {
			t.Errorf("%q is completed from %d on", line, start)
		}
		if first != "" {
			_ = in.Execute(line)
		}
	})
}
