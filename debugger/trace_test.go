package debugger

import (
	"strings"
	"sync"
	"testing"
)

// logged opens a program whose log messages are kept.
func logged(t *testing.T, program string, change func(*Config)) (s *Session, lines func() []string) {
	t.Helper()
	var mu sync.Mutex
	var list []string
	s, _ = open(t, program, func(c *Config) {
		c.Events = func(e Event) {
			if l, ok := e.(*LogOutput); ok {
				mu.Lock()
				list = append(list, l.Text)
				mu.Unlock()
			}
		}
		if change != nil {
			change(c)
		}
	})
	return s, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), list...)
	}
}

// TestTrace follows the calls of functions of Rust, C and C++: their arguments and results are those of the source.
func TestTrace(t *testing.T) {
	for _, c := range []struct {
		program, pattern string
		traced           string
		want             []string // lines that follow each other
	}{
		{"orders/orders.wasm", "price", "main::price", []string{
			`→ main::price(item = "tea")`, `← main::price = Some(250)`, `→ main::price(item = "cake")`, `← main::price = Some(420)`, `→ main::price(item = "soup")`,
		}},
		{"orders/orders.wasm", "^main::(Till::take|total|price)$", "main::Till::take main::price main::total", []string{
			`  → main::total(order = Order { customer: "Ada", items: ["tea", "cake"], discount: None, payment: Cash })`,
			`    → main::price(item = "tea")`, `    ← main::price = Some(250)`, `    → main::price(item = "cake")`, `    ← main::price = Some(420)`,
			`  ← main::total = Ok(670)`, `← main::Till::take = Ok(670)`,
		}},
		{"orders/orders-release.wasm", "main::order", "main::order", []string{
			`→ main::order(customer = "Ada", items = ["tea", "cake"], discount = None, payment = Cash)`,
			`← main::order = Order { customer: "Ada", items: ["tea", "cake"], discount: None, payment: Cash }`,
		}},
	} {
		s, lines := logged(t, c.program, nil)
		names, err := s.Trace(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(names, " "); got != c.traced {
			t.Errorf("%s: %s means %s, want %s", c.program, c.pattern, got, c.traced)
		}
		for range 2 { // the second time in a new run
			before := len(lines())
			if stop := mustStop(t, s.Continue); !stop.Exited() || stop.ExitCode != 0 {
				t.Fatal(stop)
			}
			got := strings.Join(lines()[before:], "\n")
			if !strings.Contains(got, strings.Join(c.want, "\n")) {
				t.Errorf("%s: %s prints\n%s\nwant\n%s", c.program, c.pattern, got, strings.Join(c.want, "\n"))
			}
			if calls, returns := strings.Count(got, "→"), strings.Count(got, "←"); calls != returns {
				t.Errorf("%s: %s: %d calls and %d returns", c.program, c.pattern, calls, returns)
			}
			if err := s.Restart(nil); err != nil {
				t.Fatal(err)
			}
		}
		if gone, err := s.Untrace(""); err != nil || len(gone) != len(names) {
			t.Errorf("untraced %v %v", gone, err)
		}
		before := len(lines())
		mustStop(t, s.Continue)
		if more := lines()[before:]; len(more) > 0 {
			t.Errorf("lines behind untrace: %v", more)
		}
	}
}

// TestTraceTrap ends the lines of calls that a trap cuts off, from the innermost out, and goes on from nothing
// in the next run.
func TestTraceTrap(t *testing.T) {
	s, lines := logged(t, "c_trap/c_trap-O0-dw5.wasm", func(c *Config) { c.Args = []string{"oob"} })
	if _, err := s.Trace("main.c:*"); err != nil {
		t.Fatal(err)
	}
	stop := mustStop(t, s.Continue)
	if stop.Trap() == nil {
		t.Fatal(stop)
	}
	frames, _, err := s.Frames(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	list := lines()
	last := list[len(list)-1]
	if !strings.HasPrefix(last, "✗ trapped in "+BriefName(frames[0].Function)) || !strings.HasSuffix(last, "main") {
		t.Errorf("the trace ends in %q; the trap is in %s", last, frames[0].Function)
	}
}

// TestTraceUnknown refuses what is no function, and what was inlined everywhere, with a reason.
func TestTraceUnknown(t *testing.T) {
	s, _ := logged(t, "cpp_shapes/cpp_shapes-O2.wasm", nil)
	for pattern, want := range map[string]string{"no_such_function": "no function is like no_such_function", "(": "as a pattern", "no.cpp:*": "no file no.cpp"} {
		if _, err := s.Trace(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}
