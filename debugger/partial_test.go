package debugger

import (
	"strings"
	"testing"
)

// gone is how a part of a value that has no location shows in the whole.
const gone = "<optimized out>"

// TestHalfKnown shows values of which the optimiser kept a part, with that part.
func TestHalfKnown(t *testing.T) {
	for _, c := range []struct {
		program, file string
		line          int
		name          string
		want          string
		known         string // the one child with a value, and that
	}{
		// double _Complex z = n + 2.5i, then z *= 2: nobody asks for the real part yet
		{"c_half/c_half-O2.wasm", "main.c", 23, "z", "{real = " + gone + ", imag = 2.5}", "imag 2.5"},
		{"c_half/c_half-O2.wasm", "main.c", 25, "z", "{real = " + gone + ", imag = 5}", "imag 5"},
		// u128 w = n << 64 | 7, passed to a function that uses its lower half
		{"c_half/c_half-O2.wasm", "main.c", 10, "wide", "{bytes 0–7 = 7, bytes 8–15 = " + gone + "}", "bytes 0–7 7"},
		// Shape::Rect(n, 7): which variant it is was decided by a branch
		{"rs_half/rs_half-O1.wasm", "main.rs", 18, "shape", "Rect(" + gone + ", 7)", "1 7"},
		// Some((n, n * 2)) or None, for n = 4
		{"rs_half/rs_half-O1.wasm", "main.rs", 29, "wide", "<discriminant optimized out>", "Some Some((" + gone + ", 8))"},
		// int (Account::*method)(int) = &Account::deposit; acc is no base of anything
		{"cpp_kinds/cpp_kinds-O2.wasm", "main.cpp", 121, "method", "{ptr = " + gone + ", adj = 0}", "adj 0"},
	} {
		s, _ := open(t, c.program, nil)
		mustBreak(t, s, BreakpointSpec{File: c.file, Line: c.line})
		mustStop(t, s.Continue)
		v, err := s.Eval(0, c.name)
		if err != nil {
			t.Errorf("%s:%d: %s: %v", c.file, c.line, c.name, err)
			continue
		}
		if got := v.String(); got != c.want {
			t.Errorf("%s:%d: %s is %s, want %s", c.file, c.line, c.name, got, c.want)
		}
		var known []string
		for _, child := range v.Children(0, -1) {
			if child.Err() == nil {
				known = append(known, child.Name+" "+child.String())
			}
		}
		if got := strings.Join(known, ", "); got != c.known {
			t.Errorf("%s:%d: children of %s: %s, want %s", c.file, c.line, c.name, got, c.known)
		}
		if v.Settable() {
			t.Errorf("%s:%d: %s can be set", c.file, c.line, c.name)
		}
		if v, err := s.Eval(0, c.name+" == "+c.name); err == nil && v.String() != "true" {
			t.Errorf("%s:%d: %s == itself: %s", c.file, c.line, c.name, v)
		}
	}
	// The plain view shows what each variant would have.
	s, _ := open(t, "rs_half/rs_half-O1.wasm", nil)
	mustBreak(t, s, BreakpointSpec{File: "main.rs", Line: 29})
	mustStop(t, s.Continue)
	v, err := s.Eval(0, "wide")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.Plain().String(), "<discriminant optimized out> { Some: Some(("+gone+", 8)) }"; got != want {
		t.Errorf("plain: %s, want %s", got, want)
	}
}
