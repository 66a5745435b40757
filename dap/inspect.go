package dap

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/google/go-dap"

	"sphex/aot/abi"
	"sphex/debugger"
	"sphex/debugger/value"
)

// handles number what a client may ask for later: lists of variables and single variables
// with children. They are good until the program runs again.
type handles struct {
	mu   sync.Mutex
	list []container
}

// container is what a variablesReference stands for: a value with children, or a scope.
type container struct {
	value *value.Variable
	scope func() ([]*value.Variable, error)
	level int
}

func (h *handles) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = nil
}

// add returns a reference; 0 is none.
func (h *handles) add(c container) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, c)
	return len(h.list)
}

func (h *handles) get(ref int) (container, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ref < 1 || ref > len(h.list) {
		return container{}, fmt.Errorf("variables reference %d is not known; the program has run since", ref)
	}
	return h.list[ref-1], nil
}

// frameID numbers frames from 1, since 0 reads as absent.
func frameID(level int) int { return level + 1 }

// level is the frame that a frameId means; absent is the innermost.
func level(frameID int) int { return max(frameID, 1) - 1 }

func (s *server) threads(*none) (any, error) {
	return &dap.ThreadsResponseBody{Threads: []dap.Thread{{Id: threadID, Name: "main"}}}, nil
}

// framesAtOnce is how many frames are given when a client asks for all.
const framesAtOnce = 200

func (s *server) stackTrace(a *dap.StackTraceArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	if err := checkThread(a.ThreadId); err != nil {
		return nil, err
	}
	start, count := max(a.StartFrame, 0), a.Levels
	if count <= 0 || count > 10*framesAtOnce {
		count = framesAtOnce
	}
	frames, more, err := session.Frames(start, count)
	if err != nil {
		return nil, err
	}
	body := &dap.StackTraceResponseBody{StackFrames: []dap.StackFrame{}, TotalFrames: start + len(frames)}
	if more {
		body.TotalFrames += framesAtOnce // there are more: ask again
	}
	for _, f := range frames {
		body.StackFrames = append(body.StackFrames, s.stackFrame(f))
	}
	return body, nil
}

func (s *server) stackFrame(f *debugger.Frame) dap.StackFrame {
	out := dap.StackFrame{Id: frameID(f.Level), Name: f.Function}
	if f.Inlined {
		out.Name += " (inlined)"
	}
	if !f.Host {
		out.InstructionPointerReference = address(f.PC)
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
	return out
}

// address renders an offset in the native text as a memory reference.
func address(at abi.TextOffset) string { return fmt.Sprintf("text:%#x", uint32(at)) }

// textOffset returns the place in the native text that a reference and an offset mean.
func textOffset(reference string, offset int) (abi.TextOffset, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(reference, "text:"), 0, 32)
	if at := int64(n) + int64(offset); err == nil && at >= 0 && at <= math.MaxUint32 {
		return abi.TextOffset(at), nil
	}
	return 0, fmt.Errorf("%s%+d is no address of code", strconv.Quote(reference), offset)
}

func (s *server) scopes(a *dap.ScopesArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	n := level(a.FrameId)
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
			VariablesReference: s.handles.add(container{scope: get, level: n})})
	}
	add("Locals", "locals", false, func() ([]*value.Variable, error) { return session.Locals(n) })
	add("Arguments", "arguments", false, func() ([]*value.Variable, error) { return session.Arguments(n) })
	add("Globals", "", true, func() ([]*value.Variable, error) { return session.Globals(n, false) })
	return body, nil
}

func (s *server) variables(a *dap.VariablesArguments) (any, error) {
	if _, err := s.needStopped(); err != nil {
		return nil, err
	}
	c, err := s.handles.get(a.VariablesReference)
	if err != nil {
		return nil, err
	}
	vs, err := c.children(a.Filter, a.Start, a.Count)
	if err != nil {
		return nil, err
	}
	body := &dap.VariablesResponseBody{Variables: []dap.Variable{}}
	for _, v := range vs {
		body.Variables = append(body.Variables, s.variable(v, c.level, format(a.Format)))
	}
	if a.Count <= 0 && a.Filter == "" && c.value != nil {
		named, indexed := c.value.NumChildren()
		if rest := named + indexed - max(a.Start, 0) - len(vs); rest > 0 && len(vs) > 0 {
			body.Variables = append(body.Variables, dap.Variable{Name: "…", Value: fmt.Sprintf("%d more", rest)})
		}
	}
	return body, nil
}

// childrenAtOnce is how many children are given when a client asks for all.
const childrenAtOnce = 1000

// children returns a page of the children: named ones stand before indexed ones.
func (c container) children(filter string, start, count int) ([]*value.Variable, error) {
	start = max(start, 0)
	if c.scope != nil {
		vs, err := c.scope()
		if err != nil || filter == "indexed" {
			return nil, err
		}
		return page(vs, start, count), nil
	}
	named, indexed := c.value.NumChildren()
	first, total := 0, named+indexed
	switch filter {
	case "named":
		total = named
	case "indexed":
		first, total = named, indexed
	}
	if count <= 0 {
		count = childrenAtOnce
	}
	count = min(count, total-start)
	if count <= 0 {
		return nil, nil
	}
	return c.value.Children(first+start, count), nil
}

// named returns the children among which one of that name is, if there is one.
func (c container) named(name string) ([]*value.Variable, error) {
	var i int
	if _, err := fmt.Sscanf(name, "[%d]", &i); err == nil && c.value != nil && i >= 0 {
		return c.children("indexed", i, 1)
	}
	return c.children("", 0, 0)
}

func page(vs []*value.Variable, start, count int) []*value.Variable {
	if start >= len(vs) {
		return nil
	}
	if count <= 0 || count > len(vs)-start {
		count = len(vs) - start
	}
	return vs[start : start+count]
}

func (s *server) variable(v *value.Variable, level int, f value.Format) dap.Variable {
	out := dap.Variable{Name: v.Name, Value: v.Format(f), Type: s.typeName(v), EvaluateName: v.EvalName}
	if v.Shadowed {
		out.Name += " (shadowed)"
	}
	if v.Ahead > 0 {
		out.Value += fmt.Sprintf(" (not initialised yet: declared at line %d)", v.Ahead)
	}
	out.VariablesReference, out.NamedVariables, out.IndexedVariables = s.reference(v, level)
	if addr, ok := v.Addr(); ok {
		out.MemoryReference = fmt.Sprintf("%#x", uint64(addr))
	}
	return out
}

// reference makes a value's children askable.
func (s *server) reference(v *value.Variable, level int) (ref, named, indexed int) {
	named, indexed = v.NumChildren()
	if named+indexed == 0 || v.Unreadable != nil {
		return 0, 0, 0
	}
	ref = s.handles.add(container{value: v, level: level})
	if !s.client.paging {
		named, indexed = 0, 0
	}
	return ref, named, indexed
}

func (s *server) setVariable(a *dap.SetVariableArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	c, err := s.handles.get(a.VariablesReference)
	if err != nil {
		return nil, err
	}
	vs, err := c.named(a.Name)
	if err != nil {
		return nil, err
	}
	for _, v := range vs {
		if v.Name != a.Name || v.Shadowed {
			continue
		}
		if v.EvalName == "" {
			return nil, fmt.Errorf("%s can't be set", a.Name)
		}
		nv, err := session.SetVariable(c.level, v.EvalName, a.Value)
		if err != nil {
			return nil, err
		}
		ref, named, indexed := s.reference(nv, c.level)
		return &dap.SetVariableResponseBody{Value: nv.Format(format(a.Format)), Type: s.typeName(nv),
			VariablesReference: ref, NamedVariables: named, IndexedVariables: indexed}, nil
	}
	return nil, fmt.Errorf("there is no variable %q here", a.Name)
}

// setExpression assigns to whatever place an expression names.
func (s *server) setExpression(a *dap.SetExpressionArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	n := level(a.FrameId)
	v, err := session.SetVariable(n, a.Expression, a.Value)
	if err != nil {
		return nil, err
	}
	body := &dap.SetExpressionResponseBody{Value: v.Format(format(a.Format)), Type: s.typeName(v)}
	body.VariablesReference, body.NamedVariables, body.IndexedVariables = s.reference(v, n)
	return body, nil
}

// format is how the client wants values.
func format(f *dap.ValueFormat) value.Format {
	return value.Format{Hex: f != nil && f.Hex}
}

// typeName is empty for a client that does not show types.
func (s *server) typeName(v *value.Variable) string {
	if !s.client.types {
		return ""
	}
	return v.TypeName(false)
}

func (s *server) disassemble(a *dap.DisassembleArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	at, err := textOffset(a.MemoryReference, a.Offset)
	if err != nil {
		return nil, err
	}
	count := min(max(a.InstructionCount, 0), 10000)
	before, after := 0, a.InstructionOffset+count
	if a.InstructionOffset < 0 {
		before = min(-a.InstructionOffset, 10000)
	}
	insts, err := session.Disassemble(at, before, max(after, 0))
	if err != nil {
		return nil, err
	}
	if skip := a.InstructionOffset; skip > 0 {
		insts = insts[min(skip, len(insts)):]
	}
	body := &dap.DisassembleResponseBody{Instructions: []dap.DisassembledInstruction{}}
	for i := range insts[:min(count, len(insts))] {
		x := &insts[i]
		d := dap.DisassembledInstruction{Address: address(x.Text), InstructionBytes: fmt.Sprintf("% x", x.Bytes), Instruction: x.Asm, Symbol: x.Func}
		if x.Line > 0 {
			d.Location, d.Line = s.source(x.File), s.line(x.Line)
		}
		body.Instructions = append(body.Instructions, d)
	}
	return body, nil
}
