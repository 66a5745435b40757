package value

import (
	"os"
	"strings"
	"testing"
)

// want is a variable, its type's short name ("" is not looked at) and its value, as the source says.
type want struct{ name, typ, value string }

func check(t *testing.T, s *Scope, wants []want) {
	t.Helper()
	have := map[string]*Variable{}
	for _, v := range append(s.Arguments(), s.Locals()...) {
		if !v.Shadowed {
			have[v.Name] = v
		}
	}
	for _, w := range wants {
		v := have[w.name]
		if v == nil {
			t.Errorf("%s: not found", w.name)
			continue
		}
		if got := v.Format(Format{MaxItems: 200}); got != w.value {
			t.Errorf("%s = %s, want %s", w.name, got, w.value)
		}
		if got := v.TypeName(false); w.typ != "" && got != w.typ {
			t.Errorf("%s: type %s, want %s", w.name, got, w.typ)
		}
	}
}

const rsTypes = "rs_types/rs_types-debug.wasm"

// The program calls break_here(1) to break_here(5), each at the end of a function whose locals
// are then all set; it runs with no arguments, so seed is 0, n and k are 5, and 10 in pointers.
func TestRustLocals(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	check(t, p.scope(t, "main.rs", 79, 0), []want{
		{"seed", "i32", "0"}, {"b_true", "bool", "true"}, {"i_8", "i8", "-100"}, {"u_8", "u8", "200"},
		{"i_16", "i16", "-30000"}, {"u_16", "u16", "60000"}, {"i_32", "i32", "-2147483648"}, {"u_32", "u32", "4294967295"},
		{"i_64", "i64", "-9223372036854775808"}, {"u_64", "u64", "18446744073709551615"},
		{"i_128", "i128", "-170141183460469231731687303715884105728"},
		{"u_128", "u128", "340282366920938463463374607431768211455"}, {"us", "usize", "12345"},
		{"f_32", "f32", "1.5"}, {"f_64", "f64", "-22500000000.0"}, {"nan", "f64", "NaN"}, {"inf", "f32", "-inf"},
		{"ch", "char", "'a'"}, {"emoji", "char", "'🦀'"}, {"unit", "()", "()"}, {"r", "&i32", "-2147483648"},
	})
	check(t, p.scope(t, "main.rs", 99, 1), []want{
		{"name", "&str", `"ferris"`}, {"s", "String", `"ferris"`}, {"empty", "String", `""`}, {"uni", "String", `"héllo→ferris"`},
		{"slice", "&str", `"héllo"`}, {"bytes", "&[u8]", "[102, 101, 114, 114, 105, 115]"}, {"boxed", "Box<str>", `"boxed"`},
		{"cow", "Cow<str>", `Owned("owned")`}, {"rc_str", "Rc<str>", `Rc(strong=1, weak=0) "ferris"`},
		{"chars", "Vec<char>", "['h', 'é', 'l', 'l', 'o', '→', 'f', 'e', 'r', 'r', 'i', 's']"},
		{"os", "OsString", `"ferris"`}, {"path", "PathBuf", `"/tmp/ferris"`}, {"cstr", "CString", `"nul-terminated"`},
	})
	var big strings.Builder
	for i := range int64(100) {
		big.WriteString(map[bool]string{true: "{", false: ", "}[i == 0] + itoa(i) + ": " + itoa(-i))
	}
	check(t, p.scope(t, "main.rs", 121, 2), []want{
		{"n", "usize", "5"}, {"v", "Vec<i32>", "[0, 1, 4, 9, 16]"}, {"vv", "Vec<Vec<u8>>", "[[0], [1, 1], [2, 2, 2]]"},
		{"empty", "Vec<String>", "[]"}, {"arr", "[u16; 5]", "[1, 2, 3, 4, 5]"}, {"nested", "[[f32; 2]; 2]", "[[1.0, 2.0], [3.0, 4.0]]"},
		{"sl", "&[i32]", "[1, 4]"}, {"bmap", "BTreeMap<u32, &str>", `{1: "one", 2: "two", 3: "three"}`},
		{"big", "BTreeMap<i32, i32>", big.String() + "}"}, {"bset", "BTreeSet<Color>", "{Red, Blue}"},
		{"dq", "VecDeque<i32>", "[-1, 0, 1]"}, {"tup", "", `(1, "two", 3.0, (4, '5'))`},
	})
	check(t, p.scope(t, "main.rs", 149, 3), []want{
		{"k", "u32", "5"}, {"opt_char", "Option<char>", "Some('x')"}, {"opt_ord", "Option<Ordering>", "Some(Less)"},
	})
	check(t, p.scope(t, "main.rs", 184, 4), []want{
		{"b", "Box<i32>", "10"}, {"bs", "Box<[i32]>", "[10, 11, 12]"},
		{"rc", "Rc<RefCell<Vec<i32>>>", "Rc(strong=2, weak=1) RefCell { value: [1, 2, 3, 10], borrow: 1 shared }"}, {"guard", "Ref<Vec<i32>>", "[1, 2, 3, 10]"},
		{"weak", "Weak<RefCell<Vec<i32>>>", "Weak(strong=2, weak=1)"}, {"cell", "Cell<i32>", "Cell { value: 21 }"},
		{"u", "IntOrFloat", "IntOrFloat { i: 1065353216, f: 1.0, bytes: [0, 0, 128, 63] }"}, {"add", "", "closure { k: 10 }"},
		{"mref", "&mut i32", "11"}, {"marker", "Marker", "Marker"}, {"m", "Meters", "Meters(3.5)"},
	})
}

// What the program prints of its values with {:?} is what we show.
func TestRustDebugOutput(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	b, err := os.ReadFile("../../testdata/programs/rs_types/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	printed := string(b)
	show := func(s *Scope, names string) {
		t.Helper()
		var parts []string
		for n := range strings.FieldsSeq(names) {
			v, err := s.Eval(n)
			if err != nil {
				t.Fatal(n, err)
			}
			parts = append(parts, v.String())
		}
		if line := strings.Join(parts, " "); !strings.Contains(printed, line+"\n") {
			t.Errorf("shown:\n%s\nbut the program prints:\n%s", line, printed)
		}
	}
	enums := p.scope(t, "main.rs", 149, 3)
	show(enums, "color unit circle rect poly named")
	show(enums, "some_i none_i some_ref none_ref some_str none_str some_box opt_opt nz")
	show(enums, "ok err io_err.is_err() expr opt_char opt_ord opt_range")
	// {:?} of (packed, upgraded, arc, gen, (marker, m)); `upgraded` is weak.upgrade().is_some()
	s := p.scope(t, "main.rs", 184, 4)
	for _, n := range []string{"packed", "arc", "gen"} {
		v, err := s.Eval(n)
		if err != nil || !strings.Contains(printed, strings.TrimPrefix(v.String(), "Arc(strong=1, weak=0) ")+" ") {
			t.Errorf("%s is shown as %v, %v", n, v, err)
		}
	}
}

func TestRustHash(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	s := p.scope(t, "main.rs", 121, 2)
	v, err := s.Eval("map")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range v.Children(0, -1) {
		got[c.Name] = c.String()
	}
	if len(got) != 5 {
		t.Errorf("%d items: %v", len(got), got)
	}
	for i := range int64(5) { // map.insert(format!("key{i}"), i * 10)
		if k := `["key` + itoa(i) + `"]`; got[k] != itoa(10*i) {
			t.Errorf("%s: %q", k, got[k])
		}
	}
	v, _ = s.Eval("hset")
	set := map[string]bool{}
	for _, c := range v.Children(0, -1) {
		set[c.String()] = true
	}
	for _, c := range "debugr" {
		if !set["'"+string(c)+"'"] {
			t.Errorf("no %c in the letters of debugger: %v", c, set)
		}
	}
	if len(set) != 6 {
		t.Errorf("%d letters: %v", len(set), set)
	}
}

// children is what a view shows below a variable.
func TestRustChildren(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	s := p.scope(t, "main.rs", 149, 3)
	for expr, want := range map[string]string{
		"circle":        "center=Point { x: 1.0, y: 5.0 } radius=2.5",
		"rect":          "0=Point { x: 0.0, y: 0.0 } 1=Point { x: 3.0, y: 4.0 }",
		"named":         `0="outer" 1=Named("inner", Unit)`,
		"some_str":      `0="text"`,
		"none_str":      "",
		"poly.0":        "[0]=Point { x: 0.5, y: 0.5 } [1]=Point { x: 0.5, y: 0.5 } [2]=Point { x: 0.5, y: 0.5 } [3]=Point { x: 0.5, y: 0.5 } [4]=Point { x: 0.5, y: 0.5 } [5]=Point { x: 0.5, y: 0.5 }",
		"expr.2":        "0=Bin(Mul, Num(2), Num(5))",
		"poly.0[1..3]":  "[0]=Point { x: 0.5, y: 0.5 } [1]=Point { x: 0.5, y: 0.5 }",
		"circle.center": "x=1.0 y=5.0",
		"named.1.0":     "",
		"err":           `0="bad 5"`,
	} {
		v, err := s.Eval(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		var got []string
		for _, c := range v.Children(0, -1) {
			got = append(got, c.Name+"="+c.String())
			if c.EvalName != "" { // a child's expression leads to the child
				again, err := s.Eval(c.EvalName)
				if err != nil || again.String() != c.String() {
					t.Errorf("%s: %q is %v, %v; want %v", expr, c.EvalName, again, err, c)
				}
			} else {
				t.Errorf("%s: child %s has no expression", expr, c.Name)
			}
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%s: %s, want %s", expr, g, want)
		}
	}
}
