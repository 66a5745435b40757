package conformance

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"

	"sphex/aot/wasm"
)

// suiteDir finds a suite in the module cache.
func suiteDir(t *testing.T, suite string) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("cannot find the module github.com/tetratelabs/wazero: %v", err)
	}
	return filepath.Join(dir, "internal", "integration_test", "spectest", suite, "testdata")
}

// tally counts a suite's commands.
type tally struct {
	sync.Mutex
	passed, failed, excepted, text, skipped int
}

func TestSuites(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("guest code runs on linux/amd64 only")
	}
	for _, suite := range []string{"v1", "v2", "exception-handling", "tail-call", "extended-const", "threads", "typed-function-references", Core} {
		t.Run(suite, func(t *testing.T) {
			files := openSuite(t, suite)
			var sum tally
			t.Run("scripts", func(t *testing.T) {
				for _, file := range scripts(t, files) {
					name := strings.TrimSuffix(file, ".json")
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						runScript(t, suite+"/"+name, files, file, &sum)
					})
				}
			})
			t.Logf("%s: %d commands passed, %d failed, %d exceptions, %d for the text format, %d for want of garbage collection",
				suite, sum.passed, sum.failed, sum.excepted, sum.text, sum.skipped)
		})
	}
}

func runScript(t *testing.T, name string, files fs.FS, file string, sum *tally) {
	commands, err := readScript(files, file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newScript(files, path.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var n tally
	wanted, listed := garbage[name]
	collected := false // a module was refused for its garbage-collected types
	for i := range commands {
		c := &commands[i]
		key := fmt.Sprintf("%s:%d", name, c.Line)
		err := s.run(c)
		reason, excepted := exceptions[key]
		var e *wasm.Error
		collected = collected || errors.As(err, &e) && e.Feature == wasm.FeatureGC
		switch {
		case errors.Is(err, errSkipped):
			n.text++
		case listed && collected && err != nil:
			n.skipped++
		case excepted && err != nil:
			n.excepted++
		case excepted:
			t.Errorf("%s holds now; it is listed: %s", key, reason)
		case err != nil:
			n.failed++
			if n.failed <= 10 {
				t.Errorf("%s: %s %s %s: %v", key, c.Type, c.Filename, c.Action.Field, err)
			}
		default:
			n.passed++
		}
	}
	if n.skipped != wanted {
		t.Errorf("%d commands do not hold for want of garbage collection, %d are listed", n.skipped, wanted)
	}
	sum.Lock()
	defer sum.Unlock()
	sum.passed += n.passed
	sum.failed += n.failed
	sum.excepted += n.excepted
	sum.text += n.text
	sum.skipped += n.skipped
}
