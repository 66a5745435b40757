//go:build linux && amd64

package runtime

import (
	"context"
	"errors"
	"math/rand/v2"
	goruntime "runtime"
	"sync/atomic"
	"testing"
	"time"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime/internal/guestcode"
)

// start begins a call under the debugger.
func start(t testing.TB, in *Instance, name string, a, b uint64) {
	t.Helper()
	if err := in.Start(context.Background(), in.ExportedFunc(name).index, a, b); err != nil {
		t.Fatal(err)
	}
}

func textOf(in *Instance, name string) abi.TextOffset {
	return in.mod.FuncByIndex(in.ExportedFunc(name).index).Text
}

func wantStop(t testing.TB, s *Stop, r StopReason, pc abi.TextOffset) {
	t.Helper()
	if s.Reason != r || !s.Final() && s.PC != pc {
		t.Fatalf("stop %v, want %v at %#x", s, r, pc)
	}
}

func wantReturn(t testing.TB, s *Stop, v uint64) {
	t.Helper()
	if s.Reason != StopReturned || len(s.Results) != 1 || s.Results[0] != v {
		t.Fatalf("stop %v %v, want a return of %d", s, s.Results, v)
	}
}

// innermost returns the frame that stands.
func innermost(t testing.TB, in *Instance) Frame {
	t.Helper()
	for f := range in.Frames() {
		return f
	}
	t.Fatal("no frames")
	return Frame{}
}

func reg(t testing.TB, in *Instance, r codemap.Reg) uint64 {
	t.Helper()
	f := innermost(t, in)
	v, ok := f.Reg(r)
	if !ok {
		t.Fatalf("register %d is unknown", r)
	}
	return v[0]
}

const rax, rdx, rcx, rbx = 0, 1, 2, 3

func TestBreakpointAtSites(t *testing.T) {
	m := rawModule(t, "nops", "sites")
	for _, name := range []string{"nops", "sites"} {
		in := rawInstance(t, m, nil)
		site := m.FuncByIndex(in.ExportedFunc(name).index).Sites[0].Text
		if err := in.SetBreakpoint(site); err != nil {
			t.Fatal(err)
		}
		const n = 20000
		start(t, in, name, n, 0)
		for i := range uint64(n) {
			wantStop(t, in.Resume(), StopBreakpoint, site)
			if got := reg(t, in, rax); got != i {
				t.Fatalf("%s: stop %d with rax = %d", name, i, got)
			}
		}
		wantReturn(t, in.Resume(), n)
		// Others run over it; so does a plain call of this one.
		if got := call(t, rawInstance(t, m, nil), name, 1000, 0); got != 1000 {
			t.Fatal(got)
		}
		if got := call(t, in, name, 1000, 0); got != 1000 {
			t.Fatal(got)
		}
		if err := in.ClearBreakpoint(site); err != nil {
			t.Fatal(err)
		}
		if in.ClearBreakpoint(site) == nil {
			t.Fatal("a breakpoint was cleared twice")
		}
		start(t, in, name, 10, 0)
		wantReturn(t, in.Resume(), 10)
	}
}

func TestBreakpointAnywhere(t *testing.T) {
	m := rawModule(t, "count", "add")
	in := rawInstance(t, m, nil)
	body := textOf(in, "count")
	loop := body + guestcode.Find("count", []byte{0x48, 0x01, 0xc1}) // add rcx, rax
	dec := body + guestcode.Find("count", []byte{0x48, 0xff, 0xc8})  // dec rax
	ret := m.FuncByIndex(in.ExportedFunc("count").index).TextEnd - 1 // ret
	for _, pc := range []abi.TextOffset{loop, dec, ret} {
		if err := in.SetBreakpoint(pc); err != nil {
			t.Fatal(err)
		}
	}
	code := make([]byte, 3)
	if m.ReadText(loop, code); code[0] != 0x48 {
		t.Fatalf("ReadText shows the breakpoint: %x", code)
	}
	start(t, in, "count", 50, 0)
	for i := uint64(50); i > 0; i-- {
		wantStop(t, in.Resume(), StopBreakpoint, loop)
		if got := reg(t, in, rax); got != i {
			t.Fatalf("rax = %d, want %d", got, i)
		}
		wantStop(t, in.Resume(), StopBreakpoint, dec)
		if got := reg(t, in, rax); got != i {
			t.Fatalf("rax = %d, want %d", got, i)
		}
	}
	wantStop(t, in.Resume(), StopBreakpoint, ret)
	wantReturn(t, in.Resume(), 50*51/2)
	if got := call(t, rawInstance(t, m, nil), "count", 500, 0); got != 500*501/2 {
		t.Fatal(got)
	}
	if in.Close(); len(m.patches) != 0 {
		t.Fatal("breakpoints outlived their instance")
	}
}

func TestStepInstruction(t *testing.T) {
	m := rawModule(t, "count", "hosts", "nops", "sites")
	in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
		stack[0] *= 3
		return nil
	})
	inFunc := func(name string, bp bool, n, want uint64, steps int) {
		t.Helper()
		f := m.FuncByIndex(in.ExportedFunc(name).index)
		if bp {
			site := f.Sites[0].Text
			if err := in.SetBreakpoint(site); err != nil {
				t.Fatal(err)
			}
			defer in.ClearBreakpoint(site)
		}
		start(t, in, name, n, 0)
		in.Pause()
		s := in.Resume()
		for k := 0; ; k++ {
			switch {
			case s.Final():
				wantReturn(t, s, want)
				if k != steps {
					t.Fatalf("%s: %d instructions, want %d", name, k, steps)
				}
				return
			case s.Reason != StopStep && s.Reason != StopBreakpoint && k > 0:
				t.Fatalf("%s: %v", name, s)
			}
			s = in.StepInstruction()
		}
	}
	// The entry thunk has 5 instructions; the last one leaves guest code.
	const thunk = 5
	inFunc("count", false, 100, 5050, thunk+1+3*100+2)
	inFunc("nops", false, 10, 10, thunk+2+4*10+1)
	inFunc("nops", true, 10, 10, thunk+2+4*10+1)
	inFunc("hosts", false, 10, 3*55, thunk+6+6*10+5)
	pad := 0 // the nops that align the loop
	for code := guestcode.Code("sites"); code[5+pad] != 0x0f || code[6+pad] != 0x1f || code[7+pad] != 0x44; {
		pad++
	}
	padding := 0
	if pad > 0 {
		padding = countNops(guestcode.Code("sites")[5 : 5+pad])
	}
	inFunc("sites", true, 10, 10, thunk+2+padding+4*10+1)
	inFunc("sites", false, 10, 10, thunk+2+padding+4*10+1)
}

// countNops counts the multi-byte nops that the assembler pads with: each ends a run that
// begins with 66 bytes, 0f 1f, or is 90.
func countNops(b []byte) int {
	n := 0
	for i := 0; i < len(b); n++ {
		for b[i] == 0x66 {
			i++
		}
		if b[i] == 0x90 {
			i++
			continue
		}
		modrm := b[i+2]
		i += 3
		if modrm&7 == 4 {
			i++ // SIB
		}
		switch modrm >> 6 {
		case 1:
			i++
		case 2:
			i += 4
		}
	}
	return n
}

func TestStepRange(t *testing.T) {
	m := rawModule(t, "count", "nested", "add")
	in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
		r, err := in.Call(ctx, "add", stack[0], 1)
		if err == nil {
			stack[0] = r[0]
		}
		return err
	})
	body := textOf(in, "count")
	loop := body + guestcode.Find("count", []byte{0x48, 0x01, 0xc1})
	end := body + guestcode.Find("count", []byte{0x48, 0x89, 0xc8}) // mov rax, rcx
	in.SetBreakpoint(loop)
	start(t, in, "count", 1000, 0)
	wantStop(t, in.Resume(), StopBreakpoint, loop)
	in.ClearBreakpoint(loop)
	wantStop(t, in.StepRange(loop, end), StopStep, end)
	wantReturn(t, in.Resume(), 500500)
	if in.ctx.StepN < 2900 {
		t.Fatalf("only %d of 3000 steps were made without Go", in.ctx.StepN)
	}

	// Over a host call that enters the guest again.
	f := m.FuncByIndex(in.ExportedFunc("nested").index)
	in.SetBreakpoint(f.Text)
	start(t, in, "nested", 5, 0)
	wantStop(t, in.Resume(), StopBreakpoint, f.Text)
	in.ClearBreakpoint(f.Text)
	s := in.StepRange(f.Text, f.TextEnd)
	if th := m.ThunkAt(s.PC); s.Reason != StopStep || th == nil || th.Kind != codemap.EntryThunk {
		t.Fatalf("step out of the function: %v", s)
	}
	wantReturn(t, in.Resume(), 7)
}

func TestRegistersSurviveStops(t *testing.T) {
	m := rawModule(t, "regs", "wide")
	for _, name := range []string{"regs", "wide"} {
		in := rawInstance(t, m, nil)
		stop := textOf(in, name) + guestcode.Find(name, []byte{0xcc})
		in.mod.text.SetByte(stop, 0x90)
		in.mod.FuncAt(stop).Sites = []codemap.Site{{Text: stop, Size: 1}}
		in.SetBreakpoint(stop)
		for range 500 {
			seed := rand.Uint64()
			start(t, in, name, seed, 0)
			wantStop(t, in.Resume(), StopBreakpoint, stop)
			if name == "regs" {
				f := innermost(t, in)
				for r, n := range map[codemap.Reg]uint64{rax: 12, rcx: 1, rdx: 2, rbx: 0, 6: 3, 4: 4, 8: 5, 9: 6, 10: 7, 11: 8, 12: 9, 13: 10} {
					if v, ok := f.Reg(r); !ok || v[0] != seed+n {
						t.Fatalf("register %d = %#x, want %#x", r, v[0], seed+n)
					}
				}
				for i := range uint64(16) {
					if v, ok := f.Reg(17 + codemap.Reg(i)); !ok || v != [2]uint64{seed + i, seed + i} {
						t.Fatalf("xmm%d = %#x, want %#x twice", i, v, seed+i)
					}
				}
				if fl, _ := in.Flags(); fl&0x401 != 0x401 {
					t.Fatalf("flags %#x lack carry or direction", fl)
				}
			}
			wantReturn(t, in.Resume(), 0)
		}
	}
}

func TestSetRegister(t *testing.T) {
	m := rawModule(t, "nops", "load", "add")
	in := rawInstance(t, m, nil)
	site := m.FuncByIndex(in.ExportedFunc("nops").index).Sites[0].Text
	in.SetBreakpoint(site)
	start(t, in, "nops", 5, 0)
	in.Resume()
	f := innermost(t, in)
	if err := f.SetReg(rax, [2]uint64{100}); err != nil {
		t.Fatal(err)
	}
	if f.SetReg(15, [2]uint64{1}) == nil || f.SetReg(7, [2]uint64{1}) == nil {
		t.Fatal("a pinned register could be set")
	}
	in.ClearBreakpoint(site)
	wantReturn(t, in.Resume(), 105)

	// A trap can be repaired: put the register right and run the instruction again.
	in.Memory(0).PutUint64(64, 0xabcdef)
	start(t, in, "load", 65536, 0)
	s := in.Resume()
	wantStop(t, s, StopTrap, textOf(in, "load"))
	if s.Trap.Kind != abi.TrapMemory {
		t.Fatal(s)
	}
	f = innermost(t, in)
	f.SetReg(rax, [2]uint64{64})
	in.SetPC(s.PC)
	wantReturn(t, in.Resume(), 0xabcdef)

	// Left alone, it takes its course.
	start(t, in, "load", 65536, 0)
	in.Resume()
	s = in.Resume()
	var trap *TrapError
	if s.Reason != StopFailed || !errors.As(s.Err, &trap) {
		t.Fatal(s)
	}
	if s2 := in.Resume(); s2 != s {
		t.Fatal("a final stop is not the last")
	}
	if got := call(t, in, "add", 1, 2); got != 3 {
		t.Fatal(got)
	}
}

func TestPauseSpin(t *testing.T) {
	in := rawInstance(t, rawModule(t, "spin"), nil)
	start(t, in, "spin", 0, 0)
	in.Pause()
	if s := in.Resume(); s.Reason != StopPaused {
		t.Fatalf("a pause before the start: %v", s)
	}
	var last uint64
	for i := range 300 {
		go func() {
			time.Sleep(time.Duration(i%7) * 100 * time.Microsecond)
			in.Pause()
		}()
		s := in.Resume()
		if s.Reason != StopPaused {
			t.Fatal(s)
		}
		if f := in.mod.FuncAt(s.PC); f == nil && i > 5 {
			t.Fatalf("paused at %#x", s.PC)
		}
		now, _ := in.Memory(0).Uint64(0)
		if now < last {
			t.Fatalf("the count went from %d to %d", last, now)
		}
		last = now
	}
	in.Memory(0).Write(8, []byte{1})
	if s := in.Resume(); s.Reason != StopReturned || s.Results[0] < last {
		t.Fatal(s)
	}
}

// TestPauseOften asks for a pause more often than one can come: that costs no goroutines.
func TestPauseOften(t *testing.T) {
	for _, attach := range []bool{false, true} {
		entered, release := make(chan struct{}), make(chan struct{})
		in := rawInstance(t, rawModule(t, "nested"), func(ctx context.Context, in *Instance, stack []uint64) error {
			entered <- struct{}{}
			<-release
			return nil
		})
		if attach {
			if s, err := in.Attach(); err != nil || s.Reason != StopPaused {
				t.Fatal(s, err)
			}
			go in.Call(context.Background(), "nested", 1, 0)
		} else {
			start(t, in, "nested", 1, 0)
		}
		stopped := make(chan *Stop)
		go func() { stopped <- in.Resume() }()
		<-entered
		before := goruntime.NumGoroutine()
		for range 1000 {
			in.Pause()
		}
		if n := goruntime.NumGoroutine(); n > before+10 {
			t.Errorf("attached %v: %d goroutines, %d before", attach, n, before)
		}
		if s := <-stopped; s.Reason != StopPaused {
			t.Error(s)
		}
		close(release)
		in.Kill()
	}
}

func TestPauseInHostFunction(t *testing.T) {
	entered, release := make(chan struct{}, 1), make(chan struct{})
	m := rawModule(t, "nested", "nops")
	in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
		entered <- struct{}{}
		<-release
		stack[0] = 41
		return nil
	})
	for _, step := range []bool{false, true} {
		start(t, in, "nested", 1, 0)
		go func() { <-entered; in.Pause() }()
		s := in.Resume()
		if s.Reason != StopPaused || !s.InHost {
			t.Fatal(s)
		}
		var names []string
		for f := range in.Frames() {
			if f.Host != nil {
				names = append(names, f.Host.Name())
			} else {
				names = append(names, m.wasm.Exports[f.Func.Index-1].Name)
			}
		}
		if len(names) != 2 || names[0] != "env.f" || names[1] != "nested" {
			t.Fatalf("frames %q", names)
		}
		time.AfterFunc(5*time.Millisecond, func() { release <- struct{}{} })
		if step {
			back := in.StepInstruction()
			wantStop(t, back, StopStep, s.PC)
		}
		wantReturn(t, in.Resume(), 42)
	}
	// The host function is over before the debugger goes on.
	start(t, in, "nested", 1, 0)
	go func() { <-entered; in.Pause() }()
	in.Resume()
	release <- struct{}{}
	time.Sleep(10 * time.Millisecond)
	wantReturn(t, in.Resume(), 42)
}

func TestKill(t *testing.T) {
	m := rawModule(t, "spin", "nested")
	for _, how := range []string{"guest", "host", "before", "context", "stopped"} {
		entered := make(chan struct{}, 1)
		in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
			entered <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		want := ErrKilled
		fn := "spin"
		switch how {
		case "guest":
			time.AfterFunc(5*time.Millisecond, in.Kill)
		case "host":
			fn = "nested"
			go func() { <-entered; in.Kill() }()
			want = context.Canceled
		case "before":
			in.Kill()
		case "context":
			time.AfterFunc(5*time.Millisecond, cancel)
			want = context.Canceled
		case "stopped":
			start(t, in, fn, 0, 0)
			in.Pause()
			in.Resume()
			in.Kill()
			if s := in.Resume(); s.Reason != StopFailed || !errors.Is(s.Err, want) {
				t.Fatal(s)
			}
			continue
		}
		_, err := in.Call(ctx, fn, 0, 0)
		if !errors.Is(err, want) {
			t.Fatalf("%s: %v, want %v", how, err, want)
		}
	}
}

func TestHostErrors(t *testing.T) {
	boom := errors.New("boom")
	var result error
	in := rawInstance(t, rawModule(t, "nested", "add"), func(ctx context.Context, in *Instance, stack []uint64) error { return result })
	for _, c := range []struct {
		err    error
		first  StopReason
		second StopReason
	}{
		{boom, StopHostError, StopFailed},
		{&ExitError{3}, StopExited, StopNone},
		{&TrapError{Kind: abi.TrapMemory}, StopTrap, StopFailed},
	} {
		result = c.err
		if _, err := in.Call(context.Background(), "nested", 1, 1); !errors.Is(err, c.err) {
			t.Fatalf("%v: %v", c.err, err)
		}
		if trap, ok := c.err.(*TrapError); ok {
			result = &TrapError{Kind: trap.Kind}
		}
		start(t, in, "nested", 1, 1)
		s := in.Resume()
		if s.Reason != c.first {
			t.Fatalf("%v: %v", c.err, s)
		}
		if s.Reason == StopExited && s.ExitCode != 3 {
			t.Fatal(s)
		}
		if c.second != StopNone {
			if s = in.Resume(); s.Reason != c.second {
				t.Fatalf("%v: %v", c.err, s)
			}
		}
	}
	result = nil
	if got := call(t, in, "nested", 1, 1); got != 2 {
		t.Fatal(got)
	}
}

// Breakpoints come and go while other goroutines run through them; nothing is lost but stops.
func TestPatchLive(t *testing.T) {
	defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(8)) // more than there are guests, so that the watcher gets its turn
	m := rawModule(t, "sites", "nops", "count")
	watcher := rawInstance(t, m, nil)
	var places []abi.TextOffset
	for _, name := range []string{"sites", "nops"} {
		places = append(places, m.FuncByIndex(watcher.ExportedFunc(name).index).Sites[0].Text)
	}
	places = append(places, textOf(watcher, "count")+guestcode.Find("count", []byte{0x48, 0x01, 0xc1}))
	var stop atomic.Bool
	done := make(chan bool)
	for _, name := range []string{"sites", "nops", "count", "sites"} {
		in := rawInstance(t, m, nil)
		go func() {
			defer func() { done <- true }()
			for !stop.Load() {
				n := uint64(100000)
				want := n
				if name == "count" {
					n = 2000
					want = n * (n + 1) / 2
				}
				if r, err := in.Call(context.Background(), name, n, 0); err != nil || r[0] != want {
					t.Errorf("%s: %v %v", name, r, err)
					return
				}
			}
		}()
	}
	toggles := 0
	for t0 := time.Now(); time.Since(t0) < 2*time.Second; toggles++ {
		pc := places[toggles%len(places)]
		if err := watcher.SetBreakpoint(pc); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(toggles%5) * 10 * time.Microsecond)
		if err := watcher.ClearBreakpoint(pc); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	for range 4 {
		<-done
	}
	t.Logf("%d breakpoints set and cleared", toggles)
}
