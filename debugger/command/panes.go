package command

import (
	"fmt"
	"hash/fnv"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"sphex/debugger"
	"sphex/debugger/value"
)

// Panes is what a full-screen view shows of a session at one moment. It is data alone, so that a view at the other end
// of a connection can be sent it.
type Panes struct {
	State  debugger.State `json:"state"`
	Status string         `json:"status"` // why it stands, in a few words
	Prompt string         `json:"prompt"`

	Source SourcePane `json:"source"`
	Code   CodePane   `json:"code"`

	Frames   []string `json:"frames"`
	Selected int      `json:"selected"` // of the frames

	Variables []VariableRow `json:"variables"`
	Displays  []VariableRow `json:"displays"`
}

// SourcePane is a part of a file of source.
type SourcePane struct {
	File    string       `json:"file"`
	Lines   []string     `json:"lines"` // with colours, from First on; none if Same
	First   int          `json:"first"`
	ID      string       `json:"id"`      // another when the lines are others
	Same    bool         `json:"same"`    // they are those of PanesWanted.Have
	Line    int          `json:"line"`    // where the selected frame stands, 0 for nowhere in this file
	Show    int          `json:"show"`    // the line around which is shown
	Problem string       `json:"problem"` // why there are no lines
	Marks   map[int]Mark `json:"marks"`   // by line
}

// Mark stands beside a line or an instruction with a breakpoint.
type Mark struct {
	ID       int  `json:"id"`
	Disabled bool `json:"disabled"`
}

// CodePane is the code of the selected frame's function: native instructions, with the WebAssembly that each was made from and the
// lines of source between.
type CodePane struct {
	Function string    `json:"function"`
	Rows     []CodeRow `json:"rows"`
	At       int       `json:"at"` // the row where the frame stands, -1 for none of them
	Problem  string    `json:"problem"`
}

// CodeRow is an instruction, or a line of source, which has no address.
type CodeRow struct {
	Address string `json:"address,omitempty"` // its text offset, as break *text:OFFSET takes it
	Native  string `json:"native,omitempty"`
	Wasm    string `json:"wasm,omitempty"`
	File    string `json:"file,omitempty"` // of a line of source
	Line    int    `json:"line,omitempty"`
	Text    string `json:"text,omitempty"` // of a line of source, with colours
	Mark    *Mark  `json:"mark,omitempty"`
}

// VariableRow is a variable or a member of one, or what is displayed.
type VariableRow struct {
	Depth      int    `json:"depth"`
	Path       string `json:"path"` // tells it from others of its name
	Name       string `json:"name"`
	Expression string `json:"expression"` // what print would be asked for it, "" where there is none
	Type       string `json:"type"`
	Value      string `json:"value"`
	Expandable bool   `json:"expandable"`
	Expanded   bool   `json:"expanded"`
	Changed    bool   `json:"changed"` // since the stop before
}

// PanesWanted says what a view wants to show.
type PanesWanted struct {
	Code     bool            `json:"code"`
	Expanded map[string]bool `json:"expanded"` // the paths of variables whose members are shown
	Listed   bool            `json:"listed"`   // the last command was list: its file is shown
	Have     string          `json:"have"`     // the ID of source that the view has already
}

// How much panes have.
const (
	mostPaneFrames   = 200
	mostPaneChildren = 100
	mostPaneRows     = 2000
	mostExpanded     = 40   // levels
	mostCodeRows     = 4000 // around the frame's
	panePart         = 1000 // parts of source begin at multiples of so many lines, and have five times as many
)

// Viewer makes panes for one view. It remembers what was shown at the stop before, and belongs to its interpreter's goroutine.
type Viewer struct {
	in        *Interp
	values    map[string]string // by path, as they were shown at the stop before
	valuesNow map[string]string
	valuesFor string // the function whose they are
	stop      *debugger.Stop
}

// NewViewer returns one for a session's interpreter.
func NewViewer(in *Interp) *Viewer { return &Viewer{in: in, valuesNow: map[string]string{}} }

// Panes returns what there is to show now. The program must not run.
func (v *Viewer) Panes(w PanesWanted) *Panes {
	in := v.in
	session := in.Session
	p := &Panes{State: session.State(), Prompt: in.Prompt()}
	if in.Defining() {
		p.Prompt = "> "
	}
	p.Status = p.State.String()
	stop := session.LastStop()
	switch {
	case p.State == debugger.Exited && stop != nil && stop.Err != nil:
		p.Status = fmt.Sprintf("ended: %v", stop.Err)
	case p.State == debugger.Exited && stop != nil:
		p.Status = fmt.Sprintf("exited with status %d", stop.ExitCode)
	case stop != nil:
		p.Status = stop.String()
	}
	v.turn(stop, "")
	p.Code = CodePane{At: -1, Problem: "The program does not stand in code."}
	frames, _, err := session.Frames(0, mostPaneFrames)
	if err == nil {
		p.Selected = in.Level
		for _, f := range frames {
			p.Frames = append(p.Frames, fmt.Sprintf("#%d %s", f.Level, paneFrame(f)))
			if f.Level != in.Level {
				continue
			}
			p.Source.File, p.Source.Line = f.File, f.Line
			if file, line, ok := in.frameText(f); ok {
				p.Source.File, p.Source.Line = file, line
			}
			v.turn(stop, f.Function)
			v.variables(p, f, w.Expanded)
			if w.Code {
				v.code(&p.Code, f)
			}
		}
		v.displays(p)
	}
	p.Source.Show = p.Source.Line
	if file, line := in.Listed(); w.Listed && file != "" {
		if file != p.Source.File {
			p.Source.Line = 0
		}
		p.Source.File, p.Source.Show = file, line
	}
	if p.Source.File == "" && p.State != debugger.Stopped {
		p.Source.File, p.Source.Show = in.MainPlace()
	}
	v.source(&p.Source, w.Have)
	return p
}

// turn begins another stop, or another function: what was shown before is what changes are seen against.
func (v *Viewer) turn(stop *debugger.Stop, function string) {
	if stop == v.stop && (function == "" || function == v.valuesFor) {
		return
	}
	if stop != v.stop {
		v.values, v.valuesNow = v.valuesNow, map[string]string{}
	}
	if function != "" && function != v.valuesFor {
		for _, m := range []map[string]string{v.values, v.valuesNow} {
			for path := range m {
				if !strings.HasPrefix(path, displayPath) {
					delete(m, path)
				}
			}
		}
		v.valuesFor = function
	}
	v.stop = stop
}

// displayPath begins the paths of what is displayed.
const displayPath = "display "

// paneFrame is a frame in few columns.
func paneFrame(f *debugger.Frame) string {
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

// source reads the part of the file that is shown, and its breakpoints.
func (v *Viewer) source(s *SourcePane, have string) {
	if s.File == "" {
		s.Problem = "There is no source here."
		return
	}
	session := v.in.Session
	from := max((s.Show/panePart-2)*panePart, 1)
	lines, first, _, err := session.SourcePart(s.File, from, from+5*panePart)
	if err != nil {
		s.Problem = err.Error()
		return
	}
	if v.in.Paint != nil {
		lines = v.in.Paint(s.File, lines)
	}
	hash := fnv.New64a()
	for _, l := range lines {
		io.WriteString(hash, l)
		hash.Write([]byte{'\n'})
	}
	s.First, s.ID = first, fmt.Sprintf("%x %d %s", hash.Sum64(), first, s.File)
	if s.Same = s.ID == have; !s.Same {
		s.Lines = lines
	}
	s.Marks = map[int]Mark{}
	for _, b := range session.Breakpoints() {
		for i := range b.Places {
			if p := &b.Places[i]; p.File == s.File {
				s.Marks[p.Line] = Mark{b.ID, b.Disabled || p.Disabled}
			}
		}
	}
}

// code disassembles a frame's function.
func (v *Viewer) code(c *CodePane, f *debugger.Frame) {
	c.Problem = ""
	session := v.in.Session
	if f.Host {
		c.Problem = "This is the host's function."
		return
	}
	insts, err := session.DisassembleFunction(f.PC)
	if err != nil {
		c.Problem = err.Error()
		return
	}
	at := 0
	for i := range insts {
		if insts[i].Text == f.PC {
			at = i
		}
	}
	from := max(at-mostCodeRows/2, 0)
	insts = insts[from:min(from+mostCodeRows, len(insts))]
	marks := map[string]Mark{}
	for _, b := range session.Breakpoints() {
		for i := range b.Places {
			marks[codeAddress(uint32(b.Places[i].Text))] = Mark{b.ID, b.Disabled || b.Places[i].Disabled}
		}
	}
	notes := session.WasmNotes(insts)
	for i := range insts {
		x := &insts[i]
		c.Function = x.Func
		if x.Line > 0 {
			c.Rows = append(c.Rows, CodeRow{File: x.File, Line: x.Line, Text: strings.TrimSpace(v.in.sourceLine(true, x.File, x.Line))})
		}
		row := CodeRow{Address: codeAddress(uint32(x.Text)), Native: x.Asm, Wasm: notes[i].Text}
		if m, ok := marks[row.Address]; ok {
			row.Mark = &m
		}
		if x.Text == f.PC {
			c.At = len(c.Rows)
		}
		c.Rows = append(c.Rows, row)
	}
}

func codeAddress(text uint32) string { return fmt.Sprintf("%#06x", text) }

// variables lists those of a frame.
func (v *Viewer) variables(p *Panes, f *debugger.Frame, expanded map[string]bool) {
	session := v.in.Session
	args, _ := session.Arguments(f.Level)
	locals, _ := session.Locals(f.Level) // a frame without any shows none
	seen := map[string]int{}
	for _, x := range append(args, locals...) {
		v.row(&p.Variables, x, 0, fmt.Sprintf("%s#%d", x.Name, seen[x.Name]), expanded)
		seen[x.Name]++
	}
}

// row adds a variable, and its members where they are wanted.
func (v *Viewer) row(rows *[]VariableRow, x *value.Variable, depth int, path string, expanded map[string]bool) {
	if len(*rows) >= mostPaneRows {
		return
	}
	named, indexed := x.NumChildren()
	r := VariableRow{Depth: depth, Path: path, Name: x.Name, Expression: x.EvalName, Type: x.TypeName(false), Value: x.Format(value.Format{MaxText: 300}),
		Expandable: named+indexed > 0, Expanded: expanded[path]}
	if !utf8.ValidString(r.Name) {
		r.Name = strings.ToValidUTF8(r.Name, "?")
	}
	r.Changed = v.changed(path, r.Value)
	*rows = append(*rows, r)
	if !r.Expanded || depth > mostExpanded {
		return
	}
	children := x.Children(0, mostPaneChildren)
	for i, c := range children {
		v.row(rows, c, depth+1, fmt.Sprintf("%s/%s#%d", path, c.Name, i), expanded)
	}
	if n := named + indexed - len(children); n > 0 {
		*rows = append(*rows, VariableRow{Depth: depth + 1, Path: path + "/…", Name: "…", Value: fmt.Sprintf("%d more", n)})
	}
}

// changed notes a value, and tells whether it was another at the stop before.
func (v *Viewer) changed(path, now string) bool {
	old, ok := v.values[path]
	v.valuesNow[path] = now
	return ok && old != now
}

// displays lists what is displayed.
func (v *Viewer) displays(p *Panes) {
	for _, d := range v.in.displays {
		if d.off {
			continue
		}
		r := VariableRow{Path: fmt.Sprintf("%s%d", displayPath, d.id), Name: fmt.Sprintf("%d: %s", d.id, strings.TrimSpace(d.format+" "+d.expr)), Expression: d.expr}
		text, err := v.in.displayed(d)
		if err != nil {
			text = "(" + err.Error() + ")"
		}
		r.Value = text
		r.Changed = v.changed(r.Path, text)
		p.Displays = append(p.Displays, r)
	}
}
