package main

import (
	"strings"
	"testing"
)

// TestTraceCommand prints calls on standard error, beside the program's own output, whose status stays.
func TestTraceCommand(t *testing.T) {
	got := run1(t, "", "trace", programs+"c_steps/c_steps-O0.wasm", "fact", "is_(even|odd)")
	if got.status != 0 || got.stdout != expected(t, "c_steps") {
		t.Errorf("status %d\n%s", got.status, got.stdout)
	}
	want := "→ fact(n = 4)\n  → fact(n = 3)\n    → fact(n = 2)\n      → fact(n = 1)\n      ← fact = 1\n    ← fact = 2\n  ← fact = 6\n← fact = 24\n"
	if !strings.HasPrefix(got.stderr, want) || !strings.Contains(got.stderr, "→ is_even(n = 6)\n  → is_odd(n = 5)\n") {
		t.Errorf("%s", got.stderr)
	}
	// A trap comes behind the lines that led to it.
	trap := run1(t, "", "trace", programs+"c_trap/c_trap-O0-dw5.wasm", "read_at", "--", "oob")
	if trap.status != 134 {
		t.Errorf("status %d", trap.status)
	}
	at, call, left := strings.Index(trap.stderr, "sphex: the program trapped"), strings.Index(trap.stderr, "→ read_at("), strings.Index(trap.stderr, "✗ trapped in read_at")
	if call < 0 || left < call || at < left {
		t.Errorf("%s", trap.stderr)
	}
	// Without names, the functions of the program's own files are meant.
	if own := run1(t, "", "trace", programs+"orders/orders.wasm"); own.status != 0 || !strings.HasPrefix(own.stderr, "→ main::main()\n") ||
		!strings.Contains(own.stderr, `→ main::price(item = "tea")`) || strings.Contains(own.stderr, "core::fmt") {
		t.Errorf("status %d\n%s", own.status, own.stderr)
	}
	for _, args := range [][]string{{"trace"}, {"trace", programs + "orders/orders.wasm", "no_such_function"}} {
		if r := run1(t, "", args...); r.status != 1 || r.stdout != "" {
			t.Errorf("%v: status %d %s", args, r.status, r.stdout)
		}
	}
}
