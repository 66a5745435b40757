package debugger

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var updateValues = flag.Bool("update-values", false, "rewrite the table of C++ in docs/values.md")

// cppRow is a type of docs/values.md: what a variable of a program shows, as its source says.
type cppRow struct {
	what string // the type, in the table
	stop int    // which call of stop in the program
	expr string
	typ  string // short name; "" is not looked at
	want string
	lost bool // clang 22 gives no location at -O3
}

var cppContainerRows = []cppRow{
	{"std::string, empty", 1, "empty", "string", `""`, false},
	{"std::string, in the object", 1, "brim", "string", `"0123456789"`, false},
	{"std::string, on the heap", 1, "large", "string", `"a string that is longer than the small buffer"`, false},
	{"std::string, UTF-8", 1, "utf8", "string", `"héllo"`, false},
	{"std::string with a zero", 1, "zero", "string", `"a\0b"`, false},
	{"std::wstring", 1, "wide", "wstring", `"wíde"`, false},
	{"std::u16string", 1, "u16", "u16string", `"中🦀"`, false},
	{"std::u32string", 1, "u32_large", "u32string", `"thirty-two bits"`, false},
	{"std::string_view", 1, "view", "string_view", `"string"`, false},
	{"std::vector", 2, "numbers", "vector<int>", "{1, 4, 9}", false},
	{"std::vector of vectors", 2, "nested", "vector<vector<int>>", "{{1}, {}, {2, 3}}", false},
	{"std::vector<bool>", 2, "bits", "vector<bool>", "{true, false, true, true}", false},
	{"std::array", 2, "fixed", "array<short, 3>", "{7, 8, 9}", false},
	{"std::array of length 0", 2, "nothing", "array<int, 0>", "{}", false},
	{"std::deque", 2, "line", "deque<int>", "{2, 3, 4}", false},
	{"std::deque, an element of its second block", 2, "blocks[299]", "Order", "{id = 299, price = 149.5}", false},
	{"std::list", 2, "chain", "list<int>", "{5, 6, 7}", false},
	{"std::forward_list", 2, "once", "forward_list<int>", "{8, 9}", false},
	{"std::stack", 2, "pile", "stack<int>", "{1, 2}", false},
	{"std::queue", 2, "wait", "queue<string>", `{"first", "second"}`, false},
	{"std::priority_queue", 2, "heap", "priority_queue<int>", "{9, 3, 5}", false},
	{"std::span", 2, "window", "span<int>", "{4, 9}", false},
	{"std::span of fixed length", 2, "fixed_window", "span<int, 3>", "{1, 4, 9}", false},
	{"std::initializer_list", 2, "list", "initializer_list<int>", "{10, 20}", false},
	{"std::bitset", 2, "set10", "bitset<10>", "0b1000000101", false},
	{"std::map", 3, "ages", "map<string, int>", `{"ann": 31, "bob": 27}`, false},
	{"std::map of structures", 3, "orders", "map<int, Order>", "{7: {id = 1, price = 2.5}}", false},
	{"std::multimap", 3, "many", "multimap<int, char>", "{1: 97 'a', 1: 98 'b', 2: 99 'c'}", false},
	{"std::set", 3, "sorted", "set<int>", "{1, 2, 3}", false},
	{"std::multiset", 3, "twice", "multiset<int>", "{2, 2, 5}", false},
	{"std::unordered_map", 3, "names", "unordered_map<int, string>", `{4: "four"}`, false},
	{"std::unordered_multimap", 3, "pairs", "unordered_multimap<int, int>", "{1: 10}", false},
	{"std::unordered_set", 3, "seen", "unordered_set<string>", `{"only"}`, false},
	{"std::unordered_multiset", 3, "bag", "unordered_multiset<int>", "{6, 6}", false},
	{"std::map::iterator", 3, "first", "", `{first = "ann", second = 31}`, false},
	{"std::map::end", 3, "end", "", "end()", false},
	{"std::set::iterator", 3, "at", "", "2", false},
	{"std::unordered_map::iterator", 3, "hashed", "", `{first = 4, second = "four"}`, false},
	{"std::pair", 4, "pair", "pair<int, string>", `{first = 1, second = "one"}`, false},
	{"std::tuple", 4, "tuple", "tuple<int, char, string>", `{2, 120 'x', "three"}`, false},
	{"std::optional", 4, "some", "optional<int>", "5", false},
	{"std::optional, empty", 4, "none", "optional<int>", "nullopt", false},
	{"std::variant", 4, "word", "variant<int, string, Order>", `"alt"`, false},
	{"std::variant, its third alternative", 4, "record", "variant<int, string, Order>", "{id = 4, price = 1.5}", false},
	{"std::any, empty", 4, "no_any", "any", "empty", false},
	{"std::any, in the object", 4, "small_any", "any", "(int) 42", false},
	{"std::any with a string", 4, "any_text", "any", `(string) "in any"`, false},
	{"std::any, on the heap", 4, "big_any", "any", "(Order) {id = 9, price = 4.5}", false},
	{"std::function of a lambda", 4, "closure", "function<int (int)>", "(lambda) {captured = 6}", false},
	{"std::function of an object", 4, "functor", "function<int (int)>", "(Adder) {base = 3}", false},
	{"std::function, empty", 4, "no_function", "", "empty", false},
	{"std::reference_wrapper", 4, "ref", "reference_wrapper<int>", "6", false},
	{"std::complex", 4, "z", "complex<double>", "1.5 - 2i", false},
	{"std::atomic", 4, "counter", "atomic<int>", "11", false},
	{"std::byte", 4, "raw", "byte", "(byte) 42", false},
	{"std::nullptr_t", 4, "null", "nullptr_t", "nullptr", false},
	{"lambda with captures", 4, "lambda", "lambda", `{captured = 6, pair = {first = 1, second = "one"}}`, false},
	{"std::unique_ptr", 5, "owner", "unique_ptr<Order>", "{id = 1, price = 2.5}", false},
	{"std::unique_ptr, null", 5, "no_owner", "unique_ptr<Order>", "nullptr", false},
	{"std::unique_ptr of an array", 5, "block[2]", "int", "3", false},
	{"std::unique_ptr with a deleter", 5, "closed", "unique_ptr<Order, Closer>", "{id = 2, price = 3.5}", false},
	{"std::shared_ptr", 5, "shared", "shared_ptr<Order>", "shared_ptr(use=2, weak=1) {id = 5, price = 6.5}", false},
	{"std::shared_ptr, null", 5, "no_shared", "shared_ptr<Order>", "nullptr", false},
	{"std::shared_ptr of a pointer", 5, "separate", "shared_ptr<int>", "shared_ptr(use=1, weak=0) 7", false},
	{"std::weak_ptr", 5, "weak", "weak_ptr<Order>", "weak_ptr(use=2, weak=1) {id = 5, price = 6.5}", false},
	{"std::weak_ptr, expired", 5, "gone", "weak_ptr<Order>", "weak_ptr(use=0, weak=1) expired", false},
	{"std::vector::iterator", 5, "in_vector", "", "{id = 2, price = 0.5}", false},
	{"std::list::iterator", 5, "in_list", "", "5", false},
	{"std::list::end", 5, "list_end", "", "end()", false},
	{"std::deque::iterator", 5, "in_deque", "", "4", false},
	{"reference", 5, "reference", "const string &", `"letters"`, false},
	{"std::chrono::seconds", 6, "s", "seconds", "90s", false},
	{"std::chrono::nanoseconds", 6, "ns", "nanoseconds", "-7ns", false},
	{"std::chrono::duration with a period", 6, "frames", "duration<int, ratio<1, 30>>", "60[1/30]s", false},
	{"std::chrono::system_clock::time_point", 6, "when", "", "2023-11-14 22:13:20 UTC", false},
	{"std::chrono::steady_clock::time_point", 6, "tick", "", "5ns", false},
	{"std::expected", 7, "good", "expected<int, string>", "5", false},
	{"std::expected, an error", 7, "bad", "expected<int, string>", `unexpected("broken")`, false},
	{"std::expected of void", 7, "done", "expected<void, int>", "void", false},
}

var cppObjectRows = []cppRow{
	{"the class behind a base pointer", 1, "*base", "", `{Shape = {name = `, false},
	{"a member of the class behind a base pointer", 1, "base->radius", "double", "2", false},
	{"base pointer", 1, "base", "Shape * (Circle)", "0x", false},
	{"second base of several", 1, "second", "Named * (Square)", "0x", false},
	{"a member behind the second base", 1, "second->side", "double", "3", false},
	{"class of an anonymous namespace behind its base", 1, "anonymous->depth", "int", "5", false},
	{"virtual bases", 1, "both", "Both", "{Left = {Node = {id = 1}, left = 2}, Right = {Node = {id = 1}, right = 3}, both = 4}", false},
	{"behind a pointer to a virtual base", 1, "virtual_base->both", "int", "4", false},
	{"anonymous namespace", 1, "hidden", "Hidden", "{secret = 99}", false},
	{"template in an inline namespace", 2, "ring", "Ring<int, 3>", "{items = {1, 2, 3}, head = 2}", false},
	{"enum class", 2, "level", "Level", "Level::High", false},
	{"enum as flags", 2, "mode", "Flags", "Read | Execute", false},
	{"enum as flags with an unknown bit", 2, "odd_mode", "Flags", "Read | 0x40", false},
	{"enum with a value of no name", 2, "unknown", "Plain", "(Plain) 7", false},
	{"bit fields", 2, "packed", "Packed", "{low = 5, mid = -3, on = true, kind = Ten, wide = 737894400291}", false},
	{"union", 2, "either.f", "float", "3.1415927", false},
	{"anonymous union", 2, "tagged.number", "int", "42", false},
	{"anonymous struct", 2, "tagged.b", "short", "8", false},
	{"pointer to data member", 2, "member", "int Point::*", "&Point::y (offset 8)", false},
	{"pointer to member, null", 2, "no_member", "int Point::*", "nullptr", false},
	{"pointer to virtual function", 2, "virtual_method", "int (Point::*)(int) const", "virtual Point::scaled", false},
	{"function pointer, null", 2, "no_function", "int (*)(int)", "0x0", false},
	{"array of arrays", 2, "array", "int[2][3]", "{{1, 2, 3}, {4, 5, 6}}", false},
	{"reference to an array", 2, "array_ref", "int (&)[2][3]", "{{1, 2, 3}, {4, 5, 6}}", true},
	{"rvalue reference", 2, "moved", "int &&", "5", true},
	{"C string in an array", 2, "buffer", "char[16]", `"text"`, false},
	{"array of char without a zero", 2, "full", "char[4]", `"full"`, false},
	{"char16_t array", 2, "u16", "char16_t[2]", `"中"`, false},
	{"char32_t", 2, "u32", "char32_t", "129408 '🦀'", false},
	{"wchar_t array", 2, "wide", "wchar_t[5]", `"wide"`, false},
	{"ext_vector_type", 2, "vec", "float4", "{1, 2.5, -3, 0}", false},
	{"vector_size", 2, "pair", "int2", "{7, -8}", false},
	{"long double (binary128)", 2, "quad", "long double", "1.25", false},
	{"__int128", 2, "huge", "__int128", "1267650600228229401496703205376", false},
	{"unsigned _BitInt(17)", 2, "odd_width", "unsigned _BitInt(17)", "131071", false},
	{"_BitInt(70)", 2, "wide_bits", "_BitInt(70)", "-36893488147419103232", false},
	{"__fp16", 2, "half", "__fp16", "1.5", false},
	{"lambda by value, by reference, with an initialiser", 2, "lambda", "lambda", "{local = 10, point = {x = 3, y = 4}, this_many = 3}", false},
}

// cppPrograms are the programs of the rows, without their level.
var cppPrograms = []struct {
	name string
	rows []cppRow
}{{"cpp_values/containers", cppContainerRows}, {"cpp_values/objects", cppObjectRows}, {"cpp_members/cpp_members", cppMemberRows}, {"c_values/c_values", cRows}}

// TestCPPValues stops in the programs of docs/values.md, not optimised and optimised. Those of libc++ are
// compiled with -gsimple-template-names at -O3; objects has no type_info there.
func TestCPPValues(t *testing.T) {
	for _, p := range cppPrograms {
		for _, level := range []string{"O0", "O3"} {
			t.Run(p.name+"-"+level, func(t *testing.T) {
				s, _ := open(t, p.name+"-"+level+".wasm", nil)
				showsRows(t, s, p.rows, level == "O3")
			})
		}
	}
}

// showsRows runs to the stops of a program, and looks at what its variables show.
func showsRows(t *testing.T, s *Session, rows []cppRow, optimised bool) {
	t.Helper()
	mustBreak(t, s, BreakpointSpec{Function: "stop"})
	at := 0
	for _, r := range rows {
		if optimised && r.lost {
			continue
		}
		for ; at < r.stop; at++ {
			if stop := mustStop(t, s.Continue); stop.Exited() {
				t.Fatalf("the program ended before stop %d", r.stop)
			}
		}
		looksLike(t, s, 1, []cppRow{r})
	}
}

// looksLike checks what expressions in a frame show.
func looksLike(t *testing.T, s *Session, frame int, rows []cppRow) {
	t.Helper()
	for _, r := range rows {
		v, err := s.Eval(frame, r.expr)
		if err != nil {
			t.Errorf("%s: %s: %v", r.what, r.expr, err)
			continue
		}
		got := v.String()
		if open := strings.HasSuffix(r.want, "0x") || strings.HasSuffix(r.want, " = "); got != r.want && !(open && strings.HasPrefix(got, r.want)) {
			t.Errorf("%s: %s is %s, want %s", r.what, r.expr, got, r.want)
		}
		if name := v.TypeName(false); r.typ != "" && name != r.typ {
			t.Errorf("%s: %s is a %s, want %s", r.what, r.expr, name, r.typ)
		}
	}
}

// TestLibCXXVersions looks at the types whose layouts differ in other versions of libc++.
func TestLibCXXVersions(t *testing.T) {
	for _, version := range []string{"14", "16", "19"} {
		t.Run(version, func(t *testing.T) {
			showsRows(t, silent(t, "cpp_values/layouts-"+version+".wasm"), cppLayoutRows, true)
		})
	}
}

// TestCPPValuesTable holds docs/values.md to the rows.
func TestCPPValuesTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| type | variable | shown | -O3 |\n|---|---|---|---|\n")
	for _, p := range cppPrograms {
		for _, r := range p.rows {
			optimised := "yes"
			if r.lost {
				optimised = "clang gives no location"
			}
			want := strings.ReplaceAll(r.want, "|", `\|`)
			if strings.HasSuffix(r.want, "0x") || strings.HasSuffix(r.want, " = ") {
				want += "…"
			}
			fmt.Fprintf(&b, "| %s | `%s` in %s | `%s` | %s |\n", strings.ReplaceAll(r.what, "|", `\|`), r.expr, p.name, want, optimised)
		}
	}
	const file, begin, end = "../docs/values.md", "<!-- C++: held by TestCPPValues -->\n", "<!-- end of C++ -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", file)
	}
	if table == b.String() {
		return
	}
	if *updateValues {
		if err := os.WriteFile(file, []byte(before+begin+b.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s differs from the rows: go test ./debugger -run TestCPPValuesTable -update-values", file)
}
