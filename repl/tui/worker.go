package tui

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"sphex/debugger"
	"sphex/debugger/command"
	"sphex/debugger/value"
)

// worker owns the interpreter while the view is open.
type worker struct {
	cfg   Config
	view  *view
	tasks chan func(*worker)
	done  chan struct{}

	expanded   map[string]bool   // variables whose members are shown, by path
	values     map[string]string // by path, as they were shown at the stop before
	valuesNow  map[string]string
	valuesFor  string // the function whose they are
	stops      *debugger.Stop
	listedFile string // what list has shown last
	listedLine int
	left, quit bool
}

func newWorker(cfg Config, v *view) *worker {
	w := &worker{cfg: cfg, view: v, tasks: make(chan func(*worker), 64), done: make(chan struct{}), expanded: map[string]bool{}}
	go func() {
		defer close(w.done)
		for f := range w.tasks {
			f(w)
			s := w.snapshot()
			v.post(func() { v.received(s) })
		}
	}()
	return w
}

// ask has the worker do something, and a snapshot taken behind it. It tells whether there was room in the queue.
func (w *worker) ask(f func(*worker)) bool {
	select {
	case w.tasks <- f:
		w.view.busy = true
		return true
	default:
		return false
	}
}

// stop ends the worker, when what it does has ended.
func (w *worker) stop() {
	w.cfg.Interp.Session.Pause()
	close(w.tasks)
	<-w.done
}

// execute runs a command and shows what comes of it.
func (w *worker) execute(text string) {
	in := w.cfg.Interp
	fmt.Fprintf(&w.view.console, "%s%s\n", w.prompt(), text)
	file, first := in.Listed()
	err := in.Execute(text)
	w.view.console.end()
	switch {
	case errors.Is(err, command.ErrQuit):
		w.quit = true
	case err != nil:
		message := err.Error()
		if in.Style != nil {
			message = in.Style(command.StyleError, message)
		}
		io.WriteString(&w.view.console, message+"\n")
	}
	w.listedFile = ""
	if f, l := in.Listed(); (f != file || l != first) && lists(text) {
		w.listedFile, w.listedLine = f, l
	}
}

// lists tells whether a line is the command list.
func lists(text string) bool {
	name, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	cmd, err := command.Find(name)
	return err == nil && cmd.Names[0] == "list"
}

// quiet runs a command of which only errors are shown: the panes show the rest.
func (w *worker) quiet(text string) {
	in := w.cfg.Interp
	out := in.Out
	in.Out = io.Discard
	err := in.Execute(text)
	in.Out = out
	w.listedFile = ""
	if err != nil {
		fmt.Fprintf(&w.view.console, "%v\n", err)
	}
}

func (w *worker) prompt() string {
	if w.cfg.Interp.Defining() {
		return "> "
	}
	return w.cfg.Interp.Prompt()
}

// snapshot is what the screen shows of the session. Nobody changes it.
type snapshot struct {
	state  debugger.State
	status string
	prompt string

	file     string
	lines    []string // with colours, from first on
	first    int
	line     int // the selected frame's, 0 for none in this file
	showLine int // around which is shown
	problem  string
	marks    map[int]mark

	frames   []string
	selected int
	more     bool

	vars       []varRow
	left, quit bool
}

// mark is what stands beside a line with breakpoints.
type mark struct {
	id       int
	disabled bool
}

// varRow is a line of the variables.
type varRow struct {
	depth      int
	path       string
	name       string
	expression string // what print would be asked for it, "" where there is none
	typ, value string
	expandable bool
	expanded   bool
	changed    bool
}

// How much a snapshot has.
const (
	mostFrames   = 200
	mostChildren = 100
	mostRows     = 2000
	sourceAround = 3000
)

func (w *worker) snapshot() *snapshot {
	in := w.cfg.Interp
	session := in.Session
	s := &snapshot{state: session.State(), prompt: w.prompt(), marks: map[int]mark{}, left: w.left, quit: w.quit}
	s.status = s.state.String()
	stop := session.LastStop()
	switch {
	case s.state == debugger.Exited && stop != nil && stop.Err != nil:
		s.status = fmt.Sprintf("ended: %v", stop.Err)
	case s.state == debugger.Exited && stop != nil:
		s.status = fmt.Sprintf("exited with status %d", stop.ExitCode)
	case stop != nil:
		s.status = stop.String()
	}
	frames, more, err := session.Frames(0, mostFrames)
	if err == nil {
		s.more = more
		s.selected = in.Level
		for _, f := range frames {
			s.frames = append(s.frames, fmt.Sprintf("#%d %s", f.Level, frameText(f)))
			if f.Level == in.Level {
				s.file, s.line = f.File, f.Line
				if file, line, ok := session.FrameText(f); !f.HasSource() && ok {
					s.file, s.line = file, line
				}
				w.variables(s, f, stop)
			}
		}
	}
	s.showLine = s.line
	if w.listedFile != "" {
		if w.listedFile != s.file {
			s.line = 0
		}
		s.file, s.showLine = w.listedFile, w.listedLine
	}
	if s.file == "" && s.state != debugger.Stopped {
		s.file, s.showLine = in.MainPlace()
	}
	w.source(s)
	return s
}

// frameText is a frame in few columns.
func frameText(f *debugger.Frame) string {
	text := debugger.BriefName(f.Function)
	switch {
	case f.Host:
	case f.HasSource():
		text += fmt.Sprintf("  %s:%d", path.Base(f.File), f.Line)
	default:
		text += fmt.Sprintf("  offset %#x", uint32(f.Offset))
	}
	if f.Inlined {
		text += " (inlined)"
	}
	return text
}

// source reads the file that is shown, and its breakpoints.
func (w *worker) source(s *snapshot) {
	if s.file == "" {
		s.problem = "There is no source here."
		return
	}
	session := w.cfg.Interp.Session
	lines, first, _, err := session.SourcePart(s.file, s.showLine-sourceAround, s.showLine+sourceAround)
	if err != nil {
		s.problem = err.Error()
		return
	}
	if w.cfg.Paint != nil && w.cfg.Colour {
		lines = w.cfg.Paint(s.file, lines)
	}
	s.lines, s.first = lines, first
	for _, b := range session.Breakpoints() {
		for i := range b.Places {
			if p := &b.Places[i]; p.File == s.file {
				s.marks[p.Line] = mark{b.ID, b.Disabled || p.Disabled}
			}
		}
	}
}

// variables lists those of a frame.
func (w *worker) variables(s *snapshot, f *debugger.Frame, stop *debugger.Stop) {
	if stop != w.stops || w.valuesFor != f.Function {
		w.values, w.valuesNow = w.valuesNow, map[string]string{}
		if w.valuesFor != f.Function {
			w.values = nil
		}
		w.stops, w.valuesFor = stop, f.Function
	}
	session := w.cfg.Interp.Session
	args, _ := session.Arguments(f.Level)
	locals, _ := session.Locals(f.Level) // a frame without any shows none
	seen := map[string]int{}
	for _, v := range append(args, locals...) {
		w.row(s, v, 0, fmt.Sprintf("%s#%d", v.Name, seen[v.Name]))
		seen[v.Name]++
	}
}

// row adds a variable, and its members where they are wanted.
func (w *worker) row(s *snapshot, v *value.Variable, depth int, path string) {
	if len(s.vars) >= mostRows {
		return
	}
	named, indexed := v.NumChildren()
	r := varRow{depth: depth, path: path, name: v.Name, expression: v.EvalName, typ: v.TypeName(false), value: v.Format(value.Format{MaxText: 300}),
		expandable: named+indexed > 0, expanded: w.expanded[path]}
	if !utf8.ValidString(r.name) {
		r.name = strings.ToValidUTF8(r.name, "?")
	}
	if old, ok := w.values[path]; ok && old != r.value {
		r.changed = true
	}
	w.valuesNow[path] = r.value
	s.vars = append(s.vars, r)
	if !r.expanded || depth > 40 {
		return
	}
	children := v.Children(0, mostChildren)
	for i, c := range children {
		w.row(s, c, depth+1, fmt.Sprintf("%s/%s#%d", path, c.Name, i))
	}
	if n := named + indexed - len(children); n > 0 {
		s.vars = append(s.vars, varRow{depth: depth + 1, path: path + "/…", name: "…", value: fmt.Sprintf("%d more", n)})
	}
}
