package natvis

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, r := range []struct {
		pattern, name string
		args          []string // nil: no match
	}{
		{"Point", "Point", []string{}},
		{"Point", "shapes::Point", nil},
		{"A<*>", "A<int>", []string{"int"}},
		{"A<*>", "A<int, std::pair<int, char>, 3>", []string{"int", "std::pair<int, char>", "3"}},
		{"A<*>", "A<>", nil},
		{"A<*>", "A<int>::B", nil},
		{"A<*>::B", "A<C<int> >::B", []string{"C<int>"}},
		{"A<*,*>", "A<int, char>", []string{"int", "char"}},
		{"A<*,*>", "A<int>", nil},
		{"A<*,2>", "A<int, 2U>", []string{"int"}},
		{"A<*,2>", "A<int, 3U>", nil},
		{"A<B<*>,*>", "A<B<int>, char>", []string{"int", "char"}},
		{"A<B<*>,*>", "A<int, char>", nil},
		{"std::pair<*, json<*>>", "std::pair<int (*)(int, char), json<x, y> >", []string{"int (*)(int, char)", "x", "y"}},
		{"A<int*>", "A<int *>", []string{}},
		{"A<int*>", "A<int>", nil},
		{"A<unsigned __int64>", "A<unsigned long long>", []string{}},
		{"A<struct B>", "A<B>", []string{}},
		{"std::map<*>", "std::__1::map<int, char>", []string{"int", "char"}},
		{"*", "anything<at, all>", []string{"anything<at, all>"}},
		{"tuple$<*>", "tuple$<u8,u16>", []string{"u8", "u16"}},
	} {
		p, err := ParsePattern(r.pattern)
		if err != nil {
			t.Errorf("%s: %v", r.pattern, err)
			continue
		}
		name := ParseName(r.name)
		args, ok := p.Match(&name)
		if ok != (r.args != nil) || ok && !slices.Equal(args, r.args) {
			t.Errorf("%s fits %s: %v, %q; want %q", r.pattern, r.name, ok, args, r.args)
		}
		if ok && p.Head() != "" && p.Head() != name.Head() {
			t.Errorf("%s is looked for under %q, %s under %q", r.pattern, p.Head(), r.name, name.Head())
		}
	}
	for _, bad := range []string{"", "A<*", "A>*<"} {
		if _, err := ParsePattern(bad); err == nil {
			t.Errorf("%q is a pattern", bad)
		}
	}
}

func TestValue(t *testing.T) {
	for _, r := range []struct {
		src, expr string
		spec      Spec
	}{
		{"x", "x", Spec{}},
		{" x , x ", "x", Spec{Base: 'x'}},
		{"x,nvoxb", "x", Spec{NumberOnly: true, Base: 'x', BarePrefix: true}},
		{"p,[n]s8b", "p", Spec{Count: "n", Text: "s8b"}},
		{"p,[a[i], 2]na", "p", Spec{Count: "a[i], 2", NoAddress: true}},
		{"p,10", "p", Spec{Count: "10"}},
		{"*this,view(simple)na", "*this", Spec{View: "simple", NoAddress: true}},
		{"*this,view(simple),nd", "*this", Spec{View: "simple", NoDerived: true}},
		{"f(a, b)", "f(a, b)", Spec{}},
		{`strcmp(s, "a,x")`, `strcmp(s, "a,x")`, Spec{}},
		{"(A<int,char>*)p,!", "(A<int,char>*)p", Spec{Raw: true}},
		{"a, true", "a, true", Spec{}},
		{"b ? 1 : 0,d", "b ? 1 : 0", Spec{Base: 'd'}},
		{"x,", "x,", Spec{}},
	} {
		v := parseValue(r.src, 3)
		if v.Expr != r.expr || v.Spec != r.spec || v.Line != 3 {
			t.Errorf("%s: %q %+v, want %q %+v", r.src, v.Expr, v.Spec, r.expr, r.spec)
		}
	}
}

func TestDisplay(t *testing.T) {
	for _, r := range []struct{ src, want string }{
		{"a", "a"},
		{"{x}", "<x>"},
		{"{{x}}", "{x}"},
		{"{{{x},{y}}}", "{<x>,<y>}"},
		{"{a[\"}\"]}!", "<a[\"}\"]>!"},
		{"one }", "one }"},
		{"one\n\t\ttwo \n three", "one two three"},
		{"{x}\n  {y}", "<x> <y>"},
	} {
		parts, err := parseDisplay(r.src, 1)
		if err != nil {
			t.Errorf("%q: %v", r.src, err)
		}
		got := ""
		for _, p := range parts {
			if p.Value != nil {
				got += "<" + p.Value.Expr + ">"
			} else {
				got += p.Text
			}
		}
		if got != r.want {
			t.Errorf("%q is %q, want %q", r.src, got, r.want)
		}
	}
	for _, bad := range []string{"{", "{}", "{ }", "{x"} {
		if _, err := parseDisplay(bad, 1); err == nil {
			t.Errorf("%q has no error", bad)
		}
	}
}

// What is wrong in a file is said with its line; what else is in it counts.
func TestProblems(t *testing.T) {
	const src = `<?xml version="1.0" encoding="windows-1252"?>
<AutoVisualizer xmlns="http://schemas.microsoft.com/vstudio/debugger/natvis/2010">
  <Type Name="A&lt;*" />
  <Type Name="B" Priority="Urgent">
    <DisplayString>{x</DisplayString>
    <Colour>red</Colour>
    <Expand>
      <ArrayItems><Size>1</Size></ArrayItems>
      <Else/>
      <CustomListItems><Else/><Loop><Break/></Loop></CustomListItems>
    </Expand>
  </Type>
  <Intrinsic Name="f"/>
  <UIVisualizer/>
  <Type Name="C"/>
</AutoVisualizer>`
	f, err := Parse("f", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range f.Problems {
		got = append(got, p.String())
	}
	want := []string{"line 3: the brackets of A<* do not match", `line 4: Priority "Urgent" is none`, "line 5: a { without a }", "line 6: <Colour> is not known inside of <Type>",
		"line 8: <ArrayItems> needs a <ValuePointer>", "line 9: <Else> is not known inside of <Expand>", "line 10: <Else> without an <If>", "line 13: <Intrinsic> needs a Name"}
	if len(got) != len(want) {
		t.Fatalf("problems: %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
	if len(f.Types) != 2 || f.Types[1].Names[0].String() != "C" || f.Types[1].Line != 15 {
		t.Errorf("types: %v", f.Types)
	}
	for bad, line := range map[string]int{
		"": 1, "text": 1, "<a/>": 1, "<AutoVisualizer>\n\n<Type></AutoVisualizer>": 3, "<AutoVisualizer>\n&x;</AutoVisualizer>": 2,
		"<AutoVisualizer>" + strings.Repeat("<a>", 100) + "</AutoVisualizer>": 1,
	} {
		_, err := Parse("f", []byte(bad))
		var e *Error
		if !errors.As(err, &e) || e.Line != line {
			t.Errorf("%.30q: %v, want line %d", bad, err, line)
		}
	}
	utf16 := []byte{0xff, 0xfe}
	for _, c := range []byte(`<?xml version="1.0" encoding="utf-16"?><AutoVisualizer><Type Name="W"/></AutoVisualizer>`) {
		utf16 = append(utf16, c, 0)
	}
	if f, err := Parse("f", utf16); err != nil || len(f.Types) != 1 {
		t.Errorf("UTF-16: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, path := range []string{"../../testdata/programs/natvis/shapes.natvis", "../../testdata/programs/natvis_rs/visual/types.natvis"} {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("<AutoVisualizer><Type Name='A&lt;*&gt;'><Expand><CustomListItems><Loop><If Condition='a'><Break/></If><Elseif/><Else/></Loop></CustomListItems></Expand></Type></AutoVisualizer>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Parse("f", b)
		if (err == nil) == (file == nil) {
			t.Fatal("neither a file nor an error")
		}
		if err != nil {
			return
		}
		for _, e := range file.Types {
			for i := range e.Names {
				n := ParseName(e.Names[i].String())
				e.Names[i].Match(&n)
			}
			if e.Expand == nil {
				continue
			}
			for _, n := range e.Expand.Nodes {
				if c, ok := n.(*Custom); ok {
					for i, op := range c.Code {
						if (op.Kind == OpJump || op.Kind == OpUnless) && (op.Target < 0 || op.Target > len(c.Code)) {
							t.Fatalf("operation %d goes to %d of %d", i, op.Target, len(c.Code))
						}
					}
				}
			}
		}
	})
}
