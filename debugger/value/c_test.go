package value

import (
	"math/big"
	"testing"

	"sphex/debugger/symbols"
)

// Watched calls stand at the end of the functions, when all locals are set. main passes argc,
// which is 1: seed is 1, n is 3 in aggregates.
func TestCLocals(t *testing.T) {
	for _, name := range []string{"c_types/c_types-O0-dw5.wasm", "c_types/c_types-O0-dw4.wasm"} {
		p := run(t, name, "__fixtfsi") // (int)ld
		check(t, p.scope(t, "main.c", 80, 0), []want{
			{"seed", "int", "1"}, {"flag", "_Bool", "true"}, {"c", "char", "66 'B'"}, {"sc", "signed char", `-1 '\377'`}, {"uc", "unsigned char", `250 '\372'`},
			{"s", "short", "-12345"}, {"us", "unsigned short", "54321"}, {"i", "int", "-1000"}, {"u", "unsigned int", "4000000000"},
			{"l", "long", "-2000000000"}, {"ul", "unsigned long", "3000000000"}, {"ll", "long long", "-8999999999999999999"},
			{"ull", "unsigned long long", "18000000000000000000"}, {"big128", "__int128", "1267650600228229401496703205377"},
			{"f", "float", "0.33333334"}, {"d", "double", "0.14285714285714285"}, {"ld", "long double", "0.0909090909090909090909090909090909"},
			{"z", "", "1.5 + 1i"}, {"sz", "size_t", "16"}, {"pd", "ptrdiff_t", "8"}, {"w", "wchar_t", "20013 '中'"},
			{"col", "enum color", "BLUE"}, {"flags", "flags_t", "LOW | HIGH"},
		})
		p = run(t, name, "sub") // fp(5, 3)
		s := p.scope(t, "main.c", 105, 0)
		s.frameBase += 32 // int vla[5], 16-byte aligned, lies below the frame
		check(t, s, []want{
			{"n", "int", "3"}, {"p", "struct point", "{x = 3, y = 4}"}, {"arr", "struct point[3]", "{{x = 1, y = 2}, {x = 3, y = 4}, {x = 3, y = 3}}"},
			{"b", "struct bits", `{a = 1, b = 5, c = -3, d = 78187493530, e = 9 '\t', f = true}`},
			{"v", "union value", `{i = 1065353216, f = 1, bytes = "\0\0\x80?", half = {lo = 0, hi = 16256}}`},
			{"pk", "struct packed", "{c = 122 'z', i = 3, d = 2.5}"}, {"text", "char[16]", `"hello"`},
			{"null", "char *", "0x0"}, {"fp", "binop", "0x2 <f2>"},
			{"z", "cplx", "{re = 1, im = -1}"}, {"cvi", "const volatile int", "3"},
		})
		for expr, want := range map[string]string{
			"*str": "104 'h'", "*pp": "{x = 3, y = 4}", "pp->y": "4", "(*ppp)->x": "3", "ppp[0][0].y": "4", "fl->n": "4", "fl->data[2]": "6",
			"va.s[2]": "115 's'", "va.tag == GREEN": "true", "va.tag": "GREEN", "vb.p": "{x = 7, y = 8}", "row[0][2]": "7", "(*row)[3]": "8",
			"matrix": "{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}}", "matrix[2][1]": "10", "table[1][0][1]": "6", "origin": "{x = -1, y = -2}",
			"head.next->value": "2", "tail.prev->meta.name": `"head"`, "head.next->prev->next->meta.name": `"tail"`, "fp": "0x2 <f2>",
			"sizeof(struct bits)": "16", "sizeof arr": "24", "b.c + b.a": "-2", "-b.c": "3", "&p == pp": "true", "pp + 1 > pp": "true", "(pp + 1) - pp": "1",
			"(char)65": "65 'A'", "(unsigned char)-1": `255 '\377'`, "n / 2": "1", "n / 2.0": "1.5", "n << 4 | 1": "49", "~n": "-4", "!n": "false", "n % 2 == 1 && p.x > 2": "true",
			"big": "16045690984503098046", "big >> 56": "222", "wide": `"wide"`, "constant": "42", "tick": "2", "*fpp": "0x1 <f1>",
			"bss_array": "{0 <repeats 1000 times>}", "str == \"hello\"": "true", "names[2] == \"gamma\"": "true", "z.im * 2": "-2",
			"vp == &z": "true", "(struct point *)vp != 0": "true", "b.d & 0xff": "154", "u8_missing": "", "arr[1..3]": "{{x = 3, y = 4}, {x = 3, y = 3}}",
			"cvi + 1": "4", "scalars`": "", "'a' + 1": "98", "4000000000u + 1000000000u": "705032704", "2147483647 + 1 < 0": "false", "n > 1 ? 1 : 2": "1",
		} {
			v, err := s.Eval(expr)
			if want == "" {
				if err == nil {
					t.Errorf("%s = %v, want an error", expr, v)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", expr, err)
			} else if got := v.String(); got != want {
				t.Errorf("%s = %s, want %s", expr, got, want)
			}
		}
	}
}

func TestCScopes(t *testing.T) {
	p := run(t, "c_types/c_types-O0-dw5.wasm", "snprintf")
	s := p.scope(t, "main.c", 121, 0)
	check(t, s, []want{{"n", "int", "1"}, {"calls", "int", "1"}, {"x", "int", "102"}, {"y", "int", "2"}})
	var xs []string
	for _, v := range s.Locals() {
		if v.Name == "x" {
			xs = append(xs, v.String())
			if v.Shadowed != (len(xs) < 3) {
				t.Errorf("x number %d: shadowed is %v", len(xs), v.Shadowed)
			}
		}
	}
	if len(xs) != 3 || xs[0] != "1" || xs[1] != "1" || xs[2] != "102" { // x = n; x = 1 in the loop; y + 100
		t.Errorf("x = %v", xs)
	}
}

func TestCPPShapes(t *testing.T) {
	p := run(t, "cpp_shapes/cpp_shapes-O0.wasm", "total(")
	s := p.scope(t, "main.cpp", 83, 0)
	check(t, s, []want{
		{"circle", "Circle", `{Shape = {name = "circle", unit = Unit::Metre}, centre = {x = 1, y = 2}, radius = 2}`},
		{"ring", "Ring<int, 3>", "{items = {3, 1, 2}, next = 4}"}, {"p", "Point", "{x = 1.5, y = 0}"},
		{"text", "string", `"short"`}, {"alias", "const string &", `"short"`}, {"none", "double Point::*", "nullptr"},
	})
	for expr, want := range map[string]string{
		"square.text == \"blue\"": "true", "square.name.size()": "56", "circle.centre.y": "2", "circle.unit == geo::Unit::Metre": "true", "circle.unit": "Unit::Metre",
		"square.side * square.side": "9", "geo::Shape::count": "2", "Shape::count + 1": "3", "ring.items[1]": "1", "alias == text": "true", "square.size": "12", "text[0]": "115 's'",
	} {
		v, err := s.Eval(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
		} else if got := v.String(); got != want {
			t.Errorf("%s = %s, want %s", expr, got, want)
		}
	}
}

func TestCPPContainers(t *testing.T) {
	const prog = "cpp_stl/cpp_stl-O0-dw4.wasm"
	p := run(t, prog, "std::__2::basic_string<char16_t, std::__2::char_traits<char16_t>, std::__2::allocator<char16_t>>::size[abi:nqn220108](")
	check(t, p.scope(t, "main.cpp", 51, 0), []want{
		{"empty", "string", `""`}, {"small", "string", `"short"`}, {"big", "string", `"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`},
		{"taken", "string", `"gone"`}, {"view", "string_view", `"xxxxx"`}, {"wide", "wstring", `"wide"`}, {"u16", "u16string", `"sixteen"`},
		{"parts", "vector<string>", `{"a", "bb", "a rather longer string that is on the heap"}`},
		{"joined", "string", `"a;bb;a rather longer string that is on the heap;"`},
	})
	p = run(t, prog, "std::__2::priority_queue<int, std::__2::vector<int, std::__2::allocator<int>>, std::__2::less<int>>::top[abi:nqn220108](")
	check(t, p.scope(t, "main.cpp", 77, 0), []want{
		// sorted by the remainder by 3
		{"v", "vector<int>", "{3, 6, 1, 4, 7, 2, 5}"}, {"vb", "vector<bool>", "{true, false, true}"},
		{"vp", "vector<pair<int, string>>", `{{first = 1, second = "one"}, {first = 2, second = "two"}}`}, {"vv", "vector<vector<int>>", "{{1}, {2, 3}, {}}"},
		{"arr", "", "{7, 8, 9}"}, {"dq", "deque<int>", "{0, 1, 2, 3}"}, {"ls", "list<double>", "{1.5, 2.5}"},
		{"m", "map<string, int>", `{"one": 1, "three": 3, "two": 2}`}, {"mm", "multimap<int, char>", "{1: 97 'a', 1: 98 'b'}"},
		{"s", "set<int>", "{1, 2, 3}"}, {"tup", "tuple<int, string, double>", `{1, "tuple", 2.5}`}, {"ts", "string &", `"tuple"`}, {"total", "int", "28"},
	})
	p = run(t, prog, "depth(")
	check(t, p.scope(t, "main.cpp", 97, 0), []want{
		{"up", "unique_ptr<int>", "1"}, {"none", "unique_ptr<int>", "nullptr"},
		{"sp", "shared_ptr<Employee>", `shared_ptr(use=2, weak=1) {name = "Ada", age = 36, salary = 100000, skills = {"maths", "looms"}}`},
		{"some", "optional<int>", "1"}, {"nothing", "optional<int>", "nullopt"}, {"os", "optional<string>", `"optional string"`},
		{"vals", "Value[5]", `{monostate, 1, 2.5, "variant string", {1, 2}}`}, {"rw", "reference_wrapper<int>", "1"},
	})
}

// TestFlagNames writes values that no enumerator has: as a union only where bits have a meaning of their own.
func TestFlagNames(t *testing.T) {
	for _, row := range []struct {
		values []int64 // of a, b, c, …
		n      int64
		want   string
	}{
		{[]int64{1, 2, 4}, 5, "a | c"},
		{[]int64{0, 1, 2, 4}, 3, "b | c"},
		{[]int64{0, 1, 2}, 3, "b | c"},
		{[]int64{1, 2, 4}, 9, "a | 0x8"},
		{[]int64{0, 1, 2, 3}, 7, "b | c | 0x4"},
		{[]int64{1, 2, 4, 8, 15}, 6, "b | c"},
		{[]int64{0, 1, 2, 3, 4}, 7, "(E) 7"},
		{[]int64{1, 2, 3, 4, 5, 6}, 84984, "(E) 84984"},
		{[]int64{10, 11, 12, 8}, 9, "(E) 9"},
		{[]int64{5, 6, 7}, 8, "(E) 8"},
		{[]int64{1, 2, 4}, -1, "(E) -1"},
	} {
		var enums []enumerator
		for i, v := range row.values {
			enums = append(enums, enumerator{name: string(rune('a' + i)), value: big.NewInt(v)})
		}
		if got := flagNames(enums, big.NewInt(row.n), &Type{kind: typeEnum, name: "E", lang: symbols.LangCPP}); got != row.want {
			t.Errorf("%d of %v: %s, want %s", row.n, row.values, got, row.want)
		}
	}
}
