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
	} {
		s, _ := open(t, p.program, nil)
		mustBreak(t, s, BreakpointSpec{File: p.file, Line: p.line})
		mustStop(t, s.Continue)
		looksLike(t, s, 0, p.rows)
	}
}
