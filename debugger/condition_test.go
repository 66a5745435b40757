package debugger

import (
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/debugger/value"
	"sphex/runtime"
)

// conditionsOver makes conditions from the variables in sight: of numbers, of fields, of what pointers and
// references point at, of elements.
func conditionsOver(vars []*value.Variable) []string {
	var list []string
	some := func(x string, forms ...string) {
		for _, form := range forms {
			list = append(list, strings.ReplaceAll(form, "X", x))
		}
	}
	about := func(x string, kind value.Kind) {
		switch kind {
		case value.KindEnum:
			some(x, "X.is_some()", "X.is_none()", "X.is_ok() || 1 == 2", "X == None", "X != Some", "X == Blue", "X == Circle", "X == Unit", "Cash != X")
		case value.KindString:
			some(x, "X.len() > 3", "X.is_empty()", `X == "hello"`, `X != "two"`, `X == ""`, `X == "tea"`, `"soup" == X`, `X == "Ada"`)
		case value.KindArray:
			some(x, "X.len() > 3", "X.len() == X.len()", "X.is_empty()")
		}
		for _, form := range []string{
			"X", "!X", "X == 0", "X != 3", "X > 1", "X <= 100", "0 < X", "X >= -1", "X == 4294967295", "X + 1 == 6", "X * 3 - 2 > 7", "7 / X == 1", "X % 4 == 1",
			"-X < 0", "~X == -4", "X & 1", "(X & 1) == 1", "X << 2 > 10", "X >> 1 == 1", "X as u8 == 5", "(X as i64) < 0", "(unsigned char)X > 9", "X == X + 0", "X > 1.5",
			"X == 'a'", "X || 1 == 2", "X > 0 && X < 9", "X == true", "(X ^ 5) != 0", "X == NULL",
		} {
			list = append(list, strings.ReplaceAll(form, "X", x))
		}
	}
	for i, v := range vars {
		if v.Shadowed || v.EvalName == "" {
			continue
		}
		about(v.EvalName, v.Kind())
		if i > 0 && vars[i-1].EvalName != "" {
			list = append(list, v.EvalName+" < "+vars[i-1].EvalName, v.EvalName+" == "+vars[i-1].EvalName, v.EvalName+" + "+vars[i-1].EvalName+" > 3")
		}
		about("*"+v.EvalName, value.KindUnknown)
		about(v.EvalName+"[1]", value.KindUnknown)
		for n, f := range v.Children(0, 4) {
			if n < 4 && f.EvalName != "" {
				about(f.EvalName, f.Kind())
			}
		}
	}
	return list
}

// TestCompiledConditions stops real programs at many places, and again at each, and compares conditions that were
// compiled at the first stop of a place with the evaluator's answer at each.
func TestCompiledConditions(t *testing.T) {
	total := 0
	for _, program := range []string{
		"c_types/c_types-O0-dw5.wasm", "c_types/c_types-O2-dw5.wasm", "c_steps/c_steps-O2.wasm", "rs_types/rs_types-debug.wasm", "rs_types/rs_types-release-dw5.wasm",
		"cpp_shapes/cpp_shapes-O0.wasm", "cpp_shapes/cpp_shapes-O2.wasm", "rs_kinds/rs_kinds-debug.wasm", "orders/orders.wasm",
	} {
		t.Run(program, func(t *testing.T) {
			s, _ := open(t, program, nil)
			sites := 0
			for _, f := range s.image.table.AllFunctions() {
				if len(f.Ranges) == 0 || !s.ownFile(f.File) {
					continue
				}
				for i, st := range s.image.functionStatements(f.Entry) {
					if i%5 == 0 && sites < 90 {
						text := st.text
						if _, err := s.SetBreakpoint(BreakpointSpec{Text: &text}); err != nil {
							t.Fatal(err)
						}
						sites++
					}
				}
			}
			type known struct {
				conditions map[string]*value.Condition
				stops      int
			}
			at := map[abi.TextOffset]*known{}
			compiled, compared, stops := 0, 0, 0
			for stops < 150 {
				stop, err := s.Continue()
				if err != nil {
					t.Fatal(err)
				}
				if !stop.Has(ReasonBreakpoint) {
					break
				}
				stops++
				if err := s.whileStopped(func() error {
					hit, ok := s.program.instance.HitHere()
					if !ok {
						t.Fatal("nothing stands")
					}
					f, err := s.frameAt(0)
					if err != nil {
						return err
					}
					k := at[hit.PC]
					if k == nil {
						k = &known{conditions: map[string]*value.Condition{}}
						at[hit.PC] = k
						scope := s.scope(f)
						for _, src := range conditionsOver(append(scope.Arguments(), scope.Locals()...)) {
							e, err := value.Parse(src)
							if err != nil {
								continue
							}
							if c := s.scope(f).Compile(e, runtime.GeneralIndex); c != nil {
								k.conditions[src] = c
								compiled++
							}
						}
					}
					if k.stops++; k.stops > 6 {
						return nil
					}
					x := &armedSite{text: hit.PC}
					s.knowCFA(x)
					s.look(&hit, x)
					for src, c := range k.conditions {
						e, _ := value.Parse(src)
						want, err := s.scope(f).Truth(e)
						got, ok := c.Holds(&s.probe)
						if ok && (err != nil || got != want) {
							t.Errorf("%s:%d, stop %d there: %s is %t, compiled at the first stop; the evaluator says %t %v", f.File, f.Line, k.stops, src, got, want, err)
						}
						if ok {
							compared++
						}
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d stops at %d places, %d conditions, %d comparisons", stops, len(at), compiled, compared)
			total += compared
		})
	}
	if total < 8000 {
		t.Errorf("only %d comparisons", total)
	}
}

// FuzzCompiledCondition looks for an expression whose compiled form says something else than the evaluator, at
// stops in a C and in a Rust program.
func FuzzCompiledCondition(f *testing.F) {
	type place struct {
		s *Session
		x *armedSite
	}
	var places []place
	for program, spec := range map[string]BreakpointSpec{
		"c_types/c_types-O0-dw5.wasm":   {File: "main.c", Line: 105},
		"rs_types/rs_types-debug.wasm":  {File: "rs_types/main.rs", Line: 121},
		"orders/orders.wasm":            {Function: "total"},
		"cpp_shapes/cpp_shapes-O0.wasm": {Function: "area"},
	} {
		s, _ := open(f, program, nil)
		if b, err := s.SetBreakpoint(spec); err != nil || !b.Bound() {
			f.Fatal(program, b.Message, err)
		}
		if stop, err := s.Continue(); err != nil || !stop.Has(ReasonBreakpoint) {
			f.Fatal(program, stop, err)
		}
		if err := s.do(func() {
			x := &armedSite{text: s.innermost().pc}
			s.knowCFA(x)
			places = append(places, place{s, x})
			if fr, err := s.frameAt(0); err == nil {
				scope := s.scope(fr)
				for i, src := range conditionsOver(append(scope.Arguments(), scope.Locals()...)) {
					if i%9 == 0 {
						f.Add(src)
					}
				}
			}
		}); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		e, err := value.Parse(src)
		if err != nil {
			return
		}
		for _, p := range places {
			if err := p.s.do(func() {
				fr, err := p.s.frameAt(0)
				if err != nil {
					t.Error(err)
					return
				}
				c := p.s.scope(fr).Compile(e, runtime.GeneralIndex)
				hit, ok := p.s.program.instance.HitHere()
				if c == nil || !ok {
					return
				}
				want, err := p.s.scope(fr).Truth(e)
				p.s.look(&hit, p.x)
				if got, ok := c.Holds(&p.s.probe); ok && (err != nil || got != want) {
					t.Errorf("%q is %t, compiled; the evaluator says %t %v", src, got, want, err)
				}
			}); err != nil {
				t.Error(err)
			}
		}
	})
}
