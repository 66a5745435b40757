package debugger

import (
	"context"
	"errors"
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
	s.OnWait(0, func(units int, done <-chan bool) {
		select {
		case <-later.Awaited():
		default:
			t.Error("nobody has asked yet")
		}
		if !<-done || units < 10 {
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

// TestUntil asks as a person who does not wait: the question ends without an answer, what it leaves is not kept, and the
// same question is answered by who waits.
func TestUntil(t *testing.T) {
	s, _ := open(t, "cpp_stl/cpp_stl-O0-dw4.wasm", func(c *Config) {
		c.Compile = func(module []byte, companions *aot.Companions) (*object.File, error) {
			return aot.Compile(module, aot.Options{Companions: companions, LaterFrom: 1})
		}
	})
	table := s.image.table
	given, lost := context.WithCancel(context.Background())
	lost()
	over := s.Until(given)
	if names := table.FunctionNames("push_back"); len(names) > 0 {
		t.Errorf("not all units are there, but the names are %q", names)
	}
	if names := table.AllFunctions(); len(names) > 0 {
		t.Errorf("not all units are there, but there are %d functions", len(names))
	}
	types := s.image.types
	if typ := types.Lookup("no::such::type"); typ != nil {
		t.Errorf("a type: %v", typ)
	}
	if err := over(); !errors.Is(err, ErrInterrupted) {
		t.Errorf("the questions ended with %v", err)
	}
	select {
	case <-s.image.object.Later.(*debuginfo.Later).Done():
		t.Error("everything was waited for")
	default:
	}

	over = s.Until(context.Background())
	if names := table.FunctionNames("push_back"); len(names) == 0 {
		t.Error("there are no names for who waits")
	}
	if fs := table.AllFunctions(); len(fs) < 1000 {
		t.Errorf("only %d functions for who waits", len(fs))
	}
	if err := over(); err != nil {
		t.Errorf("who waited got %v", err)
	}
}

// TestUntilMeanwhile ends a question that waits already.
func TestUntilMeanwhile(t *testing.T) {
	s, _ := open(t, "cpp_stl/cpp_stl-O0-dw4.wasm", func(c *Config) {
		c.Compile = func(module []byte, companions *aot.Companions) (*object.File, error) {
			return aot.Compile(module, aot.Options{Companions: companions, LaterFrom: 1})
		}
	})
	later := s.image.object.Later.(*debuginfo.Later)
	ctx, cancel := context.WithCancel(context.Background())
	over := s.Until(ctx)
	go func() {
		<-later.Awaited()
		cancel()
	}()
	names := s.image.table.FunctionNames("push_back")
	err := over()
	if (err == nil) != (len(names) > 0) { // the units may have been faster
		t.Errorf("%d names, and %v", len(names), err)
	}
}
