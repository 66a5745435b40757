package value

import (
	"fmt"
	"strings"
	"testing"

	"sphex/debugger/symbols"
)

// someMacros are macros by their names.
type someMacros map[string]symbols.Macro

func (s someMacros) Macro(name string) (*symbols.Macro, bool, error) {
	if m, ok := s[name]; ok {
		return &m, true, nil
	}
	return nil, false, nil
}

// TestMacroExpansion follows the examples of C's standard (6.10.3.5 in C11) and what has no end.
func TestMacroExpansion(t *testing.T) {
	macros := someMacros{}
	define := func(text string) {
		m, ok := symbols.ParseMacro(text)
		if !ok {
			t.Fatal(text)
		}
		macros[m.Name] = m
	}
	for _, text := range strings.Split(`x 3
f(a) f(x * (a))
z z[0]
t(a) a
p() int
q(x) x
r(x,y) x ## y
str(x) # x
xstr(s) str(s)
INCFILE(n) vers ## n
glue(a, b) a ## b
xglue(a, b) glue(a, b)
HIGHLOW "hello"
LOW LOW ", world"
debug(...) fprintf(stderr, __VA_ARGS__)
showlist(...) puts(#__VA_ARGS__)
some(first, rest...) call(first, ## rest)
twice(a) a a
obj (1-1)
_ping pong
pong _ping
unclosed(a a
minus -`, "\n") {
		if text == "unclosed(a a" {
			if _, ok := symbols.ParseMacro(text); ok {
				t.Error(text)
			}
			continue
		}
		define(text)
	}
	last := 0
	for i := range 300 {
		define(fmt.Sprintf("chain%d chain%d", i, i+1))
		last = i
	}
	s := &Scope{Macros: macros, Sym: &symbols.Frame{Outer: &symbols.Function{Unit: &symbols.Unit{Language: symbols.LangC}}}}
	for _, row := range []struct{ src, want string }{
		{"f(y+1) + f(f(z)) % t(t(f)(0) + t)(1)", "f(3 * (y+1)) + f(3 * (f(3 * (z[0])))) % f(3 * (0)) + t(1)"},
		{"p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) }", "int i[] = { 1, 23, 4, 5, }"},
		{`xstr(INCFILE(2).h)`, `"vers2.h"`},
		{"glue(HIGH, LOW)", `"hello"`},
		{"xglue(HIGH, LOW)", `"hello" ", world"`},
		{`str("\n" @ '\0')`, `"\"\\n\" @ '\\0'"`},
		{"debug(\"Flag\")", `fprintf(stderr, "Flag")`},
		{"debug(\"X = %d\\n\", x)", `fprintf(stderr, "X = %d\n", 3)`},
		{"showlist(The first, second, and third items.)", `puts("The first, second, and third items.")`},
		{"some(1)", "call(1)"},
		{"some(1, 2, x)", "call(1, 2, 3)"},
		{"_ping", "_ping"},
		{"obj+obj", "(1-1)+(1-1)"},
		{"-minus 1", "- - 1"},
		{"f(1", "✗ the arguments of the macro f have no end"},
		{"$x + x.x", "$x + 3.3"},
		{strings.Repeat("twice(", 60) + "1" + strings.Repeat(")", 60), "✗ stands for too much"},
		{fmt.Sprintf("chain%d", last-50), fmt.Sprintf("chain%d", last+1)},
		{"chain0", "✗ stands for too much"},
	} {
		got, err := s.Expand(row.src)
		if words, fails := strings.CutPrefix(row.want, "✗ "); fails {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %.80s, %v; want %s", row.src, got, err, words)
			}
		} else if err != nil || strings.Join(strings.Fields(got), " ") != row.want {
			t.Errorf("%s: %s, %v; want %s", row.src, got, err, row.want)
		}
	}
}
