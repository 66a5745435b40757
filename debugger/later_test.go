package debugger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
)

// compileLater compiles a program whose debug information is translated unit by unit when it is asked
// for.
func compileLater(module []byte, c *aot.Companions) (*object.File, error) {
	f, err := aot.Compile(module, aot.Options{Companions: c, Text: debuginfo.TextFills, LaterFrom: 1})
	if err != nil {
		return nil, err
	}
	if l, ok := f.Later.(*debuginfo.Later); ok {
		l.Part = 1
	}
	return f, nil
}

// TestGoldenSessionsLater plays the golden sessions with debug information that is not there at their
// beginning.
func TestGoldenSessionsLater(t *testing.T) {
	files, err := filepath.Glob("testdata/*.session")
	if err != nil || len(files) == 0 {
		t.Fatal("no sessions", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".session"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playSession(t, string(want), func(c *Config) { c.Compile = compileLater })
			w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
			for i := range w {
				if i >= len(g) || w[i] != g[i] {
					t.Fatalf("line %d:\n got %s\nwant %s", i+1, at(g, i), w[i])
				}
			}
		})
	}
}
