package dap

import (
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-dap"

	"sphex/debugger/value"
)

// handles number what a client may ask for later: lists of variables and single variables
// with children, and places of source. They are good until the program runs again; numbers are not
// used twice, so that an old one is no other's.
type handles struct {
	mu     sync.Mutex
	before int // how many there were before the program ran
	list   []container
}

// container is what a variablesReference stands for: a value with children, a scope, or a value that
// is only shown when it is asked for. A location reference has a place.
type container struct {
	value *value.Variable
	scope func() ([]*value.Variable, error)
	lazy  *value.Variable
	place *place
	frame int // a frameId
}

// place is one in a source file of the DWARF.
type place struct {
	file         string
	line, column int
}

func (h *handles) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.before += len(h.list)
	if h.before > 1<<30 { // numbers have 31 bits
		h.before = 0
	}
	h.list = nil
}

// add returns a reference; 0 is none.
func (h *handles) add(c container) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, c)
	return h.before + len(h.list)
}

func (h *handles) get(ref int) (container, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if i := ref - h.before; i >= 1 && i <= len(h.list) {
		return h.list[i-1], nil
	}
	return container{}, fmt.Errorf("reference %d is not known; the program has run since", ref)
}

// variable is go-dap's with what the specification has beside it.
type variable struct {
	dap.Variable
	DeclarationLocationReference int `json:"declarationLocationReference,omitempty"`
	ValueLocationReference       int `json:"valueLocationReference,omitempty"`
}

func (s *server) variables(a *dap.VariablesArguments) (any, error) {
	if _, err := s.needStopped(); err != nil {
		return nil, err
	}
	c, err := s.handles.get(a.VariablesReference)
	if err != nil {
		return nil, err
	}
	body := &struct {
		Variables []variable `json:"variables"`
	}{[]variable{}}
	if c.lazy != nil { // exactly what takes its place
		body.Variables = append(body.Variables, s.variable(c.lazy, c.frame, s.format(a.Format)))
		return body, nil
	}
	vs, err := c.children(a.Filter, a.Start, a.Count)
	if err != nil {
		return nil, err
	}
	for i, v := range vs {
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		if i >= previews && v.Unreadable == nil {
			if named, indexed := v.NumChildren(); named+indexed > 0 {
				body.Variables = append(body.Variables, s.lazyVariable(v, c.frame))
				continue
			}
		}
		body.Variables = append(body.Variables, s.variable(v, c.frame, s.format(a.Format)))
	}
	if c.value != nil && a.Filter != "indexed" && a.Start <= 0 {
		if raw := c.value.Raw(); raw != nil {
			body.Variables = append(body.Variables, s.variable(raw, c.frame, s.format(a.Format)))
		}
	}
	if a.Count <= 0 && a.Filter == "" && c.value != nil {
		named, indexed := c.value.NumChildren()
		if rest := named + indexed - max(a.Start, 0) - len(vs); rest > 0 && len(vs) > 0 {
			body.Variables = append(body.Variables, variable{Variable: dap.Variable{Name: "…", Value: fmt.Sprintf("%d more", rest)}})
		}
	}
	return body, nil
}

// childrenAtOnce is how many children are given when a client asks for all.
const childrenAtOnce = 1000

// previews is how many variables of a list are shown with the values of their parts. Those behind are
// looked at when somebody asks for them.
const previews = 250

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
	if c.value == nil {
		return nil, errors.New("what the reference stands for has no variables")
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
	if c.lazy != nil {
		return []*value.Variable{c.lazy}, nil
	}
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

func (s *server) variable(v *value.Variable, frame int, f value.Format) variable {
	out := dap.Variable{Name: v.Name, Value: v.Format(f), Type: s.typeName(v), EvaluateName: v.EvalName, PresentationHint: hint(v)}
	if v.Shadowed {
		out.Name += " (shadowed)"
	}
	if v.Ahead > 0 {
		out.Value += fmt.Sprintf(" (not initialised yet: declared at line %d)", v.Ahead)
	}
	out.VariablesReference, out.NamedVariables, out.IndexedVariables = s.reference(v, frame)
	if addr, ok := v.Addr(); ok {
		out.MemoryReference = fmt.Sprintf("%#x", uint64(addr))
	}
	file, line := v.Declared()
	return variable{out, s.location(file, line, 0), s.valueLocation(v)}
}

// lazyVariable is a variable whose value is asked for apart.
func (s *server) lazyVariable(v *value.Variable, frame int) variable {
	h := hint(v)
	if h == nil {
		h = &dap.VariablePresentationHint{}
	}
	h.Lazy = true
	return variable{Variable: dap.Variable{Name: v.Name, Type: s.typeName(v), EvaluateName: v.EvalName, PresentationHint: h,
		VariablesReference: s.handles.add(container{lazy: v, frame: frame})}}
}

// hint tells what cannot be assigned to.
func hint(v *value.Variable) *dap.VariablePresentationHint {
	if v.EvalName != "" && v.Unreadable == nil && v.Settable() {
		return nil
	}
	return &dap.VariablePresentationHint{Attributes: []string{"readOnly"}}
}

// reference makes a value's children askable.
func (s *server) reference(v *value.Variable, frame int) (ref, named, indexed int) {
	named, indexed = v.NumChildren()
	if named+indexed == 0 || v.Unreadable != nil {
		return 0, 0, 0
	}
	ref = s.handles.add(container{value: v, frame: frame})
	if v.Raw() != nil {
		named++
	}
	if !s.client.paging {
		named, indexed = 0, 0
	}
	return ref, named, indexed
}

func (s *server) setVariable(a *dap.SetVariableArguments) (any, func(), error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, nil, err
	}
	c, err := s.handles.get(a.VariablesReference)
	if err != nil {
		return nil, nil, err
	}
	vs, err := c.named(a.Name)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range vs {
		if v.Name != a.Name || v.Shadowed {
			continue
		}
		if v.EvalName == "" {
			return nil, nil, fmt.Errorf("%s can't be set", a.Name)
		}
		nv, err := session.SetVariable(s.level(c.frame), v.EvalName, a.Value)
		if err != nil {
			return nil, nil, err
		}
		return &setBody{nv.Format(s.format(a.Format)), s.describe(nv, c.frame)}, func() { s.changed(nv) }, nil
	}
	return nil, nil, fmt.Errorf("there is no variable %q here", a.Name)
}

// setExpression assigns to whatever place an expression names.
func (s *server) setExpression(a *dap.SetExpressionArguments) (any, func(), error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, nil, err
	}
	v, err := session.SetVariable(s.level(a.FrameId), a.Expression, a.Value)
	if err != nil {
		return nil, nil, err
	}
	return &setBody{v.Format(s.format(a.Format)), s.describe(v, a.FrameId)}, func() { s.changed(v) }, nil
}

// evaluateBody and setBody are the answers to what results in a value.
type evaluateBody struct {
	Result string `json:"result"`
	Prompt string `json:"sphexPrompt,omitempty"` // what a terminal asks with from now on
	// Unpaged is that a terminal shows answers without stops.
	Unpaged bool `json:"sphexUnpaged,omitempty"`
	valueBody
}

type setBody struct {
	Value string `json:"value"`
	valueBody
}

// valueBody is what is said of a value beside its text.
type valueBody struct {
	Type                   string                        `json:"type,omitempty"`
	PresentationHint       *dap.VariablePresentationHint `json:"presentationHint,omitempty"`
	VariablesReference     int                           `json:"variablesReference"`
	NamedVariables         int                           `json:"namedVariables,omitempty"`
	IndexedVariables       int                           `json:"indexedVariables,omitempty"`
	MemoryReference        string                        `json:"memoryReference,omitempty"`
	ValueLocationReference int                           `json:"valueLocationReference,omitempty"`
}

// describe says all about a value but its text.
func (s *server) describe(v *value.Variable, frame int) (b valueBody) {
	b.Type = s.typeName(v)
	b.VariablesReference, b.NamedVariables, b.IndexedVariables = s.reference(v, frame)
	if addr, ok := v.Addr(); ok {
		b.MemoryReference = fmt.Sprintf("%#x", uint64(addr))
	}
	b.ValueLocationReference = s.valueLocation(v)
	return b
}

// changed tells the client that the client has changed a value: others may be shown that depend on it.
func (s *server) changed(v *value.Variable) {
	s.invalidate()
	if addr, ok := v.Addr(); ok && s.client.memoryEvents && v.Size() > 0 {
		s.w.event("memory", &dap.MemoryEventBody{MemoryReference: fmt.Sprintf("%#x", uint64(addr)), Count: int(v.Size())})
	}
}

// invalidate has the client ask for variables anew.
func (s *server) invalidate() {
	if s.client.invalidated {
		s.w.event("invalidated", &dap.InvalidatedEventBody{Areas: []dap.InvalidatedAreas{"variables"}, ThreadId: s.thread(0)})
	}
}

// format is how the client wants values.
func (s *server) format(f *dap.ValueFormat) value.Format {
	return value.Format{Hex: f != nil && f.Hex, MaxString: s.launch.MaxStringLen, Summary: true}
}

// typeName is empty for a client that does not show types.
func (s *server) typeName(v *value.Variable) string {
	if !s.client.types {
		return ""
	}
	return v.TypeName(false)
}

// location makes a place of source askable; 0 is none.
func (s *server) location(file string, line, column int) int {
	if file == "" || line <= 0 {
		return 0
	}
	return s.handles.add(container{place: &place{file, line, column}})
}

// valueLocation is where the function is that a value points at.
func (s *server) valueLocation(v *value.Variable) int {
	fn := v.PointsTo()
	if fn == nil {
		return 0
	}
	if fn.File != "" && fn.Line > 0 {
		return s.location(fn.File, fn.Line, 0)
	}
	file, line, ok := s.session.CodeText(fn.Index)
	if !ok || !fn.HasIndex {
		return 0
	}
	return s.location(file, line, 0)
}

// locations tells the place that a reference stands for.
func (s *server) locations(a *struct {
	LocationReference int `json:"locationReference"`
}) (any, error) {
	if _, err := s.needStopped(); err != nil {
		return nil, err
	}
	c, err := s.handles.get(a.LocationReference)
	if err != nil {
		return nil, err
	}
	if c.place == nil {
		return nil, fmt.Errorf("reference %d is no location", a.LocationReference)
	}
	return &struct {
		Source *dap.Source `json:"source"`
		Line   int         `json:"line"`
		Column int         `json:"column,omitempty"`
	}{s.source(c.place.file), s.line(c.place.line), s.column(c.place.column)}, nil
}
