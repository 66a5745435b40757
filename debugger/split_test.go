package debugger

import (
	"os"
	"strings"
	"testing"
)

// TestSplitSessions plays a session with a program whose debug information is in files of its
// own: what a person sees is the same as when it is in the module.
func TestSplitSessions(t *testing.T) {
	for session, programs := range map[string][]string{
		"cpp_split": {
			"O0-dw4/plain", "O0-dw4/split", "O0-dw4/packed/split", "O0-dw5/split", "O0-dw5/packed/split",
			"single/split", "external/app", "id/app", "emscripten/plain", "emscripten/app",
		},
		"cpp_split_optimised": {"O1-dw4/plain", "O1-dw4/split", "O1-dw4/packed/split", "O1-dw5/split", "O1-dw5/packed/split"},
	} {
		golden, err := os.ReadFile("testdata/" + session + ".session")
		if err != nil {
			t.Fatal(err)
		}
		_, want, _ := strings.Cut(string(golden), "\n")
		for _, p := range programs {
			text := playSession(t, "cpp_split/"+p+".wasm\n"+want, func(c *Config) {
				c.DebugDirs = []string{"../testdata/programs/cpp_split/id/debug"}
			})
			if _, got, _ := strings.Cut(text, "\n"); got != want {
				t.Errorf("%s:\n%s\nwithout splitting:\n%s", p, got, want)
			}
		}
	}
}
