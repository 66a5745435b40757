package dap

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// outputWriter sends what the program writes as output events. A character that is not yet
// complete waits for its rest.
type outputWriter struct {
	w        *writer
	category string
	rest     []byte
}

// Write implements io.Writer. The program writes from one goroutine.
func (o *outputWriter) Write(p []byte) (int, error) {
	text := append(o.rest, p...)
	cut := len(text)
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if c := text[len(text)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(text[len(text)-back:]) {
				cut = len(text) - back
			}
			break
		}
	}
	o.rest = append([]byte(nil), text[cut:]...)
	if cut > 0 {
		o.w.event("output", &dap.OutputEventBody{Category: o.category, Output: string(text[:cut])})
	}
	return len(p), nil
}

// flush sends what still waits for its rest.
func (o *outputWriter) flush() {
	if len(o.rest) > 0 {
		o.w.event("output", &dap.OutputEventBody{Category: o.category, Output: string(o.rest)})
		o.rest = nil
	}
}

// outputTrap shows where the program trapped, as the run command does.
func (s *server) outputTrap(trap *debugger.Reason) {
	var b strings.Builder
	fmt.Fprintf(&b, "the program trapped: %s\n", trap.Text)
	if err := s.session.WriteTrapBacktrace(&b, trapFrames); err != nil {
		fmt.Fprintf(&b, "no backtrace: %v\n", err)
	}
	s.w.event("output", &dap.OutputEventBody{Category: "stderr", Output: s.paint(red, b.String())})
}

// Colours of our own words, for clients that know the escape codes.
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
)

// paint colours the first line of a text.
func (s *server) paint(colour, text string) string {
	if !s.client.ansi {
		return text
	}
	first, rest, more := strings.Cut(text, "\n")
	if text = colour + first + "\x1b[0m"; more {
		text += "\n" + rest
	}
	return text
}

// outputNote tells something that the user should know.
func (s *server) outputNote(text string) {
	s.w.event("output", &dap.OutputEventBody{Category: "console", Output: s.paint(yellow, "Note: "+text) + "\n"})
}

// trapFrames is how many frames of a trap's stack are written from its top.
const trapFrames = 50

// outputError shows an error of ours in the console.
func (s *server) outputError(text string) {
	s.w.event("output", &dap.OutputEventBody{Category: "important", Output: text + "\n"})
}

// consoleWriter collects what a command of the console prints.
type consoleWriter struct{ buf bytes.Buffer }

func (c *consoleWriter) Write(p []byte) (int, error) { return c.buf.Write(p) }

// take returns what was printed and forgets it.
func (c *consoleWriter) take() string {
	s := c.buf.String()
	c.buf.Reset()
	return s
}
