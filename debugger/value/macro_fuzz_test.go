package value

import (
	"strings"
	"testing"

	"sphex/debugger/symbols"
)

// FuzzMacros expands expressions with any macros: what comes of that is bounded, and nothing takes long.
func FuzzMacros(f *testing.F) {
	f.Add("x x x", "x")
	f.Add("f(a) f(a) g(a)\ng(a, b...) a ## b #a", "f(g(1, 2))")
	f.Add("two(a) a a a a\nfour two(two(two(two(1))))", "two(four)")
	f.Add("a(x) x(x)\nb a", "a(b)(a)")
	f.Fuzz(func(t *testing.T, definitions, src string) {
		macros := someMacros{}
		for line := range strings.SplitSeq(definitions, "\n") {
			if m, ok := symbols.ParseMacro(line); ok {
				macros[m.Name] = m
			}
		}
		s := &Scope{Macros: macros, Sym: &symbols.Frame{Outer: &symbols.Function{Unit: &symbols.Unit{Language: symbols.LangC}}}}
		x := &expansion{ev: &evaluator{scope: s, src: src}}
		if list, _ := x.tokens(ppTokens(src)); x.fail == nil && len(list) > maxExpansion+len(src) {
			t.Errorf("%d bytes became %d tokens", len(definitions)+len(src), len(list))
		}
	})
}
