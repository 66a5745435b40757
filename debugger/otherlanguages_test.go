package debugger

import "testing"

// TestOtherLanguages looks at what the compilers of D, Zig and Nim describe as structures.
func TestOtherLanguages(t *testing.T) {
	for _, p := range []struct {
		program, file string
		line          int
		rows          []cppRow
	}{
		{"d_kinds/kinds-O0.wasm", "kinds.d", 14, []cppRow{
			{expr: "ps", typ: "kinds.Point[]", want: "{{x = 1, y = 2}, {x = 3, y = 4}, {x = 5, y = 6}}"},
			{expr: "ps[1].y", typ: "int", want: "4"},
		}},
		{"d_kinds/kinds-O0.wasm", "kinds.d", 28, []cppRow{
			{expr: "name", typ: "string", want: `"a name"`},
			{expr: "name[2]", want: "110 'n'"},
			{expr: `name == "a name"`, want: "true"},
		}},
		{"zig_kinds/kinds-Debug.wasm", "kinds.zig", 39, []cppRow{
			{expr: "shape", typ: "kinds.Shape", want: "{circle = 2.5}"},
			{expr: "maybe", typ: "?i32", want: "7"},
			{expr: "color", want: "green"},
		}},
		{"zig_kinds/kinds-Debug.wasm", "kinds.zig", 21, []cppRow{
			{expr: "ps", typ: "[]kinds.Point", want: `{{x = 1, y = 2, name = "one"}, {x = 3, y = 4, name = "two"}}`},
			{expr: "ps[1].name", typ: "[]u8", want: `"two"`},
		}},
		{"nim_kinds/kinds.wasm", "kinds.nim", 24, []cppRow{
			{expr: "text", typ: "string", want: `"hello"`},
			{expr: "empty", typ: "string", want: `""`},
			{expr: "numbers", typ: "seq[int]", want: "{1, 4, 9}"},
			{expr: "numbers[2]", want: "9"},
			{expr: "none", want: "{}"},
			{expr: "words", typ: "seq[string]", want: `{"one", "two"}`},
			{expr: "points", typ: "seq[Point]", want: `{{x = 1, y = 2, name = "one"}, {x = 3, y = 4, name = "two"}}`},
			{expr: "pair", typ: "tuple", want: `{Field0 = 3, Field1 = "three"}`},
			{expr: "octets", typ: "seq[uint8]", want: "{1, 2, 255}"},
			{expr: "node", typ: "Node *", want: "0x"},
			{expr: "node->next->name", typ: "string", want: `"second"`},
		}},
		{"swift_kinds/swift_kinds-Onone.wasm", "main.swift", 126, []cppRow{
			{expr: "point", typ: "Point", want: "{x = 3, y = -4}"},
			{expr: "point.x * point.y", want: "-12"},
			{expr: "size", typ: "Size", want: "{width = 2.5, height = 0.75, exact = true}"},
			{expr: "heading", typ: "Direction", want: "south"},
			{expr: "dot", typ: "Shape", want: ".dot"},
			{expr: "circle", typ: "Shape", want: ".circle(5)"},
			{expr: "box", typ: "Shape", want: ".box({x = 1, y = 2}, {x = 4, y = 6})"},
			{expr: "box.1.y", typ: "Int32", want: "6"},
			{expr: "some", typ: "Int32?", want: "7"},
			{expr: "none", typ: "Int32?", want: "nil"},
			{expr: "maybe", typ: "Point?", want: "{x = 8, y = 9}"},
			{expr: "tuple", typ: "(Int, Double, Bool)", want: "(1, 2.5, true)"},
			{expr: "pair", typ: "Pair<UInt16, Point>", want: "{first = 300, second = {x = 3, y = -4}}"},
			{expr: "pair.second.x", typ: "Int32", want: "3"},
			{expr: "wide", typ: "UInt64", want: "18446744073709551615"},
			{expr: "byte", typ: "Int8", want: "-100"},
			{expr: "letter", typ: "Scalar", want: "233 'é'"},
			{expr: "account", typ: "Account", want: `{owner = "Ada", balance = 15}`},
			{expr: "savings.balance", typ: "Int", want: "32"},
			{expr: "accounts", typ: "(Account, Account)?", want: `({owner = "Ada", balance = 15}, {owner = "Bo", balance = 32})`},
			{expr: "numbers", typ: "[Int]", want: "[3, 1, 4, 1, 5]"},
			{expr: "numbers[2] + 1", want: "5"},
			{expr: "points", typ: "[Point]", want: "[{x = 3, y = -4}, {x = 0, y = 1}]"},
			{expr: "sum", typ: "Expr", want: ".sum(.number(1), .sum(.number(2), .number(3)))"},
			{expr: "captured", typ: "Int", want: "10"},
			{expr: "total", typ: "Int", want: "36"},
		}},
		{"swift_kinds/swift_kinds-O.wasm", "main.swift", 123, []cppRow{
			{expr: "sum", typ: "Expr", want: ".sum(.number(1), .sum(.number(2), .number(3)))"},
		}},
		{"swift_enums/swift_enums-Onone.wasm", "main.swift", 47, []cppRow{
			{expr: "n1", typ: "Node", want: "{n = 2, next = {n = 3, next = nil}}"},
			{expr: "t1", typ: "Two", want: ".node({n = 2, next = {n = 3, next = nil}})"},
			{expr: "t3", typ: "Two", want: ".none"},
			{expr: "t4", typ: "Two", want: ".gone"},
			{expr: "s1", typ: "Small", want: ".byte(200)"},
			{expr: "s2", typ: "Small", want: ".x"},
			{expr: "s3", typ: "Small", want: ".z"},
			{expr: "w1", typ: "Word", want: ".half(60000)"},
			{expr: "w2", typ: "Word", want: ".small(7)"},
			{expr: "w3", typ: "Word", want: ".p"},
			{expr: "w4", typ: "Word", want: ".q"},
			{expr: "b1", typ: "Bools", want: ".f(true)"},
			{expr: "b2", typ: "Bools", want: ".g(false)"},
			{expr: "b3", typ: "Bools", want: ".h"},
			{expr: "m1", typ: "Mixed", want: ".l({b = true, i = -2})"},
			{expr: "m2", typ: "Mixed", want: ".r({b = false, i = 77})"},
			{expr: "so1", typ: "Solo", want: ".flag(true)"},
			{expr: "so2", typ: "Solo", want: ".m"},
			{expr: "so3", typ: "Solo", want: ".n"},
			{expr: "l", typ: "List", want: ".node(1, .node(2, .empty))"},
			{expr: "le", typ: "List", want: ".empty"},
			{expr: "g1", typ: "Big", want: ".ab(1, -2)"},
			{expr: "g2", typ: "Big", want: ".c({n = 2, next = {n = 3, next = nil}})"},
			{expr: "g3", typ: "Big", want: ".d"},
			{expr: "o1", typ: "Int32??", want: "5"},
			{expr: "o3", typ: "Int32??", want: "nil"},
			{expr: "ob", typ: "Bool?", want: "false"},
			{expr: "ob2", typ: "Bool?", want: "nil"},
			{expr: "od", typ: "Dir?", want: "c"},
			{expr: "od2", typ: "Dir?", want: "nil"},
			{expr: "v1", typ: "Opt2", want: ".v(b)"},
			{expr: "v2", typ: "Opt2", want: ".w"},
			{expr: "v3", typ: "Opt2", want: ".x"},
			{expr: "on", typ: "Node?", want: "{n = 3, next = nil}"},
			{expr: "on2", typ: "Node?", want: "nil"},
			{expr: "oh", typ: "Holder?", want: "{node = {n = 2, next = {n = 3, next = nil}}, d = b}"},
			{expr: "oh2", typ: "Holder?", want: "nil"},
			{expr: "os", typ: "Small?", want: ".y"},
			{expr: "os2", typ: "Small?", want: "nil"},
			{expr: "ot", typ: "Two?", want: "<which case it is can't be told>"},
			{expr: "oa2", typ: "[Node]?", want: "nil"},
			{expr: "oa", typ: "[Node]?", want: "[{n = 2, next = {n = 3, next = nil}}, {n = 3, next = nil}]"},
			{expr: "ge", typ: "Gen<Int16>", want: "{a = 9, t = -5, o = <which case it is can't be told>}"},
			{expr: "us", typ: "Scalar?", want: "122 'z'"},
			{expr: "f", typ: "Float?", want: "1.5"},
		}},
	} {
		s, _ := open(t, p.program, nil)
		mustBreak(t, s, BreakpointSpec{File: p.file, Line: p.line})
		mustStop(t, s.Continue)
		looksLike(t, s, 0, p.rows)
	}
}
