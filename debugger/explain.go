package debugger

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"sync"

	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger/value"
	"sphex/runtime"
)

// Report is a trap in the terms of the source. Its JSON is what the fields' names say in small letters.
type Report struct {
	Kind    string        `json:"kind"`            // as for `catch trap`: memory, division, …
	Message string        `json:"message"`         // what happened, with the operands that are known
	Panic   string        `json:"panic,omitempty"` // the message of the panic of Rust that has led to it, and where it was
	Module  string        `json:"module,omitempty"`
	Thread  int           `json:"thread,omitempty"` // 0: the main one
	Frames  []ReportFrame `json:"frames"`           // innermost first
	More    bool          `json:"more,omitempty"`
}

// ReportFrame is a logical frame.
type ReportFrame struct {
	Function  string          `json:"function"`
	File      string          `json:"file,omitempty"`
	Line      int             `json:"line,omitempty"`
	Column    int             `json:"column,omitempty"`
	Inlined   bool            `json:"inlined,omitempty"`
	Host      bool            `json:"host,omitempty"`
	Index     uint32          `json:"index"`  // in the function index space
	Offset    wasm.FileOffset `json:"offset"` // of the instruction in the module's file
	Machinery bool            `json:"machinery,omitempty"`
	Arguments []Argument      `json:"arguments,omitempty"`

	text string
}

// Argument is a parameter with its value where the program trapped.
type Argument struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Bounds of a report.
const (
	mostReported = 1000 // frames
	valuesFor    = 64   // frames whose arguments are read
	longestValue = 200  // bytes
)

// Report tells of the present stop at a trap, with at most limit frames; nil if there is no trap.
func (s *Session) Report(limit int) (r *Report, err error) {
	err = s.whileStopped(func() error {
		if s.trapped == nil {
			return errors.New("the program did not trap")
		}
		r = s.report(limit)
		r.Kind, r.Message, r.Panic = trapKindName(s.trapped.Trap), s.trapped.Text, s.panicOnStack()
		r.Module = filepath.Base(s.cfg.Program)
		if id := s.threadNumber(); id > 1 {
			r.Thread = id
		}
		return nil
	})
	return r, err
}

// report makes the frames of a report.
func (s *Session) report(limit int) *Report {
	r := &Report{}
	k := s.stackNow()
	k.mark()
	limit = min(max(limit, 0), mostReported)
	for n := 0; n < limit && k.frame(n) != nil; n++ {
		f := k.frame(n)
		rf := ReportFrame{
			Function: f.Function, File: f.File, Line: f.Line, Column: f.Column, Inlined: f.Inlined, Host: f.Host,
			Index: f.Index, Offset: f.Offset, Machinery: f.Machinery, text: f.Brief(),
		}
		if n < valuesFor && f.Symbol != nil && !f.Machinery {
			for _, a := range s.scope(f).Arguments() {
				rf.Arguments = append(rf.Arguments, argument(a))
			}
		}
		r.Frames = append(r.Frames, rf)
	}
	r.More = k.frame(limit) != nil
	return r
}

func argument(v *value.Variable) Argument {
	text := v.String()
	if len(text) > longestValue {
		text = strings.ToValidUTF8(text[:longestValue], "") + "…"
	}
	return Argument{Name: v.Name, Type: v.TypeName(false), Value: text}
}

// Write writes the report as text: what happened, then a line for each frame, with the arguments
// in a line of their own if values is set. Frames of panic machinery are one line.
func (r *Report) Write(w io.Writer, values bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.Message)
	if r.Panic != "" {
		fmt.Fprintf(&b, "   the panic: %s\n", r.Panic)
	}
	skip := 0
	for skip < len(r.Frames) && r.Frames[skip].Machinery {
		skip++
	}
	if skip > 0 {
		fmt.Fprintf(&b, "   (%s of panic machinery, from %s)\n", count(skip, "frame"), BriefName(r.Frames[0].Function))
	}
	for i := skip; i < len(r.Frames); i++ {
		f := &r.Frames[i]
		fmt.Fprintf(&b, "#%d %s\n", i, f.text)
		for _, a := range f.Arguments {
			if values {
				fmt.Fprintf(&b, "     %s: %s = %s\n", a.Name, a.Type, a.Value)
			}
		}
	}
	if r.More {
		b.WriteString("   (more frames)\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// String is the report without values.
func (r *Report) String() string {
	var b strings.Builder
	_ = r.Write(&b, false) // a Builder takes everything
	return b.String()
}

// ExplainTraps has the traps of an instance's calls explained while the guest still stands, so that
// Explain knows the values of arguments. o is the object that the instance's module was loaded from.
// Nothing is done, and nothing is read, before a trap.
func ExplainTraps(in *runtime.Instance, o *object.File) {
	im := sync.OnceValue(func() *image { return newImage(o, in.Module().Wasm()) })
	in.OnTrap(func(t *runtime.TrapError, frames iter.Seq[runtime.Frame]) any {
		return explain(im(), t, frames)
	})
}

// Explain returns the report of a trap that a call has returned as its error. Without ExplainTraps
// it has the frames that the error keeps, made with the object that the module was loaded from, and no values;
// ok is false if the error is no trap.
func Explain(err error, o *object.File) (r *Report, ok bool) {
	var t *runtime.TrapError
	if !errors.As(err, &t) || t.Instance == nil {
		return nil, false
	}
	if r, ok := t.Report.(*Report); ok {
		return r, true
	}
	if o == nil {
		return &Report{Kind: trapKindName(t.Kind), Message: t.Error()}, true
	}
	return explain(newImage(o, t.Instance.Module().Wasm()), t, func(yield func(runtime.Frame) bool) {
		m := t.Instance.Module()
		for _, f := range t.Frames {
			if f.Instance != t.Instance {
				continue // of another module, of which nothing is known here
			}
			frame := runtime.Frame{Instance: f.Instance, PC: f.PC, Return: f.Return}
			if frame.Func = m.FuncAt(frame.Lookup()); frame.Func == nil {
				frame.Thunk = m.ThunkAt(frame.Lookup())
			}
			if !yield(frame) {
				return
			}
		}
	}), true
}

// explain makes a report outside of a session. Frames without registers show no values.
func explain(im *image, t *runtime.TrapError, frames iter.Seq[runtime.Frame]) *Report {
	s := &Session{image: im, program: &program{im: im, instance: t.Instance, module: t.Instance.Module()}, source: newSourceFinder(&Config{})}
	k := &stack{s: s, done: true}
	for f := range frames {
		if f.Instance != t.Instance && f.Host == nil {
			continue // of another module
		}
		if len(k.phys) == mostReported {
			break
		}
		k.phys = append(k.phys, &physicalFrame{Frame: f, pc: f.PC, cfa: f.CFA})
	}
	s.stack = k
	var r *Report
	if len(k.phys) > 0 && k.phys[0].SP != 0 {
		r = s.report(mostReported)
		r.Message = s.explainTrap(t)
		r.Panic = s.panicOnStack()
	} else {
		r = s.bareReport()
		r.Message = t.Error()
	}
	r.More = r.More || t.More && len(k.phys) < mostReported
	r.Kind = trapKindName(t.Kind)
	return r
}

// bareReport is a report of frames that are over: there are no values any more.
func (s *Session) bareReport() *Report {
	r := &Report{}
	k := s.stackNow()
	k.mark()
	for n := 0; k.frame(n) != nil && n < mostReported; n++ {
		f := k.frame(n)
		r.Frames = append(r.Frames, ReportFrame{
			Function: f.Function, File: f.File, Line: f.Line, Column: f.Column, Inlined: f.Inlined, Host: f.Host,
			Index: f.Index, Offset: f.Offset, Machinery: f.Machinery, text: f.Brief(),
		})
	}
	return r
}
