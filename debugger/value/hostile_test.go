package value

import (
	"errors"
	"strings"
	"testing"
)

// Hostile expressions are errors that name a place; none of them panics or goes on for ever.
func TestHostileExpressions(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	s := p.scope(t, "main.rs", 121, 2)
	s.Vars = &Vars{}
	for _, expr := range []string{
		strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000),
		strings.Repeat("-", 10000) + "1",
		strings.Repeat("!", 1000) + "true",
		strings.Repeat("*", 1000) + "n",
		strings.Repeat("&", 1000) + "n",
		strings.Repeat("1+", 5000) + "1",
		strings.Repeat("n.", 5000) + "n",
		strings.Repeat("1 ? ", 2000) + "2",
		strings.Repeat("a = ", 2000) + "2",
		strings.Repeat("x", 1<<20),
		"[" + strings.Repeat("1,", 5000) + "]",
		"n is " + strings.Repeat("Some(", 1000),
		"n as " + strings.Repeat("*const ", 1000) + "u8",
		"n as " + strings.Repeat("[", 1000),
		"n as A" + strings.Repeat("<A", 1000),
		"f" + strings.Repeat("(", 1000),
		"if " + strings.Repeat("if ", 1000),
		"v[0..1099511627776]",
		"v[-1]", "v[99999999999999999999]", "n / 0", "n % 0", "n << 1000000",
		"v[0]@1000000000", "{u64}0xfffffffc", "{u64}-1", "*(0 as *const u32)", "*(0xffff_ffff as *const u64)",
		"$nothing", "$99999999999", "$$$", "$x = $x", "340282366920938463463374607431768211456",
		"2u8.pow(99999999)", "\x00", "\xff\xfe", "'\\u{ffffff", "\"\\x\"", "r#\"abc",
	} {
		_, err := s.Eval(expr)
		var e *EvalError
		if !errors.As(err, &e) {
			t.Errorf("%.60s: %v", expr, err)
		} else if e.Column < 0 || e.Column > len(expr) {
			t.Errorf("%.60s: column %d", expr, e.Column)
		}
	}
}
