package debugger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"sphex/aot/abi"
)

// event is a statement of the program's own code that ran, or the entry of such a function.
type event struct {
	text  abi.TextOffset
	cfa   abi.Addr
	entry bool
	file  string
	line  int
}

// traceStatements runs a program to its end and notes each statement, without any step.
func traceStatements(t *testing.T, name string) (list []event) {
	t.Helper()
	s, _ := open(t, name, nil)
	at := map[abi.TextOffset]event{}
	var all []abi.TextOffset
	for _, f := range s.image.funcs {
		own := false
		for _, st := range s.image.functionStatements(f.BodyText) {
			if l := &st.levels[0]; s.ownScope.owns(l) {
				if len(st.levels) > 1 {
					t.Fatalf("%s: %s is inlined: this test is for code without", name, l.key.name)
				}
				own = true
				at[st.text] = event{text: st.text, file: l.file, line: l.line}
			}
		}
		if _, ok := at[f.Text]; own && !ok {
			at[f.Text] = event{text: f.Text, entry: true}
		}
	}
	for text := range at {
		all = append(all, text)
	}
	in := s.program.instance
	in.OnBreakpoint(func(pc abi.TextOffset) bool {
		s.stack, s.topRead = nil, false
		e, ok := at[pc]
		if !ok {
			return false
		}
		e.cfa = s.cfaNow()
		list = append(list, e)
		return false
	})
	if err := in.ChangeBreakpoints(all, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.program.begin(); err != nil {
		t.Fatal(err)
	}
	if ev := in.Resume(); !ev.Final() {
		t.Fatalf("%v", ev)
	}
	return list
}

// TestStepsAgreeWithTrace steps through whole programs at random. Each step must end where the trace of all
// statements says: no statement is passed over that the step had to stop at, and none is met in its middle
// or before the function's prologue is over, other than behind a return.
func TestStepsAgreeWithTrace(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for i, name := range []string{"c_steps/c_steps-O0.wasm", "c_multi/c_multi-O0-dw4.wasm", "c_kinds/c_kinds-O0.wasm"} {
		t.Run(name, func(t *testing.T) {
			trace := traceStatements(t, name)
			if len(trace) < 20 {
				t.Fatalf("a trace of %d statements", len(trace))
			}
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			for range 4 {
				n := stepTrace(t, name, trace, r)
				t.Logf("%d statements, %d steps", len(trace), n)
			}
		})
	}
}

func stepTrace(t *testing.T, name string, trace []event, r *rand.Rand) (steps int) {
	s, _ := open(t, name, nil)
	stop := mustStop(t, s.StepIn)
	// Statements that ran before main belong to constructors: begin where main does.
	i := slices.IndexFunc(trace, func(e event) bool { return !e.entry && e.text == stop.Frame.PC })
	if i < 0 {
		t.Fatalf("%v is no statement of the trace", stop.Frame)
	}
	shift := stop.Frame.CFA - trace[i].cfa // each run has a stack of its own
	trace = slices.Clone(trace)
	for j := range trace {
		trace[j].cfa += shift
	}
	for !stop.Exited() {
		from := stop.Frame
		kind := []stepKind{stepIn, stepIn, stepOver, stepOver, stepOut}[r.IntN(5)]
		stop = mustStop(t, map[stepKind]func() (*Stop, error){stepIn: s.StepIn, stepOver: s.StepOver, stepOut: func() (*Stop, error) { return s.StepOut(0) }}[kind])
		steps++
		what := fmt.Sprintf("step %d (kind %d) from %v", steps, kind, from)
		next, returned := -1, -1
		for j := i + 1; j < len(trace); j++ {
			e := &trace[j]
			if e.cfa > from.CFA || e.entry && e.cfa == from.CFA {
				returned = j
				break
			}
			moved := !e.entry && e.cfa == from.CFA && (e.line != from.Line || e.file != from.File)
			if moved && kind != stepOut || kind == stepIn && !e.entry && e.cfa < from.CFA {
				next = j
				break
			}
		}
		switch {
		case next >= 0:
			if stop.Exited() || stop.Frame.PC != trace[next].text || stop.Frame.CFA != trace[next].cfa {
				t.Fatalf("%s: %v %v, want %s:%d at %#x", what, stop, stop.Frame, trace[next].file, trace[next].line, trace[next].text)
			}
			i = next
		case stop.Exited():
			if returned >= 0 {
				t.Fatalf("%s: the program ended, but %+v was to come", what, trace[returned])
			}
		default:
			if stop.Frame.CFA <= from.CFA || stop.Frame.Line == 0 {
				t.Fatalf("%s: %v, want its caller", what, stop.Frame)
			}
			if returned < 0 {
				returned = len(trace)
			}
			i = returned - 1
			if returned < len(trace) && trace[returned].text == stop.Frame.PC && trace[returned].cfa == stop.Frame.CFA {
				i = returned
			}
		}
	}
	return steps
}
