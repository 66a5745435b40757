package value

import "testing"

// A scope that has looked its names up before gives the same values, and a condition the same
// truth and the same errors, as one that looks them up anew.
func TestTruth(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	c := run(t, "c_types/c_types-O0-dw5.wasm", "sub")
	scopeOf := func(p *program, file string, line, shot int) *Scope {
		s := p.scope(t, file, line, shot)
		if p == c {
			s.frameBase += 32 // as in TestCLocals
		}
		return s
	}
	for _, place := range []struct {
		p     *program
		file  string
		line  int
		shot  int
		exprs map[string]bool
	}{
		{p, "main.rs", 79, 0, map[string]bool{
			"u_8 == 200": true, "u_8 as i8 == -56": true, "i_32 < 0 && us > 12000": true, "i_32 < 0 && us > 12345": false,
			"us + 5 == 12350": true, "u_128 > 1": true, "i_128 + 1 < 0": true, "f_64 < 0.0 || b_true": true, "!b_true": false,
			"b_true": true, "ch == 'a'": true, "*r == i_32": true, "nan == nan": false, "COUNTER == 7": true, "r == i_32": true, "u_16 > -1": true,
		}},
		{p, "main.rs", 121, 2, map[string]bool{
			"v.len() > 3": true, "v.len() > 5": false, "v[n - 1] == 16": true, "tup.1 == \"two\"": true, "n": true, "empty.is_empty()": true, "map[\"key3\"] == 30": true,
		}},
		{p, "main.rs", 149, 3, map[string]bool{
			"color == Color::Blue": true, "color != Blue": false, "circle.radius > 2.0": true, "unit == Unit": true, "some_i.0 + 1 == 6": true,
		}},
		{c, "main.c", 105, 0, map[string]bool{
			"n == 3": true, "n": true, "!n": false, "-n < 0": true, "~n == -4": true, "n > 2u && p.x == n": true, "fp != 0": true, "null": false, "null == 0": true,
			"arr[1].y == 4": true, "b.c == -3": true, "b.d > 78187493529": true, "b.f": true, "text == \"hello\"": true, "vp + 1 != vp": true, "str == \"a string\"": false, "text < \"help\"": true, "*&n == cvi": true,
			"n << 2 == 12 && (n | 8) == 11": true, "0": false, "1 == 2": false,
		}},
	} {
		known := scopeOf(place.p, place.file, place.line, place.shot)
		for expr, want := range place.exprs {
			e, err := Parse(expr)
			if err != nil {
				t.Fatal(err)
			}
			fresh := scopeOf(place.p, place.file, place.line, place.shot)
			v, err := fresh.EvalExpr(e)
			if err != nil {
				t.Fatal(err)
			}
			for n, s := range []*Scope{fresh, known, known} {
				if got, err := s.Truth(e); err != nil || got != want {
					t.Errorf("%s, time %d: %t %v, want %t", expr, n, got, err, want)
				}
			}
			w, err := known.EvalExpr(e)
			if err != nil || w.String() != v.String() || w.TypeName(true) != v.TypeName(true) || w.Place() != v.Place() || w.EvalName != v.EvalName {
				t.Errorf("%s: %v %v, want %v", expr, w, err, v)
			}
		}
		for _, expr := range []string{"nothing == 1", "n / 0 == 1", "us && true", "v == 1", "v + 1", "ch + 1 == 2", "-ch == 1", "p * p", "text << 1"} {
			e, err := Parse(expr)
			if err != nil {
				t.Fatal(err)
			}
			_, want := scopeOf(place.p, place.file, place.line, place.shot).EvalExpr(e)
			for range 2 {
				if _, err := known.Truth(e); want != nil && (err == nil || err.Error() != want.Error()) {
					t.Errorf("%s: %v, want %v", expr, err, want)
				}
			}
		}
	}
}

// BenchmarkCondition is a condition at each of many stops at one breakpoint.
func BenchmarkCondition(b *testing.B) {
	types := run(b, rsTypes, "10break_here17h")
	orders := run(b, "orders/orders.wasm", "5price17h")
	for _, c := range []struct {
		expr  string
		scope *Scope
	}{
		{"n == -1", types.scope(b, "main.rs", 121, 2)},
		{"n == 6 && v[2] == 4", types.scope(b, "main.rs", 121, 2)},
		{"order.items.len() > 3", orders.scope(b, "main.rs", 39, 0)},
		{"order.customer == \"nobody\"", orders.scope(b, "main.rs", 39, 0)},
	} {
		b.Run(c.expr, func(b *testing.B) {
			e, err := Parse(c.expr)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := c.scope.Truth(e); ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}
