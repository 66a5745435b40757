package debugger

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// stepSeed is what TestStepsAgreeWithTrace draws its steps from: the same in each run, so that a change shows.
//
//	go test ./debugger -run TestStepsAgreeWithTrace -steps.seed 0 -count 20
var (
	stepSeed     = flag.Uint64("steps.seed", 1, "TestStepsAgreeWithTrace: the seed, 0 takes the clock")
	stepPrograms = flag.String("steps.programs", "", "TestStepsAgreeWithTrace: these programs instead of its own, with commas between; paths below testdata/programs")
)

// TestStepsAgreeWithTrace steps through whole programs at random. Each step must end where the judge says: at
// the first statement that the step's rule (endsAt, see TestPlanStatements) ends at, of all those that the
// interpreter comes to, or right behind the return. So none ends in the middle of a statement or in a prologue, and
// none is lost.
func TestStepsAgreeWithTrace(t *testing.T) {
	seed := *stepSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	programs := []string{
		"c_steps/c_steps-O0.wasm", "c_steps/c_steps-O2.wasm", "c_multi/c_multi-O0-dw4.wasm", "c_multi/c_multi-O2-dw5.wasm",
		"c_kinds/c_kinds-O0.wasm", "c_kinds/c_kinds-O2.wasm", "cpp_steps/cpp_steps-O0.wasm", "cpp_steps/cpp_steps-O2.wasm",
		"cpp_shapes/cpp_shapes-O0.wasm", "cpp_shapes/cpp_shapes-O2.wasm", "rs_steps/rs_steps-debug.wasm", "rs_steps/rs_steps-release.wasm",
		"orders/orders.wasm", "orders/orders-release.wasm", "rs_kinds/rs_kinds-debug.wasm", "rs_kinds/rs_kinds-release.wasm", "rs_types/rs_types-release-dw5.wasm", "cpp_kinds/cpp_kinds-O2.wasm",
	}
	if *stepPrograms != "" {
		programs = strings.Split(*stepPrograms, ",")
	}
	for i, name := range programs {
		t.Run(strings.TrimSuffix(name[strings.IndexByte(name, '/')+1:], ".wasm"), func(t *testing.T) {
			j := newJudge(t, programPath(t, name))
			events := j.run(t)
			if len(events) < 10 {
				t.Fatalf("a trace of %d statements", len(events))
			}
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			steps := 0
			for steps < 300 {
				steps += newJudgedSteps(t, name, events, r).play(300 - steps)
			}
			t.Logf("%d statements", len(events))
		})
	}
}

// judgedSteps is a session and where it stands among the events.
type judgedSteps struct {
	t      *testing.T
	s      *Session
	stop   *Stop
	events []judgedEvent
	r      *rand.Rand
	scope  *stepScope // whose functions only look at levels

	last   int         // the last event that has been
	call   *judgedCall // where the session stands
	levels []level
	shown  int
}

func newJudgedSteps(t *testing.T, name string, events []judgedEvent, r *rand.Rand) *judgedSteps {
	p := &judgedSteps{t: t, events: events, r: r, scope: newStepScope(nil, nil, func(file string) bool { return file != "" && !isLibrary(file) })}
	p.s, _ = open(t, name, nil)
	p.stop = mustStop(t, p.s.StepIn)
	f := p.stop.Frame
	p.last = slices.IndexFunc(events, func(e judgedEvent) bool { return e.call.function == f.Index && e.at == f.Code })
	if p.last < 0 {
		t.Fatalf("the entry, %v, is no statement of the trace", f)
	}
	p.reach(p.last, outermost(events[p.last].levels), "entry")
	return p
}

// place returns the function, the number of guest frames and the logical frames shown of the innermost one.
func (p *judgedSteps) place() (function uint32, code wasm.CodeOffset, depth, shown int) {
	top := p.stop.Frame
	err := p.s.do(func() {
		k := p.s.stackNow()
		for n := 0; k.physical(n) != nil; n++ {
			if k.physical(n).guest() {
				depth++
			}
		}
		shown = top.outer
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return top.Index, top.Code, depth, shown
}

// reach checks that the session stands at event i with so many frames shown.
func (p *judgedSteps) reach(i, shown int, what string) {
	p.t.Helper()
	e := &p.events[i]
	if p.stop.Exited() {
		p.t.Fatalf("%s: the program ended, want %v", what, e)
	}
	function, code, depth, got := p.place()
	if function != e.call.function || code != e.at || depth != e.call.depth+1 || got != shown || p.stop.Frame.Line != e.levels[shown-1].line {
		p.t.Fatalf("%s: %v (function %d at %#x, depth %d, %d shown), want %v with %d shown", what, p.stop.Frame, function, code, depth, got, e, shown)
	}
	p.last, p.call, p.levels, p.shown = i, e.call, e.levels, shown
}

func (e judgedEvent) String() string {
	l := e.levels[len(e.levels)-1]
	return fmt.Sprintf("%s:%d (function %d at %#x, depth %d, %d frames)", l.file, l.line, e.call.function, e.at, e.call.depth+1, len(e.levels))
}

// play steps to the program's end, or so often, and returns the number of steps.
func (p *judgedSteps) play(most int) (steps int) {
	for home := p.call; !p.stop.Exited() && steps < most; {
		kind := []stepKind{stepIn, stepIn, stepIn, stepOver, stepOver, stepOut, stepUntil}[p.r.IntN(7)]
		if p.call == home && p.shown == 1 && p.r.IntN(4) > 0 {
			kind = stepIn // the program is long
		}
		from := p.stop.Frame
		p.stop = mustStop(p.t, map[stepKind]func() (*Stop, error){
			stepIn: p.s.StepIn, stepOver: p.s.StepOver, stepUntil: p.s.StepUntil, stepOut: func() (*Stop, error) { return p.s.StepOut(0) },
		}[kind])
		steps++
		p.check(kind, fmt.Sprintf("step %d (kind %d) from %v", steps, kind, from))
	}
	return steps
}

// check compares the stop behind a step with what the trace says.
func (p *judgedSteps) check(kind stepKind, what string) {
	at := p.levels[p.shown-1]
	from := origin{chain: keys(p.levels, p.shown), file: at.file, line: at.line}
	if in := p.scope.inner(p.levels, p.shown+1); kind == stepIn && in > 0 {
		// What begins here is entered by showing it.
		if _, code, _, shown := p.place(); shown != in || code != p.stop.Frame.Code || p.stop.Frame.Line != p.levels[in-1].line {
			p.t.Fatalf("%s: %v with %d frames, want %d at %v", what, p.stop.Frame, shown, in, p.levels[in-1])
		}
		p.shown = in
		return
	}
	i := p.last + 1
	for ; i < len(p.events) && p.events[i].call.in(p.call); i++ {
		e := &p.events[i]
		shown := 0
		switch {
		case e.call == p.call:
			shown = endsAt(kind, from, e.levels)
			if shown > 0 && !kind.within() {
				shown = p.scope.inner(e.levels, shown)
			} else if shown > 0 && !p.scope.owns(&e.levels[shown-1]) {
				shown = 0
			}
		case kind == stepIn:
			shown = p.scope.inner(e.levels, outermost(e.levels))
		}
		if shown > 0 {
			p.reach(i, shown, what)
			return
		}
	}
	p.returned(i, kind, what)
}

// returned checks the stop behind a step that has left its function before event i.
func (p *judgedSteps) returned(i int, kind stepKind, what string) {
	if p.waited() { // the same function goes on, in a later activation
		function, code, depth, shown := p.place()
		for ; i < len(p.events); i++ {
			if e := &p.events[i]; e.call.function == function && e.at == code && e.call.depth+1 == depth {
				if function != p.call.function {
					break
				}
				p.reach(i, shown, what)
				return
			}
		}
		p.t.Fatalf("%s: %v is nowhere in the rest of the trace", what, p.stop.Frame)
	}
	chain := []frameKey(nil)
	callee := p.call
	for ; callee.caller != nil; callee = callee.caller {
		if b := callee.caller.body; b != nil {
			if levels := b.levels(callee.at); p.scope.outer(levels, len(levels)) > 0 {
				chain = keys(levels, len(levels))
				break
			}
		}
	}
	if callee.caller == nil {
		callee = nil
	}
	// Between the function and its first caller that counts may be others, which call back.
	for ; i < len(p.events) && callee != nil && callee != p.call && p.events[i].call.in(callee); i++ {
		if e := &p.events[i]; kind == stepIn {
			if shown := p.scope.inner(e.levels, outermost(e.levels)); shown > 0 {
				p.reach(i, shown, what)
				return
			}
		}
	}
	if callee == nil {
		if !p.stop.Exited() {
			p.t.Fatalf("%s: %v, want the end", what, p.stop.Frame)
		}
		return
	}
	if p.stop.Exited() {
		if i < len(p.events) {
			p.t.Fatalf("%s: the program ended, but %v was to come", what, p.events[i])
		}
		return // the callee has ended the program
	}
	to := callee.caller
	if i < len(p.events) && p.events[i].call == to && p.events[i].at == p.stop.Frame.Code && p.atSite() {
		e := &p.events[i]
		p.reach(i, p.scope.outer(e.levels, shownAfterReturn(chain, e.levels)), what)
		return
	}
	if levels := to.body.levels(p.behind(to.function, callee.at)); p.scope.outer(levels, len(levels)) == 0 {
		// There is no line behind the call: the step goes on to the next statement.
		p.call = to
		for ; i < len(p.events) && p.events[i].call.in(to); i++ {
			e := &p.events[i]
			if shown := endsAt(stepOver, origin{chain: chain}, e.levels); e.call == to && shown > 0 && p.scope.owns(&e.levels[shown-1]) {
				p.reach(i, shown, what)
				return
			}
		}
		p.returned(i, stepOver, what)
		return
	}
	function, code, depth, shown := p.place()
	if function != to.function || depth != to.depth+1 || !p.behindCall(callee.at) {
		p.t.Fatalf("%s: %v (function %d at %#x, depth %d), want the return to function %d behind %#x, depth %d", what, p.stop.Frame, function, code, depth, to.function, callee.at, to.depth+1)
	}
	levels := to.body.levels(code)
	if want := p.scope.outer(levels, len(levels)); shown != want || p.stop.Frame.Line != levels[want-1].line {
		p.t.Fatalf("%s: %v with %d frames, want %d of %v", what, p.stop.Frame, shown, want, levels)
	}
	p.last, p.call, p.levels, p.shown = i-1, to, levels, shown
}

// waited reports whether the step has gone on where a future was polled again.
func (p *judgedSteps) waited() bool {
	return slices.ContainsFunc(p.stop.Reasons, func(r Reason) bool { return strings.Contains(r.Text, "the future was pending") })
}

// behind returns the instruction whose code a call returns to.
func (p *judgedSteps) behind(function uint32, at wasm.CodeOffset) wasm.CodeOffset {
	for _, f := range p.s.image.funcs {
		if f.Index != function {
			continue
		}
		for _, c := range f.Read().Calls {
			if c.Wasm == at {
				off, _ := wasmOffset(f, c.Return)
				return off
			}
		}
	}
	return at
}

// behindCall tells whether the session stands where a call returns to.
func (p *judgedSteps) behindCall(at wasm.CodeOffset) bool {
	f := p.stop.Frame
	fn := p.s.image.function(f.PC)
	return slices.ContainsFunc(fn.Calls, func(c codemap.Call) bool { return c.Return == f.PC && c.Wasm == at })
}

// atSite tells whether the session stands at a statement's beginning.
func (p *judgedSteps) atSite() bool {
	f := p.stop.Frame
	fn := p.s.image.function(f.PC)
	return slices.ContainsFunc(fn.Sites, func(s codemap.Site) bool { return s.Text == f.PC })
}
