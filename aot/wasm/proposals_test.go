package wasm_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sphex/aot/wasm"
)

// TestProposals runs the suites of features that are not supported: their modules are
// accepted when they do not use the feature, and refused by name when they do.
func TestProposals(t *testing.T) {
	base := filepath.Dir(filepath.Dir(specDir(t, "v1")))
	for _, suite := range []string{"typed-function-references"} {
		files, err := filepath.Glob(filepath.Join(base, suite, "testdata", "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no tests: %v", suite, err)
		}
		refused := 0
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s struct {
				Commands []struct {
					Type, Filename, Text string
					ModuleType           string `json:"module_type"`
				}
			}
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatal(err)
			}
			for _, c := range s.Commands {
				if c.Filename == "" || c.ModuleType == "text" {
					continue
				}
				b, err := os.ReadFile(filepath.Join(filepath.Dir(file), c.Filename))
				if err != nil {
					t.Fatal(err)
				}
				_, err = load(b)
				var e *wasm.Error
				named := errors.As(err, &e) && e.Feature != wasm.FeatureMVP
				switch wrong := c.Type == "assert_invalid" || c.Type == "assert_malformed"; {
				case wrong && err == nil:
					t.Errorf("%s/%s: accepted, but it is wrong: %s", suite, c.Filename, c.Text)
				case !wrong && named:
					refused++
				case !wrong && err != nil:
					t.Errorf("%s/%s: %v", suite, c.Filename, err)
				}
			}
		}
		if refused == 0 {
			t.Errorf("%s: all modules are accepted; the suite belongs to TestSpec now", suite)
		}
	}
}
