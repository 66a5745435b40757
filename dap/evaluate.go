package dap

import (
	"errors"
	"fmt"
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
	n := s.selected(a.FrameId)
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
	expression, f, err := s.asked(a)
	if err != nil {
		return nil, nil, err
	}
	v, err := eval(n, expression)
	if err != nil {
		return nil, nil, err
	}
	if v.Unreadable != nil && a.Context == "hover" {
		return nil, nil, v.Unreadable
	}
	body := &evaluateBody{Result: v.Format(f), valueBody: s.describe(v, n)}
	body.PresentationHint = hint(v)
	var after func()
	if a.Context == "repl" && strings.ContainsAny(expression, "=(") { // it may have changed something
		after = s.invalidate
	}
	return body, after, nil
}

// asked takes apart what is to be evaluated. As in CodeLLDB and in gdb's console, a format may stand behind a
// comma: mask,x.
func (s *server) asked(a *dap.EvaluateArguments) (expression string, f value.Format, err error) {
	f = s.format(a.Format)
	if a.Context == "clipboard" {
		f.MaxString, f.MaxItems, f.MaxDepth, f.MaxText = 1<<20, 1<<16, 32, 4<<20
	}
	expression = strings.TrimSpace(a.Expression)
	if at := strings.LastIndexByte(expression, ','); at > 0 && a.Context != "repl" {
		if base, ok := map[string]value.Base{"x": value.Hexadecimal, "h": value.Hexadecimal, "d": value.Decimal, "o": value.Octal, "b": value.Binary}[strings.TrimSpace(expression[at+1:])]; ok {
			expression, f.Base = strings.TrimSpace(expression[:at]), base
		} else if strings.TrimSpace(expression[at+1:]) == "raw" {
			expression, f.Plain = strings.TrimSpace(expression[:at]), true
		}
	}
	return expression, f, nil
}

// isCommand tells whether what was typed in the console is one of the terminal's commands. A
// variable of the same name wins when it stands alone: its user sees it and means it.
func (s *server) isCommand(n int, text string) bool {
	text = strings.TrimSpace(text)
	s.consoleMu.Lock()
	defining, known := s.interp.Defining(), s.interp.Knows(text)
	s.consoleMu.Unlock()
	if defining || text == "" && s.terminal.on { // an empty line repeats
		return true
	}
	if !known {
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
	printed, start, err := s.execute(n, text)
	body := &evaluateBody{Result: strings.TrimRight(printed, "\n"), Prompt: s.prompt(), Unpaged: s.unpaged()}
	if errors.Is(err, command.ErrQuit) {
		return body, s.quit, nil
	}
	if err != nil && printed != "" { // part of it was done
		err = fmt.Errorf("%s\n%w", strings.TrimRight(printed, "\n"), err)
	}
	if err != nil {
		return nil, start, err
	}
	return body, start, nil
}

// execute runs a command in a frame. start is what is to be done when its answer has been given: it may let the
// program run, and tell the client what has become of breakpoints and values.
func (s *server) execute(n int, text string) (printed string, start func(), err error) {
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	before, stop := s.session.Breakpoints(), s.session.LastStop()
	s.interp.Level, s.start = n, nil
	s.dress()
	err = s.interp.Execute(text)
	run := s.start
	s.start = nil
	return s.console.take(), func() {
		s.tellBreakpoints(before)
		if run != nil {
			run()
			return
		}
		if _, running := s.isRunning(); running || s.session.State() != debugger.Stopped {
			return
		}
		if now := s.session.LastStop(); now != stop && now != nil { // a jump, or an early return
			s.handles.reset()
			s.movedTo("goto")
			return
		}
		if strings.ContainsAny(text, "=(") { // it may have set something
			s.invalidate()
		}
	}, err
}

// runCommands runs commands of the configuration and shows what they print. resumed tells that one has let the
// program run; those behind it are left out.
func (s *server) runCommands(list []string) (resumed bool) {
	for _, c := range list {
		printed, start, err := s.execute(0, c)
		text := "(sphex) " + c + "\n" + printed
		if err != nil && !errors.Is(err, command.ErrQuit) {
			text += err.Error() + "\n"
		}
		s.w.event("output", &dap.OutputEventBody{Category: "console", Output: text})
		_, before := s.isRunning()
		start()
		if _, running := s.isRunning(); running && !before {
			return true
		}
		if errors.Is(err, command.ErrQuit) {
			s.runs.Add(1)
			go func() {
				defer s.runs.Done()
				s.quit()
			}()
			return true
		}
	}
	return false
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
	_, start, err := s.resume(s.thread(0), false, nil, f)
	if err != nil {
		return nil, err
	}
	s.start = func() {
		s.w.event("continued", &dap.ContinuedEventBody{ThreadId: s.thread(0), AllThreadsContinued: !s.standing(false)})
		start()
	}
	return nil, nil
}

// completions completes commands and expressions in the console, and expressions where the client asks for
// those of conditions.
func (s *server) completions(a *dap.CompletionsArguments) (any, error) {
	if _, err := s.need(); err != nil {
		return nil, err
	}
	// Columns count UTF-16 units, from the client's base; lines are those of the text.
	text := a.Text
	if a.Line > 0 {
		lines := strings.Split(text, "\n")
		text = lines[min(max(s.fromLine(a.Line)-1, 0), len(lines)-1)]
	}
	units := utf16.Encode([]rune(text))
	at := min(max(a.Column-s.client.columnBase, 0), len(units))
	line := string(utf16.Decode(units[:at]))
	body := &completionsBody{Targets: []completionItem{}}
	seen := map[string]bool{}
	add := func(words []string, start int, kind dap.CompletionItemType, order string) {
		start = min(max(start, 0), len(line))
		from := len(utf16.Encode([]rune(line[:start])))
		for _, w := range words {
			if len(body.Targets) == mostCompletions {
				return
			}
			if seen[w] {
				continue
			}
			seen[w] = true
			item := completionItem{CompletionItem: dap.CompletionItem{Label: w, Text: w, SortText: order + w, Type: kind, Length: at - from}, Start: from}
			if cut := lastPart(w); cut > 0 && strings.HasPrefix(line[start:], w[:cut]) { // clients compare the label with what is replaced
				typed := len(utf16.Encode([]rune(w[:cut])))
				item.Label, item.Text = w[cut:], w[cut:]
				item.Start, item.Length = item.Start+typed, item.Length-typed
				if kind == "variable" {
					item.Type = "field"
				}
			}
			body.Targets = append(body.Targets, item)
		}
	}
	n := s.selected(a.FrameId)
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	s.interp.Level = n
	// What is no command is an expression.
	const print = "print "
	indent := len(line) - len(strings.TrimLeft(line, " "))
	name, _, isCommand := strings.Cut(line[indent:], " ")
	if isCommand = isCommand && command.IsCommand(name); !isCommand {
		words, start := s.interp.Complete(print + line[indent:])
		add(words, start-len(print)+indent, "variable", "1")
	}
	words, start := s.interp.Complete(line)
	kind := dap.CompletionItemType("keyword")
	if isCommand {
		kind = "text"
		if cmd, err := command.Find(strings.SplitN(name, "/", 2)[0]); err == nil && cmd.Group == command.Data {
			kind = "variable"
		}
	}
	add(words, start, kind, "2")
	return body, nil
}

// completionItem is go-dap's with a start that is told when it is 0: absent, it would be the column.
type completionItem struct {
	dap.CompletionItem
	Start int `json:"start"`
}

type completionsBody struct {
	Targets []completionItem `json:"targets"`
}

// mostCompletions is how many the client is given.
const mostCompletions = 200

// lastPart is where the last part of a path like a.b, a->b or a::b begins.
func lastPart(path string) int {
	cut := 0
	for _, sep := range []string{".", "->", "::"} {
		if i := strings.LastIndex(path, sep); i >= 0 {
			cut = max(cut, i+len(sep))
		}
	}
	return cut
}
