package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSettings sets each setting, and sees what it does: Ada's order is of "tea" and "cake", and 670 are paid.
func TestSettings(t *testing.T) {
	_, say := standing(t, orders)
	for _, r := range []struct{ set, show, typed, want string }{
		{"set max-string 2", "max-string is 2. ", "p order.items[1]", `"ca"…`},
		{"set print characters 200", "max-string is 200. ", "p order.items[1]", `"cake"`},
		{"set max-items 1", "max-items is 1. ", "p order.items", `["tea", …`},
		{"set print elements 0", "max-items is 1048576. ", "p order.items", `["tea", "cake"]`}, // no limit, to gdb
		{"set max-depth 1", "max-depth is 1. ", "p self", "Till {"},
		{"unset max-depth", "max-depth is 8. ", "p order", `items: ["tea", "cake"]`},
		{"set radix 16", "radix is 16. ", "p paid", "0x29e"},
		{"set output-radix 10", "radix is 10. ", "p paid", "670"},
		{"config radix 8", "radix is 8. ", "p paid", "0o1236"},
		{"unset radix", "radix is 10. ", "p paid", "670"},
		{"set raw on", "raw is on. ", "p order.items", "buf:"},
		{"set raw off", "raw is off. ", "p order.items", `["tea", "cake"]`},
		{"set names long", "names is long. ", "args order", "order: main::Order = "},
		{"unset names", "names is short. ", "args order", "order: Order = "},
		{"set frames 1", "frames is 1. ", "bt", "more frames"},
		{"set backtrace limit 50", "frames is 50. ", "bt", "#1 main::main"},
		{"set args a 'b c'", "args is a 'b c'. ", "show args", "a 'b c'"},
		{"set env NAME=value", "env is NAME=value. ", "set env OTHER x y", ""},
		{"unset env NAME", "env is OTHER=x y. ", "show env", "OTHER=x y"},
		{"set step-libraries on", "step-libraries is on. ", "skip libraries off", ""},
		{"unset step-libraries", "step-libraries is off. ", "show step", "step-libraries"},
		{"set paging off", "paging is off. ", "set pagination on", ""},
		{"set color off", "color is off. ", "set color on", ""},
		{"set history-size 10", "history-size is 10. ", "set history size 20", ""},
		{"set prompt db>", "prompt is db>. ", "unset prompt", ""},
		{"set substitute-path /src /nowhere", "substitute-path is /src /nowhere. ", "list 10", "   10:"}, // it is found beside the program
		{"unset substitute-path /src", "substitute-path is (none). ", "info source", "read from"},
		{"set max-value 40", "max-value is 40. ", "p order", "…"},
		{"set max-value unlimited", "max-value is 4194304. ", "p order", "payment: Cash"},
	} {
		name := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(r.show, "un"), "set "))[0]
		if got := say(r.set, "show "+name); !strings.HasPrefix(got, r.show) {
			t.Errorf("%s: %q, want %q", r.set, got, r.show)
		}
		if got := say(r.typed); !strings.Contains(got, r.want) || strings.Contains(got, "error:") {
			t.Errorf("%s; %s: %s, want %q", r.set, r.typed, got, r.want)
		}
	}
	for _, r := range []struct{ typed, want string }{
		{"set max-items many", "error: max-items is a number"},
		{"set raw maybe", `error: "maybe" is neither on nor off`},
		{"set radix 7", "error: a radix is"},
		{"set max-itms 3", "did you mean max-items?"},
		{"show max-itms", "did you mean max-items?"},
		{"set nonsense", "error: set needs"},
		{"set", "error: set what?"},
		{"unset nonsense", "error: unset which"},
		{"config -save", "error: there is no file for settings here"},
	} {
		if got := say(r.typed); !strings.Contains(got, r.want) {
			t.Errorf("%s: %s", r.typed, got)
		}
	}
	// A number of lines is one around a place, too: 3 are one before and one behind.
	if got := say("set lines 3", "frame"); strings.Count(got, "\n") != 4 || !strings.Contains(got, "=>   54:") {
		t.Errorf("%s", got)
	}
	for i := range Settings {
		s := &Settings[i]
		if s.Short == "" || !strings.HasSuffix(s.Short, ".") || s.Values == "" {
			t.Errorf("%s: incomplete row", s.Name)
		}
	}
}

// TestConfig saves settings and aliases beside what stands in the file already, and reads them again.
func TestConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "folder", "init")
	in, say := standing(t, orders)
	in.ConfigFile = file
	if got := say("set max-items 1", "config names long", "config alias print pp", "set args x", "define both", "locals", "args", "end", "document both", "Both.", "end", "config -save"); !strings.Contains(got, "Saved to "+file) {
		t.Fatal(got)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nset max-items 1\n", "\nset names long\n", "\nalias pp = print\n", "\ndefine both\n  locals\n  args\nend\n", "\ndocument both\n  Both.\nend\n"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %q in\n%s", want, b)
		}
	}
	if strings.Contains(string(b), "args x") {
		t.Errorf("the program's arguments are saved:\n%s", b)
	}
	mine := "# mine\nnonsense\nset radix 16\n"
	if err := os.WriteFile(file, append([]byte(mine), append(b, "alias last = bt 1\n"...)...), 0o600); err != nil {
		t.Fatal(err)
	}
	in, say = standing(t, orders)
	in.ConfigFile = file
	errs := in.LoadConfig(file)
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), file+":2: unknown command") {
		t.Errorf("%v", errs)
	}
	if got := say("pp paid"); got != "0x29e\n" {
		t.Errorf("%q", got)
	}
	if got := say("pp/d paid", "last", "both"); !strings.HasPrefix(got, "670\n*#0 ") || !strings.Contains(got, "paid: u32") || !strings.Contains(got, "order: main::Order") {
		t.Errorf("%s", got)
	}
	if got := say("help both"); !strings.HasPrefix(got, "Both.\n") {
		t.Errorf("%s", got)
	}
	say("unalias last", "unset max-items", "config -save")
	b, err = os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(b), mine) || strings.Contains(string(b), "max-items") || !strings.HasSuffix(string(b), savedEnd+"\nalias last = bt 1\n") {
		t.Errorf("%v:\n%s", err, b)
	}
	if errs := in.LoadConfig(file + "-is-not-there"); errs != nil {
		t.Error(errs)
	}
}

// TestAliases makes commands of commands.
func TestAliases(t *testing.T) {
	_, say := standing(t, orders)
	for _, r := range []struct {
		lines []string
		want  string
	}{
		{[]string{"alias pi = print %1 + %2", "pi paid 1"}, "671\n"},
		{[]string{"alias h=p/x", "h paid"}, "0x29e\n"},
		{[]string{"command alias sum print 1 +", "sum 2"}, "3\n"},
		{[]string{"define add", "# words", "print $arg0 + $arg1", "print $argc", "end", "add 3 4"}, "7\n2\n"},
		{[]string{"define twice", "add $arg0 $arg0", "end", "twice 21"}, "42\n2\n"},
		{[]string{"define later", "commands 1", "print 5", "end", "print 6", "end", "later"}, "Breakpoint 1 has 1 command.\n6\n"},
		{[]string{"alias loop = loop2", "alias loop2 = loop"}, "error: unknown command"},
		{[]string{"define r1", "r1", "end", "r1"}, "error: r1: r1: "},
		{[]string{"alias help = bt"}, "error: help stays what it is"},
		{[]string{"alias 1x = bt"}, "error: \"1x\" can't be"},
		{[]string{"alias q2 = nonsense"}, "error: unknown command"},
		{[]string{"unalias nothing"}, "error: there is no alias"},
		{[]string{"alias pi"}, "alias pi = print %1 + %2\n"},
		{[]string{"define hook-stop", "print 77", "end", "next"}, "\n77\n"},
	} {
		if got := say(r.lines...); !strings.Contains(got, r.want) {
			t.Errorf("%q: %s, want %q", r.lines, got, r.want)
		}
	}
}

// TestDisplay shows values at stops: takings is 0 before line 54 and 670 behind it.
func TestDisplay(t *testing.T) {
	_, say := standing(t, orders) // display 1 is self.takings
	say("delete 2")
	if got := say("display/x paid"); got != "2: paid = 0x29e\n" {
		t.Errorf("%q", got)
	}
	got := say("next")
	if !strings.HasSuffix(got, "1: self.takings = 670  (was 0)\n2: paid = 0x29e\n") {
		t.Errorf("%s", got)
	}
	// In price there is neither: both are left out, and come again.
	if got := say("tbreak price", "continue"); strings.Contains(got, "takings =") || strings.Contains(got, "error") {
		t.Errorf("%s", got)
	}
	if got := say("continue"); !strings.HasSuffix(got, "1: self.takings = 670\n2: paid = 0x4c8  (was 0x29e)\n") {
		t.Errorf("%s", got)
	}
	if got := say("display", "undisplay 1", "info display", "undisplay 7", "undisplay", "info display"); got != "1: self.takings = 670\n2: paid = 0x4c8\n2: /x paid\nerror: there is no display 7\nNothing is displayed. display EXPRESSION shows a value at each stop.\n" {
		t.Errorf("%s", got)
	}
}

// TestComplete completes what is typed in orders, at main.rs:54 in Till::take.
func TestComplete(t *testing.T) {
	in, say := standing(t, orders)
	say("alias total = print order.items.len()")
	t.Chdir(t.TempDir())
	if err := os.WriteFile("script.txt", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct{ typed, want string }{ // the line with its last word completed, for each proposal
		{"disas", "disassemble"},
		{"tot", "total"},
		{"p order.cu", "p order.customer"},
		{"p order.items[0", ""},
		{"p self->tak", "p self->takings"},
		{"p (*self).tak", "p (*self).takings"},
		{"p 1+order.di", "p 1+order.discount"},
		{"p due-pa", "p due-paid"},
		{"p foo(pa", "p foo(paid"},
		{"p/x pa", "p/x paid"},
		{"b main.rs:5", "b main.rs:50 b main.rs:51 b main.rs:52 b main.rs:54 b main.rs:55 b main.rs:56 b main.rs:57"},
		{"b Till::t", "b Till::take"},
		{"tb pric", "tb price"},
		{"info loc", "info locals"},
		{"info s", "info scope info sharedlibrary info signals info skip info source info sources info stack info stop info symbol info settings"},
		{"breakpoint se", "breakpoint set"},
		{"br l", "br list"},
		{"fr v pai", "fr v paid"},
		{"image lo", "image lookup"},
		{"set max-s", "set max-string"},
		{"set raw o", "set raw off set raw on"},
		{"set pai", "set paid"},
		{"config nam", "config names"},
		{"show hist", "show history-size"},
		{"source scr", "source script.txt"},
		{"help loca", "help locals help locations"},
		{"ptype Paym", "ptype Payment"},
		{"types std::pro", "types std::process::ExitCode"},
		{"types core::o", "types core::ops:: types core::option::"}, // there are too many in them
		{"types alloc::lay", "types alloc::layout::Layout types alloc::layout::LayoutError"},
		{"clear 2", "clear 2"},
		{"nonsense x", ""},
		{"", ""},
	} {
		if r.typed == "" {
			if words, _ := in.Complete(""); len(words) < 60 {
				t.Errorf("%d commands", len(words))
			}
			continue
		}
		words, start := in.Complete(r.typed)
		var got []string
		for _, w := range words {
			got = append(got, r.typed[:start]+w)
		}
		want := r.want
		for _, g := range got {
			if !strings.Contains(want, g) {
				t.Errorf("%q: %q is proposed, want %q", r.typed, g, r.want)
			}
		}
		if joined := strings.Join(got, " "); len(joined) != len(want) {
			t.Errorf("%q: %q, want %q", r.typed, joined, want)
		}
	}
}

// TestAliasLimits makes aliases that would come to millions of commands, or to a line of gigabytes.
func TestAliasLimits(t *testing.T) {
	_, say := interp(t, "orders/orders.wasm")
	say("define many15", "echo .", "end", "alias long15 = echo")
	for i := 14; i >= 0; i-- {
		say(fmt.Sprintf("define many%d", i), fmt.Sprintf("many%d", i+1), fmt.Sprintf("many%d", i+1), "end",
			fmt.Sprintf("alias long%d = long%d %%1%%1%%1%%1%%1%%1%%1%%1", i, i+1))
	}
	if got := say("many0"); !strings.Contains(got, "error: through aliases, this line comes to more than 10000 commands") {
		t.Errorf("%.300s", got)
	}
	if got := say("long0 abcdefgh"); !strings.Contains(got, "error: through aliases, this line becomes longer than 65536 bytes") {
		t.Errorf("%.300s", got)
	}
	if got := say("many12"); strings.Count(got, ".") != 8 {
		t.Errorf("%.300s", got)
	}
}
