package dap

import (
	"fmt"
	"strings"

	"github.com/google/go-dap"

	"sphex/debugger"
	"sphex/debugger/value"
)

// framesAtOnce is how many frames are given when a client asks for all.
const framesAtOnce = 200

// stackFrame is go-dap's with a canRestart that can be false.
type stackFrame struct {
	dap.StackFrame
	CanRestart bool `json:"canRestart"`
}

type stackTraceBody struct {
	StackFrames []stackFrame `json:"stackFrames"`
	TotalFrames int          `json:"totalFrames,omitempty"`
}

func (s *server) stackTrace(a *dap.StackTraceArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	if err := s.checkThread(a.ThreadId); err != nil {
		return nil, err
	}
	thread := s.thread(a.ThreadId)
	start, count := max(a.StartFrame, 0), a.Levels
	if count <= 0 || count > 10*framesAtOnce {
		count = framesAtOnce
	}
	if depth := s.launch.StackTraceDepth; depth > 0 {
		count = max(min(count, depth-start), 0)
	}
	frames, more, err := session.ThreadFrames(thread, start, count)
	if err != nil {
		return nil, err
	}
	body := &stackTraceBody{StackFrames: []stackFrame{}, TotalFrames: start + len(frames)}
	if depth := s.launch.StackTraceDepth; more && (depth <= 0 || start+len(frames) < depth) {
		body.TotalFrames += framesAtOnce // there are more: ask again
	}
	for _, f := range frames {
		body.StackFrames = append(body.StackFrames, s.stackFrame(thread, f, a.Format))
	}
	return body, nil
}

func (s *server) stackFrame(thread int, f *debugger.Frame, format *dap.StackFrameFormat) stackFrame {
	out := dap.StackFrame{Id: frameID(thread, f.Level), Name: f.Function}
	if format != nil {
		s.level(out.Id) // the values are the thread's
		out.Name += s.parameters(f, format)
	}
	if f.Inlined {
		out.Name += " (inlined)"
	}
	if !f.Host {
		out.InstructionPointerReference = address(f.PC)
		out.ModuleId = moduleID
	}
	switch {
	case f.Host:
		out.PresentationHint = "label"
	case f.HasSource():
		out.Source, out.Line, out.Column = s.source(f.File), s.line(f.Line), s.column(f.Column)
		if f.Machinery {
			out.PresentationHint = "subtle"
		}
	default:
		out.PresentationHint = "subtle"
		file, line, ok := s.session.FrameText(f)
		if !ok {
			break
		}
		out.Source, out.Line = s.source(file), s.line(line)
		// A client goes to the first frame whose source it is not told to pass over. Who stops in a
		// library by accident does not want to read that.
		if stop := s.session.LastStop(); stop == nil || stop.Has(debugger.ReasonTrap) || stop.Has(debugger.ReasonPause) {
			out.Source.PresentationHint = "deemphasize"
		}
	}
	if format != nil && format.Line && out.Line > 0 {
		out.Name += fmt.Sprintf(":%d", out.Line)
	}
	if format != nil && format.Module {
		out.Name = s.moduleName() + "!" + out.Name
	}
	return stackFrame{out, !f.Host && !f.Inlined && s.launch.Core == ""}
}

// parameters writes those of a frame in the way that the client wants.
func (s *server) parameters(f *debugger.Frame, format *dap.StackFrameFormat) string {
	if !format.Parameters && !format.ParameterNames && !format.ParameterTypes && !format.ParameterValues || f.Host {
		return ""
	}
	list, err := s.session.Arguments(f.Level)
	if err != nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("(")
	for i, v := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		names := format.ParameterNames || !format.ParameterTypes && !format.ParameterValues
		if names {
			b.WriteString(v.Name)
		}
		if format.ParameterTypes {
			if names {
				b.WriteString(": ")
			}
			b.WriteString(v.TypeName(false))
		}
		if format.ParameterValues {
			if names || format.ParameterTypes {
				b.WriteString(" = ")
			}
			short := s.format(&format.ValueFormat)
			short.MaxString, short.MaxItems, short.MaxDepth, short.MaxText = 40, 3, 2, 80
			b.WriteString(v.Format(short))
		}
	}
	b.WriteString(")")
	return b.String()
}

// restartFrame makes the function of a frame start again.
func (s *server) restartFrame(a *dap.RestartFrameArguments) (any, func(), error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, nil, err
	}
	if _, err := session.RestartFrame(s.level(a.FrameId)); err != nil {
		return nil, nil, err
	}
	s.handles.reset()
	return nil, func() { s.movedTo("restart") }, nil
}

// movedTo tells the client that the program stands elsewhere though it has not run.
func (s *server) movedTo(reason string) {
	s.w.event("stopped", &dap.StoppedEventBody{Reason: reason, ThreadId: s.thread(0), AllThreadsStopped: true})
}

func (s *server) scopes(a *dap.ScopesArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	n := s.level(a.FrameId)
	frames, _, err := session.Frames(n, 1)
	if err != nil {
		return nil, err
	}
	if len(frames) == 0 {
		return nil, fmt.Errorf("there is no frame %d", a.FrameId)
	}
	body := &dap.ScopesResponseBody{Scopes: []dap.Scope{}}
	if frames[0].Host {
		return body, nil
	}
	add := func(name, hint string, expensive bool, get func() ([]*value.Variable, error)) {
		body.Scopes = append(body.Scopes, dap.Scope{Name: name, PresentationHint: hint, Expensive: expensive,
			VariablesReference: s.handles.add(container{scope: get, frame: a.FrameId})})
	}
	// One list: clients open only the first, and who stops in a function wants to see what it was called with.
	add("Locals", "locals", false, func() ([]*value.Variable, error) {
		n := s.level(a.FrameId)
		args, err := session.Arguments(n)
		if err != nil {
			return nil, err
		}
		locals, err := session.Locals(n)
		return append(args, locals...), err
	})
	if stop := session.LastStop(); n == 0 && stop != nil && stop.Value != nil && s.thread(0) == max(stop.Thread, mainThread) {
		add("Returned", "returnValue", false, func() ([]*value.Variable, error) {
			v, err := session.Returned()
			if err != nil || v == nil {
				return nil, err
			}
			return []*value.Variable{v}, nil
		})
	}
	add("Globals", "globals", true, func() ([]*value.Variable, error) { return session.Globals(s.level(a.FrameId), false) })
	return body, nil
}
