package debugger

import "testing"

// TestTypeNames compares the types that variables show with their declarations in the source.
func TestTypeNames(t *testing.T) {
	for _, test := range []struct {
		program, file string
		line          int
		want          map[string]string
	}{
		{"c_kinds/c_kinds-O0.wasm", "main.c", 87, map[string]string{
			"table": "int (*[2])(int, ...)", "vp": "void (*)()", "code": "insn[4]", "big": "const int[300]", "m.cells": "double[2][3]",
			"m.at": "double (*)(const struct matrix *, int, int)", "words": "const char * const[2][2]", "&m.cells": "double (*)[2][3]",
			"h.name": "const char * volatile", "argv": "char **",
		}},
		{"cpp_kinds/cpp_kinds-O0.wasm", "main.cpp", 118, map[string]string{
			"member": "int Account::*", "method": "int (Account::*)(int)", "base": "Base & (Both)", "left": "Left * (Both)",
		}},
		{"rs_kinds/rs_kinds-debug.wasm", "main.rs", 166, map[string]string{
			"first": "&dyn Animal (Dog)", "animals[1]": "Box<dyn Animal> (Bird)", "animals": "Vec<Box<dyn Animal>>",
		}},
	} {
		s, _ := open(t, test.program, nil)
		mustBreak(t, s, BreakpointSpec{File: test.file, Line: test.line})
		mustStop(t, s.Continue)
		for expr, want := range test.want {
			v, err := s.Eval(0, expr)
			if err != nil {
				t.Errorf("%s: %s: %v", test.program, expr, err)
			} else if got := v.TypeName(false); got != want {
				t.Errorf("%s: %s is a %s, want %s", test.program, expr, got, want)
			}
		}
	}
}
