package debugger

import (
	"fmt"
	"strings"
	"testing"
)

// TestTwinFiles holds what a line means that two of the program's files of one name have.
func TestTwinFiles(t *testing.T) {
	s, _ := open(t, "c_twins/c_twins-O0.wasm", nil)
	for _, row := range []struct {
		file    string
		line    int
		places  string // "": it is not bound
		message string
	}{
		{"util.c", 4, "left/util.c:4 right/util.c:4", "util.c means left/util.c and right/util.c; more of the path chooses one"},
		{"left/util.c", 4, "util.c:4", ""},
		{"right/util.c", 4, "util.c:4", ""},
		{"right/util.c", 3, "util.c:4", "no code at util.c:3; moved to line 4"},
		{"util.c", 2, "util.c:2", "util.c has no code at line 2 in other files of that name"},
		{"util.c", 9, "util.c:9", "util.c has no code at line 9 in other files of that name"},
		{"util.c", 3, "left/util.c:4 right/util.c:4", "no code at util.c:3; moved to the next line that has some. util.c means left/util.c and right/util.c; more of the path chooses one"},
		{"util.c", 40, "", "no code at or behind /src/c_twins/right/util.c:40 (the last line with code is 7)"},
		{"middle/util.c", 4, "", "no source file middle/util.c"},
	} {
		b, err := s.SetBreakpoint(BreakpointSpec{File: row.file, Line: row.line})
		if err != nil {
			t.Fatal(err)
		}
		var places []string
		for n := range b.Places {
			places = append(places, fmt.Sprintf("%s:%d", b.FileOf(n), b.Places[n].Line))
		}
		if got := strings.Join(places, " "); got != row.places || !strings.HasPrefix(b.Message, row.message) || row.message == "" && b.Message != "" {
			t.Errorf("%s:%d: %s, %q", row.file, row.line, got, b.Message)
		}
		s.RemoveBreakpoint(b.ID)
	}
	s.SetBreakpoint(BreakpointSpec{File: "util.c", Line: 4})
	for _, want := range []string{"/src/c_twins/left/util.c", "/src/c_twins/right/util.c"} {
		if stop := mustStop(t, s.Continue); stop.Exited() || stop.Frame.File != want || stop.Frame.Line != 4 {
			t.Errorf("%v, want a stop in %s", stop, want)
		}
	}
}
