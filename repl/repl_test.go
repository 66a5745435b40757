package repl

import (
	"bytes"
	"testing"

	"sphex/debugger"
)

// What is ours begins on a line of its own.
func TestGuestOutput(t *testing.T) {
	var b bytes.Buffer
	g := &GuestOutput{W: &b}
	g.freshLine()
	g.Write([]byte("half"))
	g.freshLine()
	g.freshLine()
	g.Write([]byte("a line\n"))
	g.freshLine()
	g.Write([]byte("name? "))
	g.typed() // the user has ended the line
	g.freshLine()
	g.Write([]byte("more"))
	g.Event(&debugger.LogOutput{Text: "i is 3", Frame: &debugger.Frame{File: "/src/main.c", Line: 7}})
	g.Event(&debugger.BreakpointChanged{})
	g.freshLine() // messages of log points wait for others, or for anything else
	if want := "half\na line\nname? more\nmain.c:7: i is 3\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
