package debugger

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSourcePath(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) string {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("one\r\ntwo\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	beside := write("build/src/main.c")
	mapped := write("checkout/lib/a.c")
	nested := write("build/include/vec.h")
	rooted := write("root/std/io/mod.rs")
	write("build/mod.rs")        // a shorter suffix than the root's
	above := write("lib/list.c") // of the project that has the folder build
	write("c.c")
	f := newSourceFinder(&Config{
		Program:     filepath.Join(dir, "build", "app.wasm"),
		SourceMap:   []PathMapping{{"/src", "/nowhere"}, {"/src/lib/", filepath.Join(dir, "checkout", "lib") + "/"}},
		SourceRoots: []string{filepath.Join(dir, "root")},
	})
	for _, test := range []struct{ file, want string }{
		{beside, beside},                              // as it is
		{"/src/lib/a.c", mapped},                      // the longest mapping wins
		{"/home/me/src/main.c", beside},               // by its end beside the program
		{`C:\work\include\vec.h`, nested},             // from another system
		{"/rustc/1234/library/std/io/mod.rs", rooted}, // the longer end wins over the program's folder
		{"../../include/vec.h", nested},               // relative
		{"/ci/project/lib/list.c", above},             // above the program
		{"/ci/project/c.c", ""},                       // not there by its mere name
		{"/src/lib/b.c", ""},                          // not there
		{"/library/../../../../../etc/hostname", ""},  // not by climbing out
		{"", ""},
	} {
		if got, _ := f.find(test.file); got != test.want {
			t.Errorf("%s: %q, want %q", test.file, got, test.want)
		}
	}
	if lines, err := f.read(beside); err != nil || len(lines) != 2 || lines[0] != "one" || lines[1] != "two" {
		t.Errorf("%q, %v", lines, err)
	}
	if _, err := f.read("/src/lib/b.c"); err == nil {
		t.Error("a file that is not there was read")
	}
}

// Without any source at hand, steps still go by lines, and still run through libraries.
func TestStepWithoutSources(t *testing.T) {
	dir := t.TempDir()
	module, err := os.ReadFile("../testdata/programs/orders/orders.wasm")
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(dir, "orders.wasm")
	if err := os.WriteFile(alone, module, 0o644); err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, "orders/orders.wasm", func(c *Config) { c.Program = alone })
	if b, err := s.SetBreakpoint(BreakpointSpec{File: "main.rs", Line: 38}); err != nil || !b.Bound() {
		t.Fatalf("%+v, %v", b, err)
	}
	if _, err := s.Continue(); err != nil {
		t.Fatal(err)
	}
	stop, err := s.StepIn() // String's Deref comes first, in the standard library
	if err != nil {
		t.Fatal(err)
	}
	if f := stop.Frame; f.Function != "main::price" || f.Line != 28 {
		t.Errorf("step went to %s", f)
	}
	if _, ok := s.SourcePath(stop.Frame.File); ok {
		t.Errorf("%s was found", stop.Frame.File)
	}
}
