//go:build linux && amd64

package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"

	"sphex/aot/abi"
	"sphex/runtime/native"
)

// What faults where no trap can be, or at an address that no guard has, is a defect and never a trap of the guest's: in a thunk,
// in the memory itself, far from everything. The registers are told.
func TestFaultsOfOurs(t *testing.T) {
	for _, c := range []struct {
		name, function string
		arg            uint64
		spoil          func(in *Instance)
		signal         uint64
	}{
		{"the entry thunk", "add", 0xabcdef, func(in *Instance) { in.mod.text.Write(in.mod.thunks[0].Text, []byte{0x0f, 0x0b}) }, native.SigIll},
		{"a load inside of the memory", "load", 0x1000, func(in *Instance) {
			if err := native.Protect(in.memory+0x1000, 0x1000, native.NoAccess); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { // another instance will have the pages
				if err := native.Protect(in.memory+0x1000, 0x1000, native.ReadWrite); err != nil {
					t.Error(err)
				}
			})
		}, native.SigSegv},
		{"a load beyond the reservation", "load", 16 << 30, func(*Instance) {}, native.SigSegv},
		{"a load of the null page", "load", 0, func(in *Instance) { in.memory = 0x10 }, native.SigSegv},
	} {
		m := rawModule(t, "add", "load", "nested", "fib")
		in := rawInstance(t, m, nil)
		c.spoil(in)
		_, err := in.Call(context.Background(), c.function, c.arg, 0x1234)
		var fault *FatalFault
		var trap *TrapError
		if errors.As(err, &trap) || !errors.As(err, &fault) || fault.Signal != c.signal || fault.Instance != in {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if fault.Regs[native.RegContext] != uint64(in.addr) || fault.Flags == 0 || !strings.Contains(err.Error(), fmt.Sprintf("%x", uint64(in.addr))) {
			t.Errorf("%s: the registers are missing: %v", c.name, err)
		}
		if _, err := in.Call(context.Background(), "fib", 5, 0); !errors.Is(err, error(fault)) {
			t.Errorf("%s: the instance goes on: %v", c.name, err)
		}
		if c.signal == native.SigSegv && fault.Fault == 0 {
			t.Errorf("%s: no address", c.name)
		}
	}
}

// A fault of the host in a host function is a panic of Go's, and none of the guest's; the guest can go on.
func TestFaultInHostFunction(t *testing.T) {
	m := rawModule(t, "nested", "fib")
	in := rawInstance(t, m, func(ctx context.Context, in *Instance, stack []uint64) error {
		switch stack[0] {
		case 1:
			var p *int
			stack[0] = uint64(*p)
		case 2:
			stack[0] = stack[len(stack)+int(stack[0])]
		case 3:
			zero := int(stack[0]) - 3
			stack[0] = uint64(7 / zero)
		}
		return nil
	})
	for range 20 {
		for arg, want := range map[uint64]string{1: "nil pointer", 2: "out of range", 3: "divide by zero"} {
			func() {
				defer func() {
					if e, ok := recover().(goruntime.Error); !ok || !strings.Contains(e.Error(), want) {
						t.Errorf("%d: recovered %v", arg, e)
					}
				}()
				in.Call(context.Background(), "nested", arg, 0)
			}()
			if got := call(t, in, "fib", 10, 0); got != 55 {
				t.Fatal(got)
			}
		}
	}
}

// mapping is a line of /proc/self/maps.
type mapping struct {
	lo, hi abi.Addr
	perms  string
	line   string
}

func mappings(t testing.TB) (list []mapping) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		m := mapping{line: l}
		if _, err := fmt.Sscanf(l, "%x-%x %s", &m.lo, &m.hi, &m.perms); err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		list = append(list, m)
	}
	return list
}

// No page is writable and executable, while guests run and breakpoints of both forms come and go under them; and the code that
// the guests run is not writable where it runs.
func TestNoWritableCode(t *testing.T) {
	m := rawModule(t, "nops", "sites", "fib")
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		in := rawInstance(t, m, nil)
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if r, err := in.Call(context.Background(), "sites", 1000, 0); err != nil || r[0] != 1000 {
					t.Errorf("%v, %v", r, err)
					return
				}
			}
		})
	}
	in := rawInstance(t, m, nil)
	sites := []abi.TextOffset{m.funcs[0].Sites[0].Text, m.funcs[1].Sites[0].Text, m.funcs[2].Text}
	code := 0
	for range 40 {
		for _, at := range sites {
			if err := in.SetBreakpoint(at); err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range mappings(t) {
			if strings.Contains(l.perms, "w") && strings.Contains(l.perms, "x") {
				t.Errorf("writable and executable: %s", l.line)
			}
			if at := m.text.Addr(); at >= l.lo && at < l.hi {
				if code++; !strings.HasPrefix(l.perms, "r-x") {
					t.Errorf("the code: %s", l.line)
				}
			}
		}
		for _, at := range sites {
			if err := in.ClearBreakpoint(at); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(stop)
	wg.Wait()
	if code != 40 {
		t.Errorf("the code was seen %d times", code)
	}
}
