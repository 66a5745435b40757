package debugger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const natvisFile = "../testdata/programs/natvis/shapes.natvis"

// natvisRow is what a variable of testdata/programs/natvis shows by shapes.natvis.
type natvisRow struct {
	expr, want string
	lost       bool // clang gives no location at -O2
}

var natvisRows = []natvisRow{
	{"point", "(3, -4) {x = 3, y = -4, sum = -1}", false},
	{"sprite", "(5, 6) in layer 2", false},
	{"sprite.layer", "2", false},
	{"anchor", "(7, 8) {x = 7, y = 8, sum = 15}", false}, // by its base's entry
	{"text", `"hello" {[length] = 5, [all] = "hello, world", [bare] = hello}`, false},
	{"numbers", "{ 3 of 8, 12 bytes } {[room] = 8, 1, 4, 9}", false},
	{"numbers[2]", "9", false},
	{"points", "{ 2 of 2, 16 bytes } {[room] = 2, (1, 2), (3, 4)}", false},
	{"points[1].y", "4", false},
	{"bad", "{ 4000000000 of 4000000000, 4000000000 bytes } {[room] = 4000000000, <corrupt: length 4000000000 exceeds memory>}", false},
	{"list", "3 items {10, 20, 30}", true},
	{"list[2]", "30", true},
	{"around", "2 items {(2, 2), (1, 1)}", true}, // its end leads to its beginning
	{"map", `{1: "one", 2: "two", 3: "three"}`, true},
	{"map[3].length", "5", true},
	{"ptr", "to (3, -4) {x = 3, y = -4, sum = -1}", false},
	{"nothing", "null", false},
	{"table", "3 entries {1: 100, 5: 500, [6, large]: 600}", true},
	{"matrix", "2 by 3 {[1, 1]: 1, [1, 2]: 2, [1, 3]: 3, [2, 1]: 4, [2, 2]: 5, [2, 3]: 6}", true},
	{"ring", "{10, 20, 30, 40}", false},
	{"value", "list of 2: { 2 of 2, 48 bytes } {1.5, true}", false},
	{"word", `"abc" {[text] = "abc"}`, false},
	{"null", "null", true},
	{"color", "#ff8800 Linear {[channels] = 255, 136, 0, [linear] = true, [space] = 1, [half] = 8373248}", false},
	{"old", "old 7", false}, // by the second entry: the first one has an error
	{"hidden", "{secret = 42}", false},
	{"range", "1..9", false}, // by the typedef's name
	{"dates", "60 days, {rgb = 16, space = SRGB}, 65 'A', 0x3c, {60}", false},
	{"handle", "Kind::List list of 2: { 2 of 2, 48 bytes } {1.5, true}", false},
	{"packet", "packed 7 of 1, 2, 3 {[second] = 2}", false},
	{"made", "1 and 2}", false},
	{"nested", "3 and (3, 4)", true},
	{"cat", "9 lives, 4 legs", false},
	{"*animal", "9 lives, 4 legs", false},
}

// openNatvis stops in a program whose function stop has been called with all that is looked at.
func openNatvis(t *testing.T, program string, files ...string) *Session {
	t.Helper()
	s, _ := open(t, program, func(c *Config) { c.Natvis, c.WorkDir = files, t.TempDir() })
	mustBreak(t, s, BreakpointSpec{Function: "stop"})
	mustStop(t, s.Continue)
	return s
}

// shows checks what expressions in main show.
func shows(t *testing.T, s *Session, optimised bool, rows []natvisRow) {
	t.Helper()
	for _, r := range rows {
		if r.lost && optimised {
			continue
		}
		v, err := s.Eval(1, r.expr)
		if err != nil {
			t.Errorf("%s: %v", r.expr, err)
			continue
		}
		if got := v.String(); got != r.want {
			t.Errorf("%s shows %s, want %s", r.expr, got, r.want)
		}
	}
}

func TestNatvis(t *testing.T) {
	for _, level := range []string{"O0", "O2"} {
		t.Run(level, func(t *testing.T) {
			s := openNatvis(t, "natvis/natvis-"+level+".wasm", natvisFile)
			if notes := s.Notes(); len(notes) > 0 {
				t.Errorf("notes: %q", notes)
			}
			shows(t, s, level == "O2", natvisRows)

			// Children have names, and those that have a place can be assigned to.
			v, err := s.Eval(1, "point")
			if err != nil {
				t.Fatal(err)
			}
			var names, evals []string
			for _, c := range v.Children(0, -1) {
				names, evals = append(names, c.Name), append(evals, c.EvalName)
			}
			if got := strings.Join(names, " ") + ": " + strings.Join(evals, " "); got != "x y sum: point.x point.y " {
				t.Errorf("children of point: %s", got)
			}
			if raw := v.Raw(); raw == nil || raw.String() != "{x = 3, y = -4}" {
				t.Errorf("the raw view of point: %v", raw)
			}
			if ring, err := s.Eval(1, "ring"); err != nil || ring.Raw() != nil {
				t.Errorf("ring hides its raw view, but %v, %v", ring.Raw(), err)
			}

			// What is wrong in an entry is said.
			wrong := map[string]string{}
			for _, u := range s.Natvis().Uses {
				if u.Err != nil {
					wrong[u.Type] = u.Err.Error()
				}
			}
			if len(wrong) != 2 || !strings.Contains(wrong["Old"], "line 157: Old has no member valeu") || !strings.Contains(wrong["Hidden"], "no member nothing") {
				t.Errorf("errors: %q", wrong)
			}

			// Without the file all is plain.
			if n := s.UnloadNatvis("shapes.natvis"); n != 1 {
				t.Errorf("unloaded %d files", n)
			}
			shows(t, s, level == "O2", []natvisRow{{"point", "{x = 3, y = -4}", false}, {"numbers.count", "3", false}})
			if _, err := s.LoadNatvis(natvisFile); err != nil {
				t.Fatal(err)
			}
			shows(t, s, level == "O2", []natvisRow{{"range", "1..9", false}})
		})
	}
}

// TestNatvisRust finds the file that the source names by an attribute.
func TestNatvisRust(t *testing.T) {
	for _, level := range []string{"debug", "release"} {
		t.Run(level, func(t *testing.T) {
			s := openNatvis(t, "natvis_rs/natvis_rs-"+level+".wasm")
			shows(t, s, level == "release", []natvisRow{
				{"rect", "(1.0,2.5) + (10.0,20.0) { [lower left]: (1.0, 2.5), [upper right]: (11.0, 22.5) }", false},
				{"meters", "1 km 500 m", false},
				{"stack", "3 deep [9, 8, 7]", false},
				{"stack[1]", "8", false},
				{"tree", `{1: "one", 2: "two", 3: "three"}`, false},
				{"slab", "3 used, 2 free [5, 6, 7]", false},
				{"job", "job Run { speed: 80 }", false},
				{"idle", "job Idle", false},
				{"wait", "job Wait(12)", false},
				{"handle", "job Run { speed: 80 }", false},
				{"pair", `3 is called "three"`, false},
				{"broken", "Broken { id: 9 }", false},
				{"rect.dx", "10.0", false},
			})
		})
	}
}

// TestNatvisFound takes the files of a folder .sphex, and the one beside the program.
func TestNatvisFound(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	entry := func(name, text string) string {
		return `<AutoVisualizer><Type Name="` + name + `"><DisplayString>` + text + `</DisplayString></Type></AutoVisualizer>`
	}
	module, err := os.ReadFile("../testdata/programs/natvis/natvis-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	write("app.wasm", string(module))
	write("app.natvis", entry("shapes::Point", "beside")+"<!-- -->")
	write("work/.sphex/a.natvis", entry("shapes::Point", "workspace {x}"))
	write("work/.sphex/b.natvis", "<AutoVisualizer>\n<Type Name='x'>\n</AutoVisualizer>")
	s, _ := open(t, "natvis/natvis-O0.wasm", func(c *Config) {
		c.Program, c.WorkDir = filepath.Join(dir, "app.wasm"), filepath.Join(dir, "work")
	})
	mustBreak(t, s, BreakpointSpec{Function: "stop"})
	mustStop(t, s.Continue)
	shows(t, s, false, []natvisRow{{"point", "workspace 3", false}})
	if n := s.UnloadNatvis("a.natvis"); n != 1 {
		t.Errorf("unloaded %d files", n)
	}
	shows(t, s, false, []natvisRow{{"point", "beside", false}})
	if notes := s.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "b.natvis:3: ") {
		t.Errorf("notes %q", notes)
	}
	if _, err := s.LoadNatvis(filepath.Join(dir, "none.natvis")); err == nil {
		t.Error("a file that is not there was loaded")
	}
}

// TestNatvisNodes shows nodes of a list by an entry of their own.
func TestNatvisNodes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nodes.natvis")
	const src = `<AutoVisualizer>
<Type Name="shapes::Table"><Expand><LinkedListItems><HeadPointer>slots[1]</HeadPointer><NextPointer>next</NextPointer><ValueNode>VALUE</ValueNode></LinkedListItems></Expand></Type>
<Type Name="shapes::Table::Entry"><DisplayString>{key} is {value}</DisplayString></Type>
</AutoVisualizer>`
	for _, value := range []string{"this", "*this"} {
		if err := os.WriteFile(path, []byte(strings.Replace(src, "VALUE", value, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		s := openNatvis(t, "natvis/natvis-O0.wasm", path)
		v, err := s.Eval(1, "table")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.String(); strings.Count(got, " is ") != 2 || !strings.Contains(got, "1 is 100") || !strings.Contains(got, "5 is 500") {
			t.Errorf("%s: %s", value, got)
		}
	}
}

// TestNatvisHostile shows values by entries that have no end.
func TestNatvisHostile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hostile.natvis")
	const src = `<AutoVisualizer>
<Type Name="shapes::Point"><DisplayString>{*this,view(a)}{*this,view(b)}{this,view(c)}</DisplayString></Type>
<Type Name="shapes::Loop"><DisplayString>{next}{next}</DisplayString>
  <Expand><LinkedListItems><HeadPointer>next</HeadPointer><NextPointer>next</NextPointer><ValueNode>this</ValueNode></LinkedListItems></Expand></Type>
<Type Name="shapes::Old"><Intrinsic Name="f" Expression="f() + f()"/><DisplayString>{f()}</DisplayString></Type>
<Type Name="shapes::Ring"><Expand><CustomListItems><Variable Name="i" InitialValue="0"/><Loop><Exec>i++</Exec></Loop></CustomListItems></Expand></Type>
<Type Name="shapes::Table"><Expand><CustomListItems><Loop><Item>1</Item></Loop></CustomListItems></Expand></Type>
<Type Name="shapes::Map&lt;*&gt;"><Expand><TreeItems><HeadPointer>root</HeadPointer><LeftPointer>this</LeftPointer><RightPointer>right</RightPointer><ValueNode>key</ValueNode></TreeItems></Expand></Type>
<Type Name="shapes::Matrix&lt;*&gt;"><Expand><ArrayItems><Rank>9</Rank><Size>1000</Size><ValuePointer>cells</ValuePointer></ArrayItems></Expand></Type>
<Type Name="shapes::Text"><Expand><IndexListItems><Size>4000000000</Size><ValueNode>$i</ValueNode></IndexListItems></Expand></Type>
<Type Name="shapes::Handle"><Expand><ExpandedItem>*this,view(x)</ExpandedItem></Expand></Type>
<Type Name="shapes::Color"><DisplayString>{1/0} {*(int*)0} {*(shapes::Point*)4294967295} {strlen((char*)8)}</DisplayString></Type>
</AutoVisualizer>`
	if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	s := openNatvis(t, "natvis/natvis-O0.wasm", path)
	for _, r := range []struct{ expr, part string }{
		{"point", "…"},
		{"loop", "0x"},
		{"old", "{value = 7}"},
		{"ring", "steps"},
		{"table", "1, 1, 1"},
		{"map", "leads back to itself"},
		{"matrix", "Rank"},
		{"text", "0, 1, 2, 3"},
		{"handle", "{"},
		{"color", "by zero"},
	} {
		v, err := s.Eval(1, r.expr)
		if err != nil {
			t.Fatal(err)
		}
		got := v.String()
		if !strings.Contains(got, r.part) || len(got) > 6000 {
			t.Errorf("%s shows %.300s (%d bytes), want %q in it", r.expr, got, len(got), r.part)
		}
		v.Children(0, 50)
	}
}
