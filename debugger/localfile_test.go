package debugger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLocalFile sets breakpoints as an editor does, by the whole path of a file of this machine. The module of c_callback has been compiled
// as /src/c_callback/main.c, without checksums, that of c_trap with them.
func TestLocalFile(t *testing.T) {
	type row struct {
		name   string
		module string
		maps   []PathMapping // in the folder of the row
		files  []string      // the source, or "text of mine" behind a =
		ask    string
		why    string // "": it is the program's
	}
	const callback, trap = "c_callback/c_callback-O0.wasm", "c_trap/c_trap-O0-dw5.wasm"
	for _, r := range []row{
		{"the folder is that of the program", callback, nil, []string{"c_callback/main.c=mine"}, "c_callback/main.c", ""},
		{"only the name is the same", callback, nil, []string{"deep/down/main.c"}, "deep/down/main.c", "has only its name in common with this file"},
		{"the same contents, says the checksum", trap, nil, []string{"deep/down/main.c"}, "deep/down/main.c", ""},
		{"other contents, says the checksum", trap, nil, []string{"deep/down/main.c=mine"}, "deep/down/main.c", "has only its name in common"},
		{"mapped", callback, []PathMapping{{"/src/c_callback", "deep/down"}}, []string{"deep/down/main.c"}, "deep/down/main.c", ""},
		{"mapped elsewhere", callback, []PathMapping{{"/src/c_callback", "deep/down"}}, []string{"deep/down/main.c", "x/c_callback/main.c=mine"}, "x/c_callback/main.c", "is another file: "},
		{"mapped, and here is a copy", callback, []PathMapping{{"/src/c_callback", "deep/down"}}, []string{"deep/down/main.c", "copy/main.c"}, "copy/main.c", ""},
		{"beside the module is another", callback, nil, []string{"main.c", "sub/main.c=mine"}, "sub/main.c", "is another file: "},
		{"beside the module", callback, nil, []string{"main.c", "sub/main.c=mine"}, "main.c", ""},
		{"a better one than beside the module", callback, nil, []string{"main.c=mine", "far/off/c_callback/main.c"}, "far/off/c_callback/main.c", ""},
		{"another system's, and not here", callback, nil, nil, `D:\work\c_callback\main.c`, ""},
		{"another system's, and not here, nor the program's", callback, nil, nil, `D:\work\other\main.c`, "has only its name in common"},
		{"mapped from here to another system", callback, []PathMapping{{"/src/c_callback", `D:\work\other`}}, nil, `D:\work\other\main.c`, ""},
		{"as the module has it", callback, nil, nil, "/src/c_callback/main.c", ""},
		{"through a link", callback, []PathMapping{{"/src/c_callback", "deep/down"}}, []string{"deep/down/main.c"}, "link/main.c", ""},
		{"of no name of the program's", callback, nil, []string{"nosuch.c=mine"}, "nosuch.c", "no source file "},
	} {
		dir := t.TempDir()
		copied := func(of, to string) {
			b, err := os.ReadFile(filepath.Join("../testdata/programs", of))
			if err == nil {
				err = os.WriteFile(to, b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink("deep/down", filepath.Join(dir, "link")); err != nil {
			t.Fatal(err)
		}
		copied(r.module, filepath.Join(dir, "app.wasm"))
		for _, f := range r.files {
			name, text, mine := strings.Cut(f, "=")
			name = filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if !mine {
				copied(filepath.Join(filepath.Dir(r.module), "main.c"), name)
			} else if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for i := range r.maps {
			if to := &r.maps[i].To; !isWholePath(*to) {
				*to = filepath.Join(dir, *to)
			}
		}
		ask := r.ask
		if !isWholePath(ask) {
			ask = filepath.Join(dir, ask)
		}
		s, _ := open(t, r.module, func(c *Config) { c.Program, c.SourceMap = filepath.Join(dir, "app.wasm"), r.maps })
		b, err := s.SetBreakpoint(BreakpointSpec{File: ask, Line: 12})
		if err != nil || b.Bound() != (r.why == "") || r.why != "" && !strings.Contains(b.Message, r.why) {
			t.Errorf("%s: bound %v: %s %v", r.name, b.Bound(), b.Message, err)
		}
		if got := len(s.Positions(ask, 1, 1000)) > 0; got != (r.why == "") {
			t.Errorf("%s: statements of %s: %v", r.name, ask, got)
		}
	}
}
