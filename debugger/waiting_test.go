package debugger

import (
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
)

// TestWaits gives the events in their order.
func TestWaits(t *testing.T) {
	never, now := make(chan struct{}), make(chan struct{})
	close(now)
	over := make(chan time.Time)
	close(over)
	for _, c := range []struct {
		name          string
		awaited, done chan struct{}
		delay         chan time.Time
		want          bool
	}{
		{"nobody asks", never, now, over, false},
		{"it is done soon", now, now, nil, false},
		{"it takes long", now, never, over, true},
	} {
		if got := waits(c.awaited, c.done, func() <-chan time.Time { return c.delay }); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// TestOnWait asks for something that needs all units of a program of which none is translated.
func TestOnWait(t *testing.T) {
	s, _ := open(t, "cpp_stl/cpp_stl-O0-dw4.wasm", func(c *Config) {
		c.Compile = func(module []byte, companions *aot.Companions) (*object.File, error) {
			return aot.Compile(module, aot.Options{Companions: companions, LaterFrom: 1})
		}
	})
	later := s.image.object.Later.(*debuginfo.Later)
	s.OnWait(0, func(units int, done <-chan struct{}) {
		select {
		case <-later.Awaited():
		default:
			t.Error("nobody has asked yet")
		}
		if <-done; units < 10 {
			t.Errorf("%d units", units)
		}
	})
	if names := s.image.table.FunctionNames("push_back"); len(names) == 0 {
		t.Error("there are no names")
	}
	select {
	case <-later.Awaited():
	default:
		t.Error("nobody has waited")
	}
	<-later.Done()
}
