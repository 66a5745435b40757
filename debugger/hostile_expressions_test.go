package debugger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostileExpressions are what nobody types who means well: deep, long, huge, endless, null, wild. %s is a variable that is a
// structure, %i one that is a number, %p a pointer to a structure with a pointer next.
func hostileExpressions() []string {
	deep := func(n int, before, in, behind string) string {
		return strings.Repeat(before, n) + in + strings.Repeat(behind, n)
	}
	list := []string{
		"", " ", "(", ")", "[", "{", "}", "'", "\"", "'ab", "\"abc", "\\", "\x00", "\xff\xfe", "é", "#", "@", "`", "$", "$$$", "..", "...", "::", "->", "?", ":",
		"a b", "1 2", "1..", "..1", "x = ", "= 1", "x == ", "&&", "if", "if x", "if x {", "match x {}", "as", "as u8", "1 as", "sizeof", "sizeof(", "matches!(", "matches!(x, )",
		"{int}", "{int", "{int}0", "{nosuch}1", "{1, 2}", "{1, {2, {3}}}", "{.x = 1}", "Point { x: 1 }", "Point {", "%s { next: %s }",
		// arithmetic
		"1 / 0", "1 % 0", "%i / 0", "%i % 0", "1.0 / 0", "0.0 / 0 == 0.0 / 0", "(-2147483647 - 1) / -1", "(-2147483647 - 1) % -1", "-128i8 / -1i8", "1 << 1000000000", "1 << -1", "1 >> 99999999999999999999",
		"%i << 4294967295", "1e999999999", "1e-999999999", "0x" + strings.Repeat("f", 15000), strings.Repeat("9", 15000), "0." + strings.Repeat("3", 15000), "2.pow(4294967295)", "(2).pow(1000000)",
		"170141183460469231731687303715884105727 * 170141183460469231731687303715884105727", "-(-170141183460469231731687303715884105727 - 1)", "~0 >> 127 << 127",
		// pointers
		"*0", "*(int *)0", "*(int *)1", "*(int *)-1", "*(int *)0xfffffffe", "*(long long *)0x7fffffff", "*(char **)0xffffffff", "**(char ***)4", "&0", "&&&&%i", "*&*&*&%i", "*%i", "***%i",
		"((struct list *)0)->next->next", "((struct list *)1)->next->next->next", "((struct list *)0xfffffff8)->value", "*(struct list *)0xffffffff", "(void *)0", "*(void *)16",
		"%p->next->next->next->next->next->next->next->next", "*%p->next->next->next", "(long long *)%p + 4611686018427387904", "%p - (char *)0", "%p[2147483647]", "%p[-2147483648]", "%p[9223372036854775807]",
		"(int (*)[1000000000])0", "*(int (*)[1000])0", "(int ****************************************)1", "*(double *)3", "nullptr->x", "this->x->y", "self.x",
		// ranges and sizes
		"%p[0..4294967296]", "%p[0..1000000000000000000]", "%p[5..1]", "%p[-1..1]", "%p[..]", "%p[..=18446744073709551615]", "%i@0", "%i@-1", "%i@1000000000", "%i@9223372036854775807", "*%p@100000000",
		"(*(char *)1)@4294967295", "sizeof(int[1000000000])", "sizeof(int[1000000000][1000000000])", "(int[1000000000])%i", "[0; 1000000000]", "[1, 2, 3][99]", "\"abc\"[99]", "\"abc\"[5..9]",
		"v[99999999999999999999999]", "size_of::<" + strings.Repeat("Vec<", 500) + "u8" + strings.Repeat(">", 500) + ">()", "(" + strings.Repeat("Vec<", 2000) + ")1",
		"((*(char *)16)@900000).contains(255)", "((*(long long *)16)@90000).contains(3)", "((*(char *)16)@900000) == ((*(char *)17)@900000)", "((*(char *)16)@900000)[0..899999].contains(7)",
		// names
		strings.Repeat("a", 16000), strings.Repeat("a::", 5000) + "b", strings.Repeat("a.", 5000) + "b", "$" + strings.Repeat("9", 1000), "$local99999999999", "$stack4294967295", "$global1000000", "$nosuch", "$$99999999999999999999",
		"x.y.z", "nosuch(1)", "nosuch::f()", "%i(1)", "%i.len()", "%i.unwrap()", "%i.x", "%i[0]", "%i.nosuch(1, 2, 3)", "main(main(main(main(1))))", "%i = %i = %i", "1 = 2", "\"a\" = \"b\"", "main = 1", "sizeof(%i) = 1", "%i += \"x\"", "++1", "%i++++", "$1 = 3",
		// text
		"\"" + strings.Repeat("x", 15000) + "\"", "\"\\u{110000}\"", "'\\u{d800}'", "'\\xff'", "\"\\x\"", "\"\\777\"", "b'é'", "\"a\" + 1", "\"a\" < 1", "\"a\" && 1", "!\"a\"", "-\"a\"", "~1.5", "1.5 % 0", "1.5 << 1", "true + true", "'a' * 'b'",
		// patterns
		"%i is Some(_)", "%i is 5..=1", "%i is _ | _ | _", "%s is [1, 2", "%i is " + deep(3000, "Some(", "1", ")"), "matches!(%i, " + deep(180, "Some(", "_", ")") + ")",
		"%s == " + deep(150, "[", "1", "]"), "%s == " + deep(3000, "(", "1,", ")"), "%s == %s", "%s < %s", "%s + %s", "%s ? 1 : 2", "%i ? %s : 1",
	}
	for _, in := range []string{"1", "%i", "%s", "nosuch"} {
		for _, n := range []int{199, 5000} {
			list = append(list, deep(n, "(", in, ")"), deep(n, "-", in, ""), deep(n, "!", in, ""), deep(n, "*", in, ""), deep(n, "&", in, ""), deep(n, "", in, "[0]"), deep(n, "", in, ".x"), deep(n, "", in, "->next"),
				deep(n, "", in, " as u8"), deep(n, "(int)", in, ""), deep(n, "f(", in, ")"), deep(n, "", in, "()"), deep(n, "", in, ".abs()"), deep(n, "1 ? ", in, " : 2"), deep(n, "1 + ", in, ""), deep(n, "", in, " * 3"),
				deep(n, "", in, " && 1"), deep(n, "1 || ", in, ""), deep(n, "[", in, "]"), deep(n, "{", in, "}"), deep(n, "x = ", in, ""), deep(n, "", in, "++"), deep(n, "sizeof ", in, ""), deep(n, "if 1 {", in, "} else {2}"), deep(n, "{int}", in, ""), deep(n, "S { x: ", in, " }"))
		}
	}
	const megabyte = 1 << 20
	for _, s := range []string{"1+", "(", "-", "a", " ", "9", "\"", "f(", "a.b", "[0]", "\x00", "é", "1 ? ", "x == 1 && "} {
		list = append(list, strings.Repeat(s, megabyte/len(s)), "1 + "+strings.Repeat(s, megabyte/len(s)))
	}
	return list
}

// TestHostileExpressions evaluates them at real stops: to print, as a condition, as a place and as a value to be set.
// Whatever comes out, it comes soon, since parsing and evaluation count their steps; -v says how long the slowest took.
func TestHostileExpressions(t *testing.T) {
	for _, p := range []struct {
		module, file        string
		line                int
		value, int, pointer string
		prepare             string // makes a structure endless
	}{
		{"c_kinds/c_kinds-O0.wasm", "main.c", 87, "l1", "total", "l1.next", "l3.next = &l1"},
		{"cpp_kinds/cpp_kinds-O0.wasm", "main.cpp", 117, "both", "v", "left", "both.id = 2"},
		{"rs_kinds/rs_kinds-debug.wasm", "main.rs", 140, "fs", "calls", "label", "calls = 3"},
	} {
		t.Run(p.module, func(t *testing.T) {
			s, _ := atLine(t, p.module, p.file, p.line, func(c *Config) { c.CallLimit = 20 * time.Millisecond })
			if _, err := s.Eval(0, p.prepare); err != nil {
				t.Fatal(err)
			}
			fill := strings.NewReplacer("%s", p.value, "%i", p.int, "%p", p.pointer)
			all, failed := 0, 0
			took := map[string]time.Duration{}
			look := func(what, src string, f func() error) {
				from := time.Now()
				err := f()
				took[fmt.Sprintf("%s %.60q", what, src)] = time.Since(from)
				if all++; err != nil {
					failed++
					if len(err.Error()) > 2000 {
						t.Errorf("%s %.60q fails with %d bytes of words", what, src, len(err.Error()))
					}
				}
			}
			for _, src := range hostileExpressions() {
				src = fill.Replace(src)
				look("print", src, func() error {
					v, err := s.Eval(0, src)
					if err == nil {
						if text := v.String(); len(text) > 100_000 {
							t.Errorf("%.60q is shown with %d bytes", src, len(text))
						}
					}
					return err
				})
				look("condition", src, func() error { _, err := s.EvalPure(0, src); return err })
				look("set", src, func() error { _, err := s.SetVariable(0, p.int, src); return err })
				look("place", src, func() error { _, err := s.SetVariable(0, src, "1"); return err })
			}
			slowest := slices.SortedFunc(maps.Keys(took), func(a, b string) int { return cmp.Compare(took[b], took[a]) })
			t.Logf("%d evaluations, %d errors; the slowest:", all, failed)
			for _, which := range slowest[:3] {
				t.Log(took[which], which)
			}
			if stop := mustStop(t, s.Continue); stop == nil {
				t.Error("it does not go on")
			}
		})
	}
}
