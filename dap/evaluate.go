package dap

import (
	"errors"
	"strings"
	"unicode/utf16"

	"github.com/google/go-dap"

	"sphex/debugger"
	"sphex/debugger/command"
	"sphex/debugger/value"
)

func (s *server) evaluate(a *dap.EvaluateArguments) (any, func(), error) {
	if _, err := s.need(); err != nil {
		return nil, nil, err
	}
	n := level(a.FrameId)
	if a.Context == "repl" && s.isCommand(n, a.Expression) {
		return s.runCommand(n, a.Expression)
	}
	session, err := s.needStopped()
	if err != nil {
		return nil, nil, err
	}
	eval := session.Eval
	if a.Context == "hover" { // to point at something changes nothing
		eval = session.EvalPure
	}
	v, err := eval(n, a.Expression)
	if err != nil {
		return nil, nil, err
	}
	if v.Unreadable != nil && a.Context == "hover" {
		return nil, nil, v.Unreadable
	}
	f := format(a.Format)
	if a.Context == "clipboard" {
		f.MaxString, f.MaxItems, f.MaxDepth, f.MaxText = 1<<20, 1<<16, 32, 4<<20
	}
	body := &dap.EvaluateResponseBody{Result: v.Format(f), Type: s.typeName(v)}
	body.VariablesReference, body.NamedVariables, body.IndexedVariables = s.reference(v, n)
	return body, nil, nil
}

// isCommand tells whether what was typed in the console is one of the terminal's commands. A
// variable of the same name wins when it stands alone: its user sees it and means it.
func (s *server) isCommand(n int, text string) bool {
	text = strings.TrimSpace(text)
	if s.interp.Defining() {
		return true
	}
	if !command.IsCommand(text) {
		return false
	}
	if strings.ContainsRune(text, ' ') {
		return true
	}
	v, err := s.session.EvalPure(n, text)
	return err != nil || v.Kind() == value.KindFunc // C's exit is no variable
}

// runCommand runs a command of the terminal and answers with what it printed.
func (s *server) runCommand(n int, text string) (any, func(), error) {
	s.interp.Level, s.start = n, nil
	err := s.interp.Execute(text)
	start := s.start
	s.start = nil
	body := &dap.EvaluateResponseBody{Result: strings.TrimRight(s.console.take(), "\n")}
	if errors.Is(err, command.ErrQuit) {
		return body, s.quit, nil
	}
	if err != nil {
		return nil, start, err
	}
	return body, start, nil
}

// quit ends the program for the console's exit command.
func (s *server) quit() {
	s.end(endTells)
	s.tellEnd(nil)
}

// resumeFromConsole lets the program run for a command of the console, once that is answered:
// the client hears of the stop by an event, which must not come before the answer.
func (s *server) resumeFromConsole(f func() (*debugger.Stop, error)) (*debugger.Stop, error) {
	if s.start != nil {
		return nil, debugger.ErrRunning
	}
	_, start, err := s.resume(threadID, nil, f)
	if err != nil {
		return nil, err
	}
	s.start = func() {
		s.w.event("continued", &dap.ContinuedEventBody{ThreadId: threadID, AllThreadsContinued: true})
		start()
	}
	return nil, nil
}

// completions completes commands and expressions in the console.
func (s *server) completions(a *dap.CompletionsArguments) (any, error) {
	if _, err := s.need(); err != nil {
		return nil, err
	}
	s.interp.Level = level(a.FrameId)
	// Columns count UTF-16 units, from the client's base.
	units := utf16.Encode([]rune(a.Text))
	at := min(max(a.Column-s.client.columnBase, 0), len(units))
	line := string(utf16.Decode(units[:at]))
	body := &dap.CompletionsResponseBody{Targets: []dap.CompletionItem{}}
	words, start := s.interp.Complete(line)
	start = min(max(start, 0), len(line))
	from := len(utf16.Encode([]rune(line[:start])))
	for i, w := range words {
		if i == 200 {
			break
		}
		body.Targets = append(body.Targets, dap.CompletionItem{Label: w, Text: w, Start: from, Length: at - from})
	}
	return body, nil
}
