package command

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/commands.md")

// The manual is made from the table.
func TestManual(t *testing.T) {
	const file = "../../docs/commands.md"
	var b bytes.Buffer
	WriteManual(&b)
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s is not what the table says: run go test ./debugger/command -update", file)
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for i := range Table {
		c := &Table[i]
		for _, n := range c.Names {
			if seen[n] {
				t.Errorf("%q names two commands", n)
			}
			seen[n] = true
			if got, err := Find(n); err != nil || got != c {
				t.Errorf("Find(%q) = %v, %v", n, got, err)
			}
		}
		if c.Short == "" || !strings.HasSuffix(c.Short, ".") || c.run == nil {
			t.Errorf("%s: incomplete row", c.Names[0])
		}
	}
	for _, n := range []string{"b", "c", "n", "s", "so", "finish", "bt", "up", "down", "frame", "p", "locals", "args",
		"list", "disassemble", "break", "clear", "condition", "restart", "help", "exit"} {
		if !seen[n] {
			t.Errorf("no command %q", n)
		}
	}
	if _, err := Find("brek"); err == nil || !strings.Contains(err.Error(), `"break"`) {
		t.Errorf("brek: %v", err)
	}
	if c, err := Find("disa"); err == nil {
		t.Errorf("disa means %s", c.Names[0]) // disable or disassemble
	}
	if c, err := Find("cont"); err != nil || c.Names[0] != "continue" {
		t.Errorf("cont: %v, %v", c, err)
	}
}

func TestTranslated(t *testing.T) {
	for in, want := range map[string]string{
		"br list":                         "breakpoints",
		"breakpoint l":                    "breakpoints",
		"br s -f main.c -l 12":            "break main.c:12",
		"breakpoint delete 1":             "clear 1",
		"fr v argc":                       "variables argc",
		"fr v a b.c":                      "variables a|variables b.c",
		"fr v -f x a":                     "variables /x a",
		"frame select 2":                  "frame 2",
		"fr s -r -1":                      "down 1",
		"frame 2":                         "frame 2",
		"th bt":                           "stack",
		"thread step-over":                "next",
		"process launch":                  "run",
		"process launch -s -- a 'b c'":    "start a 'b c'",
		"memory read 0x10":                "examine 0x10",
		"memory read -c 4 -s 2 -f d 0x10": "examine /4dh 0x10",
		"b list":                          "b list",
		"b -3":                            "b -3",
		"b -r ^x":                         "b -r ^x",
		"print x":                         "print x",

		"br set -f main.c -l 12":                      "break main.c:12",
		"br s -n main -c 'i == 3'":                    "break main if i == 3",
		"breakpoint s -n geo::Circle::area":           "break geo::Circle::area",
		"b -n f -i 3 -C bt -C 'p x'":                  "break f|ignore $ 3|commands $ bt; p x",
		"br s --file a.c --line=3 --one-shot true -d": "tbreak a.c:3|disable $",
		"br s -o -n f":                                "tbreak f",
		"tbreak -f a.c -l 3":                          "tbreak a.c:3",
		"br mod -c 'a == 1' -i 2 3 4":                 "condition 3 a == 1|ignore 3 2|condition 4 a == 1|ignore 4 2",
		"target stop-hook add -o bt":                  "define hook-stop|bt|end",
		"thread jump --by 2":                          "jump +2",
		"settings set target.run-args a b":            "set target.run-args a b",
	} {
		got, err := translated(in)
		if strings.Join(got, "|") != want || err != nil {
			t.Errorf("%q: %q, want %q (%v)", in, strings.Join(got, "|"), want, err)
		}
		if !IsCommand(in) {
			t.Errorf("%q is no command", in)
		}
	}
	for _, bad := range []string{"br s -z 3", "br s -f", "fr v -f nonsense x", "image lookup"} {
		if got, err := translated(bad); err == nil {
			t.Errorf("%q means %q", bad, got)
		}
	}
	for _, no := range []string{"order.items", "argc + 1", "", "image fly"} {
		if IsCommand(no) {
			t.Errorf("%q is a command", no)
		}
	}
	for text, want := range map[string]layout{
		"":     {64, 0, 1},
		"16":   {16, 0, 1},
		"16xw": {16, 'x', 4},
		"xg":   {1, 'x', 8},
		"2dh":  {2, 'd', 2},
		"3c":   {3, 'c', 1},
		"s":    {1, 's', 4},
	} {
		if got, err := parseLayout(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"0", "99999999999999999999", "999999999x", "y", "4q"} {
		if l, err := parseLayout(bad); err == nil {
			t.Errorf("%q: %+v", bad, l)
		}
	}
}

func TestCompletionOfNames(t *testing.T) {
	for _, r := range []struct{ name, word, want string }{
		{"main::Till::take", "Till::t", "Till::take"},
		{"main::Till::take", "ta", "take"},
		{"main::Till::take", "main::", "main::Till::take"},
		{"main::Till::take", "x", ""},
		{"<a::Print as b::Display>::fmt", "Print", ""},
		{"<a::Print as b::Display>::fmt", "fm", "fmt"},
	} {
		if got := tailWith(r.name, r.word); got != r.want {
			t.Errorf("%s %s: %q, want %q", r.name, r.word, got, r.want)
		}
	}
}

func TestLocations(t *testing.T) {
	if l, c := splitCondition("main.c:12 if x > 3"); l != "main.c:12" || c != "x > 3" {
		t.Errorf("%q %q", l, c)
	}
	if p, e, ok := cutAssignment("a.b[i] = x == 3"); p != "a.b[i]" || e != "x == 3" || !ok {
		t.Errorf("%q %q %v", p, e, ok)
	}
	if _, _, ok := cutAssignment("x == 3"); ok {
		t.Error("a comparison is taken for an assignment")
	}
}
