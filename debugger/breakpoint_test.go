package debugger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// runCounting continues to the program's end and returns how often it stopped.
func runCounting(t *testing.T, s *Session, at func(*Stop)) (stops int) {
	t.Helper()
	for {
		stop := mustStop(t, s.Continue)
		if stop.Exited() {
			return stops
		}
		if stops++; stops > 1000 {
			t.Fatal("it stops for ever")
		}
		if at != nil {
			at(stop)
		}
	}
}

// TestHitCounts counts the nine calls of price in orders: tea, cake; soup, tea, cake; tea, goto; soup, soup. The
// conditions on item take the evaluator's way, those on an address the compiled one.
func TestHitCounts(t *testing.T) {
	s, _ := open(t, "orders/orders.wasm", nil)
	for _, c := range []struct {
		spec        BreakpointSpec
		stops, hits int
		disabled    bool
	}{
		{BreakpointSpec{}, 9, 9, false},
		{BreakpointSpec{Condition: `item == "cake"`}, 2, 2, false},
		{BreakpointSpec{Condition: `item == "nothing"`}, 0, 0, false},
		{BreakpointSpec{Condition: "1 == 1"}, 9, 9, false},
		{BreakpointSpec{Condition: "1 == 2"}, 0, 0, false},
		{BreakpointSpec{HitCondition: "% 2"}, 4, 9, false},
		{BreakpointSpec{HitCondition: ">= 7"}, 3, 9, false},
		{BreakpointSpec{HitCondition: "3"}, 1, 9, false},
		{BreakpointSpec{Ignore: 4}, 5, 9, false},
		{BreakpointSpec{Ignore: 100}, 0, 9, false},
		{BreakpointSpec{Ignore: 1, Condition: `item == "tea"`}, 2, 3, false},
		{BreakpointSpec{Stops: 2}, 2, 2, true},
		{BreakpointSpec{Stops: 2, HitCondition: "> 3"}, 2, 5, true},
		{BreakpointSpec{LogMessage: "{item}"}, 0, 9, false},
		{BreakpointSpec{Disabled: true}, 0, 0, true},
	} {
		c.spec.Function = "price"
		b := mustBreak(t, s, c.spec)
		for range 2 { // in the second run most hits come without a signal
			if stops := runCounting(t, s, nil); stops != c.stops {
				t.Errorf("%+v: %d stops, want %d", c.spec, stops, c.stops)
			}
			got := s.Breakpoints()[0]
			if got.Hits != c.hits || got.Disabled != c.disabled {
				t.Errorf("%+v: %d hits, disabled %t, want %d, %t", c.spec, got.Hits, got.Disabled, c.hits, c.disabled)
			}
			if err := s.Restart(nil); err != nil {
				t.Fatal(err)
			}
			if c.disabled {
				break
			}
		}
		if err := s.RemoveBreakpoint(b.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// TestConditionInLoop stops once in 300,000 passes, by compiled conditions over a loop's variables, and steps
// on from there as ever.
func TestConditionInLoop(t *testing.T) {
	s, _ := open(t, "../../bench/stops/loop.wasm", nil)
	at := BreakpointSpec{File: "loop.c", Line: 7}
	for _, c := range []struct {
		condition string
		sum       int64 // before the pass: twenty-eight for each eight passes
		i         int64
	}{
		{"i == 299999", 28*37499 + 21, 299999},
		{"sum > 1000000", 28*35714 + 10, 285717}, // 35714 * 8 passes make 999992; 0, 1, 2, 3, 4 follow
		{"i * 2 - 1 == 399999", 28 * 25000, 200000},
		{"(i & 0xffff) == 0xffff && sum / i >= 3 && i > 70000", 28*16383 + 21, 131071},
	} {
		at.Condition = c.condition
		b := mustBreak(t, s, at)
		stop := mustStop(t, s.Continue)
		if !stop.Has(ReasonBreakpoint) {
			t.Fatal(c.condition, stop)
		}
		for name, want := range map[string]int64{"i": c.i, "sum": c.sum} {
			v, err := s.Eval(0, name)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := v.Int(); n != want {
				t.Errorf("%s: %s is %d, want %d", c.condition, name, n, want)
			}
		}
		if n := s.Breakpoints()[0].Hits; n != 1 {
			t.Errorf("%s: %d hits", c.condition, n)
		}
		if stop = mustStop(t, s.StepOver); stop.Frame.Line != 6 {
			t.Errorf("a step leads to line %d", stop.Frame.Line)
		}
		if err := s.RemoveBreakpoint(b.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Restart(nil); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLogMessages writes from a loop, by compiled numbers where there are nothing else, in order.
func TestLogMessages(t *testing.T) {
	s, lines := logged(t, "../../bench/stops/loop.wasm", nil)
	mustBreak(t, s, BreakpointSpec{File: "loop.c", Line: 7, LogMessage: "i={i} next {i + 1} {{x}}"})
	mustBreak(t, s, BreakpointSpec{File: "loop.c", Line: 9, LogMessage: "{sum} {sum:x} {sum & 7:b} {65:c}"})
	mustStop(t, s.Continue)
	list := lines()
	if len(list) != 300001 {
		t.Fatalf("%d messages", len(list))
	}
	for i, got := range list[:300000] {
		if want := fmt.Sprintf("i=%d next %d {x}", i, i+1); got != want {
			t.Fatalf("message %d is %q, want %q", i, got, want)
		}
	}
	if got, want := list[300000], "1050000 0x100590 0 'A'"; got != want { // 37500 times 28
		t.Errorf("the last is %q, want %q", got, want)
	}
}

// TestManyPlaces binds by pattern and by file, one number for all places, of which single ones can be disabled.
func TestManyPlaces(t *testing.T) {
	s, _ := open(t, "orders/orders.wasm", nil)
	names := func(b *Breakpoint) string {
		var list []string
		for _, p := range b.Places {
			list = append(list, strings.TrimPrefix(p.Function, "main::"))
		}
		return strings.Join(list, " ")
	}
	b := mustBreak(t, s, BreakpointSpec{Pattern: "^main::(price|total)$"})
	if got := names(&b); got != "total price" {
		t.Fatalf("the pattern means %s", got)
	}
	if stops := runCounting(t, s, nil); stops != 4+9 { // four orders
		t.Errorf("%d stops", stops)
	}
	if _, err := s.EnablePlace(b.ID, 2, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(nil); err != nil {
		t.Fatal(err)
	}
	if stops := runCounting(t, s, nil); stops != 4 {
		t.Errorf("%d stops without price", stops)
	}
	if _, err := s.EnablePlace(b.ID, 3, false); err == nil || !strings.Contains(err.Error(), "2 locations") {
		t.Error(err)
	}
	if err := s.RemoveBreakpoint(b.ID); err != nil {
		t.Fatal(err)
	}
	f := mustBreak(t, s, BreakpointSpec{File: "main.rs", EveryFunction: true})
	for _, want := range []string{"total", "price", "order", "main", "Till::take", "order::{{closure}}", "total::{{closure}}"} {
		if !strings.Contains(" "+names(&f)+" ", " "+want+" ") {
			t.Errorf("main.rs:* lacks %s: %s", want, names(&f))
		}
	}
	for _, spec := range []BreakpointSpec{{Pattern: "("}, {Pattern: "^nothing$"}, {File: "nothing.rs", EveryFunction: true}} {
		if b, err := s.SetBreakpoint(spec); err != nil || b.Bound() || b.Message == "" {
			t.Errorf("%+v: %+v %v", spec, b, err)
		}
	}
}

// TestGenericInstances binds at all instances of a generic function, or at one, and by a trait at all that implements it.
func TestGenericInstances(t *testing.T) {
	for _, c := range []struct{ program, name, want string }{
		{"rs_kinds/rs_kinds-debug.wasm", "largest", "main::largest<f64> main::largest<char>"},
		{"rs_kinds/rs_kinds-debug.wasm", "largest<char>", "main::largest<char>"},
		{"rs_kinds/rs_kinds-debug.wasm", "largest::<char>", "main::largest<char>"},
		{"rs_kinds/rs_kinds-debug.wasm", "main::largest<f64>", "main::largest<f64>"},
		{"rs_kinds/rs_kinds-debug.wasm", "largest<u8>", ""},
		{"rs_kinds/rs_kinds-debug.wasm", "Animal::name", "<main::Dog as main::Animal>::name <main::Bird as main::Animal>::name"},
		{"rs_kinds/rs_kinds-debug.wasm", "Animal::legs", "<main::Bird as main::Animal>::legs main::Animal::legs<main::Dog>"},                               // Dog has the trait's own
		{"rs_kinds/rs_kinds-debug.wasm", "Add::add", "<main::V2<T> as core::ops::arith::Add>::add<u128> <main::V2<T> as core::ops::arith::Add>::add<i32>"}, // and not std's
		{"cpp_kinds/cpp_kinds-O0.wasm", "twice<int>", "twice<int>"},
		{"orders/orders.wasm", "take", "main::Till::take"}, // and not Option::take, too
		{"cpp_kinds/cpp_kinds-O0.wasm", "Ring::push", "Ring<int, 4>::push"},
		{"cpp_values/containers-O0.wasm", "std::vector::push_back", "std::__2::vector<int, std::__2::allocator<int>>::push_back[abi:nqn220108]"},
		{"cpp_values/containers-O0.wasm", "deque::front", ""},
	} {
		s, _ := open(t, c.program, nil)
		places, message := s.FindPlaces(BreakpointSpec{Function: c.name})
		var names []string
		for _, p := range places {
			names = append(names, p.Function+p.Generic)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got, message, c.want)
		}
	}
}

// TestColumns binds at one of the statements of a loop's head: for (int i = 0; i < 300000; i++).
func TestColumns(t *testing.T) {
	s, _ := open(t, "../../bench/stops/loop.wasm", nil)
	all := mustBreak(t, s, BreakpointSpec{File: "loop.c", Line: 6})
	const step = 32 // of i++
	if err := s.RemoveBreakpoint(all.ID); err != nil {
		t.Fatal(err)
	}
	one := mustBreak(t, s, BreakpointSpec{File: "loop.c", Line: 6, Column: step, HitCondition: "100"})
	if len(one.Places) != 1 || one.Places[0].Column != step || one.Message != "" {
		t.Errorf("%+v", one)
	}
	mustStop(t, s.Continue)
	if v, err := s.Eval(0, "i"); err != nil || v.String() != "99" { // before the hundredth i++
		t.Error(v, err)
	}
	if b := mustBreak(t, s, BreakpointSpec{File: "loop.c", Line: 6, Column: 9999}); len(b.Places) != len(all.Places) || !strings.Contains(b.Message, "no statement at column 9999") {
		t.Errorf("%+v", b)
	}
}

// TestBreakAtInstructions stops at each instruction of a function's native code, all at once, and at
// offsets of its WebAssembly.
func TestBreakAtInstructions(t *testing.T) {
	s, _ := open(t, "orders/orders-release.wasm", nil)
	places, message := s.FindPlaces(BreakpointSpec{Function: "main::order"})
	if len(places) == 0 {
		t.Fatal(message)
	}
	f := s.image.function(places[0].Text)
	set := map[abi.TextOffset]bool{}
	machine := machineFor(s.image.object.Map.Target.Machine)
	for at := f.Text; at < f.BodyText+200; {
		text := at
		mustBreak(t, s, BreakpointSpec{Text: &text})
		set[at] = true
		at += abi.TextOffset(machine.decode(s.image.object.Text[at:]))
	}
	met := map[abi.TextOffset]bool{}
	for range 5000 {
		stop := mustStop(t, s.Continue)
		if stop.Exited() {
			if stop.ExitCode != 0 {
				t.Fatal(stop)
			}
			break
		}
		if !set[stop.Frame.PC] {
			t.Fatalf("stop at %#x", stop.Frame.PC)
		}
		met[stop.Frame.PC] = true
	}
	if len(met) < 20 {
		t.Errorf("only %d of %d instructions were met", len(met), len(set))
	}
	code := places[0].Code
	if b := mustBreak(t, s, BreakpointSpec{Code: &code}); b.Places[0].Code != code {
		t.Errorf("%+v", b)
	}
	file := wasm.FileOffset(places[0].Offset)
	if b := mustBreak(t, s, BreakpointSpec{Offset: &file}); b.Places[0].Offset != file {
		t.Errorf("%+v", b)
	}
}

// TestManyBreakpoints sets thousands, runs into some, and takes them away: the work for one must not
// depend on how many there are.
func TestManyBreakpoints(t *testing.T) {
	s, _ := open(t, "rs_types/rs_types-debug.wasm", nil)
	var ids []int
	for i := range s.image.funcs {
		for _, site := range s.image.funcs[i].Read().Sites {
			text := site.Text
			b := mustBreak(t, s, BreakpointSpec{Text: &text, Condition: "1 == 2"})
			ids = append(ids, b.ID)
			if len(ids) == 10000 {
				break
			}
		}
		if len(ids) == 10000 {
			break
		}
	}
	if stops := runCounting(t, s, nil); stops != 0 {
		t.Errorf("%d stops", stops)
	}
	for _, id := range ids {
		if err := s.RemoveBreakpoint(id); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Breakpoints()); n != 0 || len(s.armed) > 2 {
		t.Errorf("%d breakpoints and %d places are left", n, len(s.armed))
	}
	t.Logf("%d breakpoints", len(ids))
}

// TestPauseBetweenHits pauses, changes and ends a program that spends its time at breakpoints which let it go on, by a condition, a
// count, and a trace.
func TestPauseBetweenHits(t *testing.T) {
	s, _ := logged(t, "c_endless/c_endless-O0.wasm", nil)
	mustBreak(t, s, BreakpointSpec{Function: "turn", Condition: "n == 18446744073709551615 || rounds > 4294967290"})
	mustBreak(t, s, BreakpointSpec{File: "c_endless/main.c", Line: 59, Ignore: 1 << 40})
	for round := range 4 {
		done := make(chan *Stop)
		before := s.Breakpoints()[1].Hits
		go func() {
			stop, err := s.Continue()
			if err != nil {
				t.Error(err)
			}
			done <- stop
		}()
		for deadline := time.Now().Add(testPatience); ; {
			if s.Breakpoints()[1].Hits > before+1000 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("no hits")
			}
			time.Sleep(time.Millisecond)
		}
		switch round {
		case 1: // over the instructions that the calls stand over
			text := s.Breakpoints()[0].Places[0].Text + 1
			b, err := s.SetBreakpoint(BreakpointSpec{Text: &text, Condition: "1 == 2"})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Millisecond)
			if err := s.RemoveBreakpoint(b.ID); err != nil {
				t.Fatal(err)
			}
		case 2:
			if _, err := s.Trace("turn"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Millisecond)
		case 3:
			s.Kill()
			if stop := <-done; !stop.Exited() {
				t.Error(stop)
			}
			return
		}
		s.Pause()
		stop := <-done
		if !stop.Has(ReasonPause) || stop.Frame.Function != "turn" && stop.Frame.Function != "main" {
			t.Fatal(stop, stop.Frame)
		}
		for range 20 {
			if stop = mustStop(t, func() (*Stop, error) { return s.StepInstruction(false) }); stop.Exited() {
				t.Fatal(stop)
			}
		}
		mustStop(t, s.StepOver)
	}
}
