package dap

import (
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// TestNotes hears why a module shows no sources.
func TestNotes(t *testing.T) {
	c, _ := connect(t)
	c.InitializeRequest()
	expect[*dap.InitializeResponse](t, c, nil)
	c.LaunchRequestWithArgs(map[string]any{"program": absolute(t, "../testdata/programs/c_split/bin/names.wasm")})
	var out strings.Builder
	expect[*dap.LaunchResponse](t, c, &out)
	expect[*dap.InitializedEvent](t, c, &out)
	if want := "console: Note: no debug information: showing the module's own text"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("%q, want %q", &out, want)
	}
}

// TestDeclaredAhead sees which locals have no value yet.
func TestDeclaredAhead(t *testing.T) {
	c, _ := connect(t)
	file := absolute(t, "../testdata/programs/c_kinds/main.c")
	launch(t, c, map[string]any{"program": absolute(t, "../testdata/programs/c_kinds/c_kinds-O0.wasm")}, file, 86)
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	vs := variables(t, c, top(t, c).Id, "Locals")
	check(t, vs, "total", "6")
	if got := vs["r"].Value; !strings.HasSuffix(got, " (not initialised yet: declared at line 86)") {
		t.Errorf("r is %s", got)
	}
}

// TestDebugDirs finds a stripped module's debug information by its build id in a folder of the
// launch configuration, relative to cwd.
func TestDebugDirs(t *testing.T) {
	cwd := absolute(t, "../testdata/programs/cpp_split/id")
	for _, test := range []struct {
		dirs  []string
		lines bool
	}{{[]string{"debug"}, true}, {nil, false}} {
		c, _ := connect(t)
		c.InitializeRequest()
		expect[*dap.InitializeResponse](t, c, nil)
		c.LaunchRequestWithArgs(map[string]any{"program": "app.wasm", "cwd": cwd, "debugDirs": test.dirs})
		var out strings.Builder
		expect[*dap.LaunchResponse](t, c, &out)
		expect[*dap.InitializedEvent](t, c, &out)
		if got := !strings.Contains(out.String(), "no debug information"); got != test.lines {
			t.Errorf("debugDirs %q: %q", test.dirs, &out)
		}
	}
}
