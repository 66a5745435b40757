package debugger

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
)

// A traced function tells of each of its calls and returns, with arguments and result, while the program runs on.
// It has a trap behind its prologue, where the arguments are, and one at each of its epilogues, where the
// result is in its register. Which calls are open is told by canonical frame addresses: a call whose frame
// is gone has ended, however that happened.

// traced is a function that is traced.
type traced struct {
	fn   *codemap.Func
	sym  *symbols.Function
	name string // as lines show it
	args []*value.Expr
	all  bool // args are all arguments: none is hidden or without a name

	entry *tracePoint
	scope *value.Scope
}

// tracePoint is where the program is looked at because of a traced function.
type tracePoint struct {
	of    *traced
	text  abi.TextOffset
	entry bool
}

// openCall is a call of a traced function that has not returned.
type openCall struct {
	of     *traced
	cfa    abi.Addr
	result *pendingResult
}

// tracer is the session's traced functions and what it knows of their calls.
type tracer struct {
	functions map[abi.TextOffset]*traced // by where they begin
	patterns  []string                   // that they were found by
	open      map[int][]openCall         // by the thread's number, outermost first
}

// mostIndent bounds how far lines of a trace are indented, in levels.
const mostIndent = 30

// Trace makes the functions whose name is like pattern tell of each call and return, as *LogOutput without a
// frame. The pattern is a function's name as for breakpoints, FILE:* or a regular expression. It returns
// the names of what is traced now on account of it.
func (s *Session) Trace(pattern string) (names []string, err error) {
	im := s.imageNow()
	found, err := im.tracedBy(pattern)
	if err != nil {
		return nil, err
	}
	for _, fn := range found {
		names = append(names, BriefName(fn.Name)+fn.Arguments())
	}
	slices.Sort(names)
	failed := s.do(func() {
		if !slices.Contains(s.tracer.patterns, pattern) {
			s.tracer.patterns = append(s.tracer.patterns, pattern)
		}
		if im == s.image { // else the pattern was too late for a new program
			s.armTrace(s.traceFunctions(found))
		}
	})
	return names, failed
}

// traceFunctions adds functions to those that are traced and returns where they are to be looked at.
func (s *Session) traceFunctions(list []*symbols.Function) (points []*tracePoint) {
	for _, fn := range list {
		f := s.image.function(fn.Entry)
		if f == nil || s.tracer.functions[f.Text] != nil {
			continue
		}
		t := s.newTraced(f, fn)
		if s.tracer.functions == nil {
			s.tracer.functions = map[abi.TextOffset]*traced{}
		}
		s.tracer.functions[f.Text] = t
		points = append(points, s.image.tracePoints(t)...)
	}
	return points
}

// Untrace ends the tracing of functions; an empty pattern means all. It returns their names.
func (s *Session) Untrace(pattern string) (names []string, err error) {
	var found []*symbols.Function
	if pattern != "" {
		if found, err = s.imageNow().tracedBy(pattern); err != nil {
			return nil, err
		}
	}
	failed := s.do(func() {
		for text, t := range s.tracer.functions {
			if pattern != "" && !slices.Contains(found, t.sym) {
				continue
			}
			names = append(names, t.name)
			delete(s.tracer.functions, text)
			s.disarmTrace(s.image.tracePoints(t))
		}
		s.tracer.patterns = slices.DeleteFunc(s.tracer.patterns, func(p string) bool { return pattern == "" || p == pattern })
		if len(s.tracer.functions) == 0 {
			s.tracer.open = nil
		}
	})
	slices.Sort(names)
	return names, failed
}

// Traced lists the names of the functions that are traced.
func (s *Session) Traced() (names []string) {
	_ = s.do(func() { // a closed session traces nothing
		for _, t := range s.tracer.functions {
			names = append(names, t.name)
		}
	})
	slices.Sort(names)
	return names
}

// tracedBy finds the functions with code that a pattern means.
func (im *image) tracedBy(pattern string) (list []*symbols.Function, err error) {
	add := func(f *symbols.Function) {
		if len(f.Ranges) > 0 && im.function(f.Entry) != nil && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	inlined := false
	if index, ok := im.wasmFunction(pattern); ok {
		for _, f := range im.funcs {
			if fn := im.table.Function(f.BodyText); f.Index == index && fn != nil {
				add(fn)
			}
		}
	} else if file, every := strings.CutSuffix(pattern, ":*"); every {
		places, message := im.bindFile(file)
		if len(places) == 0 {
			return nil, fmt.Errorf("%s", message)
		}
		for _, p := range places {
			if fn := im.table.Function(p.Text); fn != nil && fn.Name == p.Function {
				add(fn)
			}
		}
	} else {
		for _, f := range im.table.Functions(pattern) {
			add(f)
			inlined = inlined || len(f.Ranges) == 0
		}
		if len(list) == 0 && !inlined {
			re, err := regexp.Compile(pattern)
			if err != nil {
				return nil, fmt.Errorf("no function %s, and as a pattern: %w", pattern, err)
			}
			for _, f := range im.table.AllFunctions() {
				if re.MatchString(f.Name) {
					add(f)
				}
			}
		}
	}
	switch {
	case len(list) == 0 && inlined:
		return nil, fmt.Errorf("%s has no code of its own: it was inlined wherever it is called", pattern)
	case len(list) == 0:
		return nil, fmt.Errorf("no function is like %s", pattern)
	}
	return list, nil
}

func (s *Session) newTraced(f *codemap.Func, fn *symbols.Function) *traced {
	t := &traced{fn: f, sym: fn, name: BriefName(fn.Name) + fn.Arguments()}
	t.scope = &value.Scope{Table: s.image.table, Types: s.image.types}
	at := s.image.entryPlace(s.image.table.PrologueEnd(fn))
	if at < f.BodyText || at >= f.TextEnd {
		at = f.BodyText
	}
	t.entry = &tracePoint{of: t, text: at, entry: true}
	if frames := s.image.table.Frames(at); len(frames) > 0 {
		t.scope.Sym = frames[len(frames)-1]
	}
	return t
}

// tracePoints lists where a traced function is looked at. An epilogue ends in an instruction that gives the
// frame back, of a fixed size, and the return.
func (im *image) tracePoints(t *traced) []*tracePoint {
	list := []*tracePoint{t.entry}
	for _, at := range im.epilogues(t.fn) {
		list = append(list, &tracePoint{of: t, text: at})
	}
	return list
}

// armTrace puts points into the text.
func (s *Session) armTrace(points []*tracePoint) {
	var texts []abi.TextOffset
	for _, p := range points {
		x := s.siteAt(p.text)
		x.trace = p
		texts = append(texts, p.text)
	}
	if s.program != nil && s.traps != nil {
		s.traps.add(traceTraps, texts...)
		for _, p := range points {
			s.setHook(s.armed[p.text])
		}
	}
}

// disarmTrace is the reverse of armTrace.
func (s *Session) disarmTrace(points []*tracePoint) {
	var texts []abi.TextOffset
	for _, p := range points {
		x := s.armed[p.text]
		if x == nil || x.trace == nil {
			continue
		}
		x.trace = nil
		if len(x.at) == 0 {
			delete(s.armed, p.text)
		}
		texts = append(texts, p.text)
		if s.program != nil && s.traps != nil {
			s.setHook(x)
		}
	}
	if s.program != nil && s.traps != nil {
		s.traps.drop(traceTraps, texts...)
	}
}

// rearmTrace is for a new run.
func (s *Session) rearmTrace() {
	s.tracer.open = nil
	for _, t := range s.tracer.functions {
		s.armTrace(s.image.tracePoints(t))
	}
}

// traceHere tells of the call or return at which the program stands.
func (s *Session) traceHere(p *tracePoint) {
	cfa := s.cfaNow()
	if cfa == 0 {
		return
	}
	id := s.threadNumber()
	if s.tracer.open == nil {
		s.tracer.open = map[int][]openCall{}
	}
	open := s.tracer.open[id]
	for len(open) > 0 && open[len(open)-1].cfa < cfa { // gone: the stack grows downwards
		open = open[:len(open)-1]
	}
	last := len(open) - 1
	here := last >= 0 && open[last].cfa == cfa && open[last].of == p.of
	switch {
	case p.entry && here: // the function's first statement is in a loop
	case p.entry:
		if last >= 0 && open[last].cfa == cfa { // its frame was taken over
			open = open[:last]
		}
		s.traceLine(len(open), "→ "+p.of.name+"("+s.traceArguments(p.of)+")")
		open = append(open, openCall{of: p.of, cfa: cfa, result: s.traceResult()})
	case here:
		text := "← " + p.of.name
		if v := s.traceReturned(open[last].result); v != "" {
			text += " = " + v
		}
		open = open[:last]
		s.traceLine(last, text)
	default: // called before it was traced
		s.traceLine(len(open), "← "+p.of.name)
	}
	s.tracer.open[id] = open
}

func (s *Session) traceLine(depth int, text string) {
	indent := strings.Repeat("  ", min(depth, mostIndent))
	if depth > mostIndent {
		indent += fmt.Sprintf("[%d] ", depth)
	}
	if s.severalThreads() {
		indent = fmt.Sprintf("[thread %d] ", s.threadNumber()) + indent
	}
	s.emit(&LogOutput{Text: indent + text})
}

// traceFormat keeps lines of a trace short.
var traceFormat = value.Format{MaxString: 60, MaxItems: 8, MaxDepth: 3, MaxText: 160}

// traceArguments renders the arguments of the function at whose beginning the program stands.
func (s *Session) traceArguments(t *traced) string {
	s.top = valueFrame{s: s, epoch: s.epoch.Load(), p: s.innermost()}
	t.scope.Move(&s.top)
	if t.args == nil {
		t.args = []*value.Expr{}
		t.all = true
		for _, v := range t.scope.Arguments() {
			e, err := value.Parse(v.Name)
			if err != nil || v.Shadowed {
				t.all = false
				continue
			}
			t.args = append(t.args, e)
		}
	}
	var b strings.Builder
	show := func(name string, v *value.Variable, err error) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + " = ")
		if err != nil {
			b.WriteString("<" + err.Error() + ">")
			return
		}
		b.WriteString(v.Format(traceFormat))
	}
	if !t.all {
		for _, v := range t.scope.Arguments() {
			show(v.Name, v, nil)
		}
		return b.String()
	}
	for _, e := range t.args {
		v, err := t.scope.EvalPure(e)
		show(e.String(), v, err)
	}
	return b.String()
}

// traceResult notes where the result of the call will be that begins here.
func (s *Session) traceResult() *pendingResult {
	top := s.innermost()
	if top == nil {
		return nil
	}
	p := s.awaited(top)
	if p != nil && p.place.memory {
		addr, ok := s.wasmLocal(top, 0)
		p.addr, p.lost = uint32(addr), !ok // what the function does to the parameter later does not matter
	}
	return p
}

// traceReturned renders the result of the function in whose epilogue the program stands; "" if it has none.
func (s *Session) traceReturned(p *pendingResult) string {
	if p == nil || p.lost {
		return ""
	}
	kept := s.result
	defer func() { s.result = kept }()
	s.keepResult(p)
	v, err := s.returned()
	if err != nil || v.Unreadable != nil {
		return ""
	}
	return v.Format(traceFormat)
}

// traceEnds tells of the calls that will not return, because the program ended or trapped in them.
func (s *Session) traceEnds(why string) {
	open := s.tracer.open[s.threadNumber()]
	s.tracer.open = nil
	if len(open) == 0 {
		return
	}
	var names []string
	for i := len(open) - 1; i >= 0; i-- {
		names = append(names, open[i].of.name)
		if len(names) == 8 && i > 1 {
			names = append(names, fmt.Sprintf("%d more", i))
			break
		}
	}
	s.traceLine(0, "✗ "+why+" in "+strings.Join(names, ", "))
}

// epilogues lists where the function gives its frame back.
func (im *image) epilogues(f *codemap.Func) (list []abi.TextOffset) {
	m := machineFor(im.object.Map.Target.Machine)
	if m == nil {
		return nil
	}
	for _, ret := range f.Read().Returns() {
		if at, ok := m.epilogue(im.object.Text, ret); ok {
			list = append(list, at)
		}
	}
	return list
}
