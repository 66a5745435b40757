package value

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"sphex/aot/codemap"
	"sphex/debugger/symbols"
)

// Rust expressions over the locals of rs_types's functions.
func TestRustEval(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	scalars, collections, enums, pointers := p.scope(t, "main.rs", 79, 0), p.scope(t, "main.rs", 121, 2), p.scope(t, "main.rs", 149, 3), p.scope(t, "main.rs", 184, 4)
	for _, c := range []struct {
		s    *Scope
		expr string
		want string
	}{
		{scalars, "i_8 - 100", "56"}, // i8 wraps
		{scalars, "u_8 + 100", "44"},
		{scalars, "u_16 + 1u16", "60001"},
		{scalars, "i_32 - 1", "2147483647"},
		{scalars, "i_32 as u32", "2147483648"},
		{scalars, "i_32 as i64 - 1", "-2147483649"},
		{scalars, "u_8 as i8", "-56"},
		{scalars, "f_32 as i32", "1"},
		{scalars, "f_32 * 2.0", "3.0"},
		{scalars, "f_64 < 0.0", "true"},
		{scalars, "nan == nan", "false"},
		{scalars, "-f_32", "-1.5"},
		{scalars, "*r", "-2147483648"},
		{scalars, "*r == i_32", "true"},
		{scalars, "*p", "18446744073709551615"},
		{scalars, "&*p == p && &i_8 as usize != 0", "true"},
		{scalars, "ch == 'a'", "true"},
		{scalars, "ch as u32 + 1", "98"},
		{scalars, "emoji as u32", "129408"},
		{scalars, "b_true && us > 12000", "true"},
		{scalars, "!b_true", "false"},
		{scalars, "!u_8", "55"},
		{scalars, "us == 0x3039 && us == 0b11_0000_0011_1001 && us == 0o30071", "true"},
		{scalars, "i_128 + 1 < 0", "true"},
		{scalars, "u_128 >> 64", "18446744073709551615"},
		{scalars, "(us + 5) / 10 % 7", "3"}, // 1235 % 7
		{scalars, "us & 0xf == 9", "true"},  // Rust: & binds tighter
		{scalars, "1 << 40", "1099511627776"},
		{scalars, "COUNTER", "7"}, // taken before the first call adds to it
		{scalars, "main::COUNTER == 7u32", "true"},
		{scalars, "GREETING", `"hello, wasm"`},
		{collections, "v[2]", "4"},
		{collections, "v.len()", "5"},
		{collections, "v[n - 1] == 16", "true"},
		{collections, "vv[2][1]", "2"},
		{collections, "arr[1..=3]", "[2, 3, 4]"},
		{collections, "sl[0] + sl[1]", "5"},
		{collections, "nested[1][0]", "3.0"},
		{collections, `map["key3"]`, "30"},
		{collections, "bmap[2]", `"two"`},
		{collections, `bmap[1] == "one"`, "true"},
		{collections, "tup.3.1", "'5'"},
		{collections, "tup.3.0 + 1", "5"},
		{collections, `tup.1 == "two"`, "true"},
		{collections, "empty.is_empty()", "true"},
		{collections, "dq[0]", "-1"},
		{enums, "color == Color::Blue", "true"},
		{enums, "color == main::Color::Red", "false"},
		{enums, "color as u8", "9"},
		{enums, "circle.center.y * 2.0", "10.0"},
		{enums, "circle.radius > 2.0", "true"},
		{enums, "unit == Shape::Unit", "true"},
		{enums, "rect == Shape::Unit", "false"},
		{enums, "some_i.0 + 1", "6"},
		{enums, "some_i.unwrap()", "5"},
		{enums, "none_str == None", "true"},
		{enums, "some_str.is_some()", "true"},
		{enums, `some_str.0 == "text"`, "true"},
		{enums, "*some_box.0", "42"},
		{enums, "named.1.0 == \"inner\"", "true"},
		{enums, "poly.0[2].x", "0.5"},
		{enums, "poly.0.len()", "6"},
		{pointers, "*b + 1", "11"},
		{pointers, "b + 1", "11"},
		{pointers, "root.name", `"root"`},
		{pointers, "root.children.value[1].name", `"kid1"`},
		{pointers, "packed.d", "4"},
		{pointers, "gen.items[3]", "10"},
		{pointers, "m.0", "3.5"},
		{pointers, "*mref", "11"},
		{pointers, "add.k", "10"},
	} {
		v, err := c.s.Eval(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
		} else if got := v.String(); got != c.want {
			t.Errorf("%s = %s, want %s", c.expr, got, c.want)
		}
	}
	for expr, want := range map[string]struct {
		col int
		msg string
	}{
		"nothing":         {0, "no variable nothing"},
		"v[9]":            {2, "out of range"},
		"v + 1":           {0, "not a number"},
		"v.foo":           {2, "no field foo"},
		"n / 0":           {2, "division by zero"},
		"n +":             {3, "expected a value"},
		"n ) 1":           {2, "unexpected"},
		"(n":              {2, `expected ")"`},
		"\"abc":           {0, "missing closing quote"},
		"n as what":       {2, "no type what"},
		"v.drain()":       {2, "can't be called"},
		"n == \"x\"":      {2, "can't be compared"},
		"&n + *n":         {5, "no pointer"},
		"1i64 << 99":      {8, "shift by 99"},
		"n + 9z":          {4, "suffix"},
		"n === 1":         {4, "expected a value"},
		"n + §":           {4, "unexpected character"},
		"map[\"absent\"]": {4, "no such key"},
	} {
		_, err := collections.Eval(expr)
		var e *EvalError
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", expr, err)
		} else if e.Column != want.col || !strings.Contains(e.Msg, want.msg) {
			t.Errorf("%s: column %d, %q; want column %d, %q", expr, e.Column, e.Msg, want.col, want.msg)
		}
	}
}

func TestSet(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	for _, c := range []struct {
		line, shot        int
		place, expr, want string // want "" means an error
	}{
		{79, 0, "i_16", "-5", "-5"}, {79, 0, "u_8", "us as u8", "57"}, {79, 0, "f_64", "1", "1.0"}, {79, 0, "b_true", "false", "false"},
		{79, 0, "ch", "'é'", "'é'"}, {79, 0, "*r", "7", "7"}, {79, 0, "i_128", "-1", "-1"}, {79, 0, "i_8", "300", ""},
		{121, 2, "v[1]", "v[4] * 2", "32"}, {121, 2, "tup.2", "2.5", "2.5"}, {121, 2, "v", "1", ""},
		{149, 3, "color", "Color::Red", "Red"}, {149, 3, "circle.radius", "0.25", "0.25"}, {149, 3, "some_i.0", "6", "6"},
	} {
		s := p.scope(t, "main.rs", c.line, c.shot)
		v, err := s.Eval(c.place)
		if err != nil {
			t.Fatal(c.place, err)
		}
		err = v.Set(c.expr)
		if (err == nil) != (c.want != "") {
			t.Errorf("%s = %s: error %v", c.place, c.expr, err)
			continue
		}
		if err != nil {
			continue
		}
		if again, err := s.Eval(c.place); err != nil || again.String() != c.want || v.String() != c.want {
			t.Errorf("%s = %s: now %v, %v, %v; want %s", c.place, c.expr, v, again, err, c.want)
		}
	}
	p = run(t, "c_types/c_types-O0-dw5.wasm", "sub")
	s := p.scope(t, "main.c", 105, 0)
	s.frameBase += 32
	for _, c := range [][3]string{{"b.c", "7", "7"}, {"b.d", "1", "1"}, {"b.b", "2", "2"}, {"va.tag", "BLUE", "BLUE"}, {"arr[1].y", "n + 100", "103"}} {
		v, err := s.Eval(c[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Set(c[1]); err != nil {
			t.Errorf("%s = %s: %v", c[0], c[1], err)
		}
		if again, err := s.Eval(c[0]); err != nil || again.String() != c[2] {
			t.Errorf("%s is %v, %v; want %s", c[0], again, err, c[2])
		}
	}
	// The neighbours of the bit fields are unharmed.
	if v, err := s.Eval("b"); err != nil || v.String() != `{a = 1, b = 2, c = 7, d = 1, e = 9 '\t', f = true}` {
		t.Errorf("b = %v, %v", v, err)
	}
}

// A value in pieces reads and writes each where it is.
func TestPieces(t *testing.T) {
	s := &Scope{Types: NewTypes(symbols.New(symbols.Data{})), Frame: &guestFrame{mem: make([]byte, 64), base: 1000, regs: map[codemap.Reg][]byte{3: {1, 2, 3, 4, 0, 0, 0, 0}}}}
	b := make([]byte, 8)
	binary.LittleEndian.PutUint64(b, 0x00000005_04030201)
	v := s.make("x", "x", s.Types.basicNamed("u64", symbols.LangRust), location{data: b, pieces: []piece{{size: 4, kind: pieceRegister, reg: 3}, {size: 4, kind: pieceMemory, addr: 1008}}})
	if got := v.String(); got != "21542142465" { // 0x5_04030201
		t.Error(got)
	}
	if err := v.Set("0x1111_2222_3333_4444"); err != nil {
		t.Fatal(err)
	}
	f := s.Frame.(*guestFrame)
	if got := binary.LittleEndian.Uint64(f.regs[3]); got != 0x33334444 {
		t.Errorf("register %#x", got)
	}
	if got := binary.LittleEndian.Uint32(f.mem[8:]); got != 0x11112222 {
		t.Errorf("memory %#x", got)
	}
	half := location{data: b, pieces: []piece{{size: 4, kind: pieceConst}, {size: 4, kind: pieceEmpty, missing: "gone"}}}
	if half.at(0, 4).err != nil || half.at(4, 4).err == nil || !half.at(0, 8).partial() {
		t.Error("only the part that is missing is unreadable")
	}
	if _, err := s.read(half, 8); err == nil || err.Error() != "gone" {
		t.Errorf("reading all of it: %v", err)
	}
}

func TestFloats(t *testing.T) {
	for f, want := range map[float64]string{0: "0.0", 1: "1.0", -0.5: "-0.5", 1e15: "1000000000000000.0", 1e16: "1e16", 1.5e-5: "1.5e-5", 0.0001: "0.0001", math.Inf(1): "inf"} {
		if got := rustFloat(f, 64); got != want { // as rustc's {:?} prints them
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
	var q [16]byte
	for _, f := range []float64{0, 1, -2.5, 1e300, 5e-324, 1.0 / 3, math.MaxFloat64} {
		putQuad(q[:], f)
		if got, _ := quad(q[:]).Float64(); got != f {
			t.Errorf("%v through binary128 is %v", f, got)
		}
	}
	// 1 is 0x3fff in the exponent, no fraction (IEEE 754-2019, table 3.5).
	putQuad(q[:], 1)
	if q != [16]byte{14: 0xff, 15: 0x3f} {
		t.Errorf("1 is % x", q)
	}
	for u, want := range map[uint16]float64{0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0001: math.Ldexp(1, -24)} {
		if got := float16(u); got != want {
			t.Errorf("half %#x is %v, want %v", u, got, want)
		}
	}
}

func TestShortTypeName(t *testing.T) {
	for long, want := range map[string]string{
		"alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>":                                     "Vec<String>",
		"core::option::Option<&main::Point>":                                                               "Option<&Point>",
		"std::collections::hash::map::HashMap<alloc::string::String, i32, std::hash::random::RandomState>": "HashMap<String, i32>",
		"[core::option::Option<u8>; 4]":                                                                    "[Option<u8>; 4]",
		"(i32, main::a::B)":                                                                                "(i32, B)",
		"*const core::fmt::Formatter":                                                                      "*const Formatter",
		"main::{impl#3}::f::{closure_env#0}":                                                               "{closure#0}",
		"std::__2::vector<std::__2::basic_string<char, std::__2::char_traits<char>, std::__2::allocator<char> >, std::__2::allocator<std::__2::basic_string<char, std::__2::char_traits<char>, std::__2::allocator<char> > > >": "vector<string>",
		"std::__2::map<int, ns::T, std::__2::less<int>, std::__2::allocator<std::__2::pair<const int, ns::T> > >":                                                                                                               "map<int, T>",
		"(anonymous namespace)::Local": "Local",
		"unsigned long long *":         "unsigned long long *",
	} {
		if got := ShortTypeName(long); got != want {
			t.Errorf("%s: %s, want %s", long, got, want)
		}
	}
}

// FuzzEval evaluates expressions over a program's real variables, and with its memory damaged.
func FuzzEval(f *testing.F) {
	for _, s := range []string{
		"v[1..3].len()", "*p + 1 as u8 << 3", `map["key1"] == 'x'`, "((a))", "&&x", "-(-1)", "tup.3.1", "(struct point *)x->y", "sizeof(int)", "a::b::<T>", "1e400", "0x", "'\\u{110000}'", "x ? y : z",
		"n = 5", "tup.1 += 1", "v[0]++", "some_i = Some(3)", "map[\"key1\"] is 1..=5", "matches!(v, [1] | _)", "{u32}64", "v[0]@3", "$x = v", "$1 + $", "v == [1, 2]", "f(1, 2)", "v.get(1).pow(3)", "p as [u8; 4]", "if a { b } else { c }", "size_of::<Vec<u8>>()", "vv[1..2][0]",
	} {
		f.Add(s, uint32(0), uint32(0))
	}
	p := run(f, rsTypes, "10break_here17h")
	_, _, places, err := p.tab.LinePlaces("main.rs", 121)
	if err != nil {
		f.Fatal(err)
	}
	pc := places[0].Text
	sym := p.tab.Frames(pc)[0]
	f.Fuzz(func(t *testing.T, expr string, at, val uint32) {
		mem := append([]byte(nil), p.shots[2].mem...)
		if at != 0 && int(at) < len(mem)-4 {
			binary.LittleEndian.PutUint32(mem[at:], val)
		}
		s := &Scope{Table: p.tab, Types: p.types, Frame: &guestFrame{pc: pc, mem: mem, regs: map[codemap.Reg][]byte{}}, Sym: sym, frameBase: p.shots[2].sp, frameBaseOK: true, Vars: &Vars{}}
		if v, err := s.Eval(expr); err == nil {
			_ = v.String()
			v.Children(0, 20)
		}
	})
}

// FuzzRender shows all locals while their memory is damaged.
func FuzzRender(f *testing.F) {
	f.Add(uint16(0), []byte{1, 2, 3, 4})
	f.Add(uint16(200), []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x80})
	p := run(f, rsTypes, "10break_here17h")
	lines := []int{99, 121, 149, 184}
	var syms []*symbols.Frame
	for _, l := range lines {
		_, _, places, err := p.tab.LinePlaces("main.rs", l)
		if err != nil {
			f.Fatal(err)
		}
		syms = append(syms, p.tab.Frames(places[0].Text)[0])
	}
	f.Fuzz(func(t *testing.T, off uint16, b []byte) {
		for i, sym := range syms {
			shot := p.shots[i+1]
			mem := append([]byte(nil), shot.mem...)
			if at := shot.sp + uint64(off); at < uint64(len(mem)) {
				copy(mem[at:], b)
			}
			_, _, places, _ := p.tab.LinePlaces("main.rs", lines[i])
			s := &Scope{Table: p.tab, Types: p.types, Frame: &guestFrame{pc: places[0].Text, mem: mem, regs: map[codemap.Reg][]byte{}}, Sym: sym, frameBase: shot.sp, frameBaseOK: true}
			for _, v := range append(s.Arguments(), s.Locals()...) {
				if text := v.String(); len(text) > 16<<10 {
					t.Errorf("%s takes %d bytes", v.Name, len(text))
				}
				for _, c := range v.Children(0, 10) {
					_ = c.String()
				}
			}
		}
	})
}
