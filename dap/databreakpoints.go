package dap

import (
	"fmt"

	"github.com/google/go-dap"

	"sphex/aot/wasm"
	"sphex/debugger"
	"sphex/debugger/value"
)

// Data breakpoints are watchpoints on a range of linear memory, which the data's id names: they
// outlive frames, as the protocol wants it.

// dataBreakpointInfoArguments are those of go-dap and what the specification has beside them.
type dataBreakpointInfoArguments struct {
	dap.DataBreakpointInfoArguments
	Bytes     int    `json:"bytes"`     // that many from where the variable begins, or from the address
	AsAddress bool   `json:"asAddress"` // name is an address in linear memory
	Mode      string `json:"mode"`
}

// dataBreakpointInfoBody has a data's id that can be null, which says that there is no such data.
type dataBreakpointInfoBody struct {
	DataID      *string                        `json:"dataId"`
	Description string                         `json:"description"`
	AccessTypes []dap.DataBreakpointAccessType `json:"accessTypes,omitempty"`
	CanPersist  bool                           `json:"canPersist,omitempty"`
}

// dataBreakpointInfo tells whether a variable or a range of memory can be watched, and under which id.
func (s *server) dataBreakpointInfo(a *dataBreakpointInfoArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	if err := checkMode(a.Mode); err != nil {
		return nil, err
	}
	if a.AsAddress {
		at, err := memoryAddress(a.Name, 0)
		if err != nil {
			return nil, err
		}
		return s.describeData(fmt.Sprintf("%#x", uint64(at)), at, int64(max(a.Bytes, 1)))
	}
	var v *value.Variable
	if a.VariablesReference > 0 {
		c, err := s.handles.get(a.VariablesReference)
		if err != nil {
			return nil, err
		}
		all, err := c.named(a.Name)
		if err != nil {
			return nil, err
		}
		for _, child := range all {
			if child.Name == a.Name {
				v = child
			}
		}
	} else if v, err = session.Eval(s.level(a.FrameId), a.Name); err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fmt.Errorf("there is no variable %q here", a.Name)
	}
	at, ok := v.Addr()
	n := v.Size()
	if a.Bytes > 0 {
		n = int64(a.Bytes)
	}
	if !ok || n <= 0 {
		return &dataBreakpointInfoBody{Description: a.Name + " is in no memory: it can't be watched"}, nil
	}
	if n == v.Size() {
		s.mu.Lock()
		if s.watchable == nil {
			s.watchable = map[string]*value.Variable{}
		}
		s.watchable[dataID(at, n)] = v
		s.mu.Unlock()
	}
	return s.describeData(a.Name, at, n)
}

// dataID is the protocol's name of a range of memory.
func dataID(at wasm.MemAddr, n int64) string { return fmt.Sprintf("%#x:%d", uint64(at), n) }

// describeData describes a range of memory that may be watched.
func (s *server) describeData(name string, at wasm.MemAddr, n int64) (any, error) {
	size, err := s.session.MemorySize()
	if err != nil {
		return nil, err
	}
	if uint64(at) > size || uint64(n) > size-uint64(at) {
		return &dataBreakpointInfoBody{Description: fmt.Sprintf("%d bytes at %#x are outside of the linear memory of %#x bytes", n, uint64(at), size)}, nil
	}
	id := dataID(at, n)
	bytes := "bytes"
	if n == 1 {
		bytes = "byte"
	}
	return &dataBreakpointInfoBody{
		DataID:      &id,
		Description: fmt.Sprintf("%s (%d %s at %#x)", name, n, bytes, uint64(at)),
		AccessTypes: []dap.DataBreakpointAccessType{"read", "write", "readWrite"},
	}, nil
}

func checkMode(mode string) error {
	if mode != "" && mode != modeHardware && mode != modePage {
		return fmt.Errorf("there is no breakpoint mode %q", mode)
	}
	return nil
}

// setDataBreakpointsArguments are those of go-dap with the breakpoints' mode.
type setDataBreakpointsArguments struct {
	Breakpoints []struct {
		dap.DataBreakpoint
		Mode string `json:"mode"`
	} `json:"breakpoints"`
}

// setDataBreakpoints replaces the watchpoints of the client.
func (s *server) setDataBreakpoints(a *setDataBreakpointsArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	old := s.byData
	s.byData = nil
	s.mu.Unlock()
	for _, id := range old {
		_ = session.RemoveBreakpoint(id) // it may have ended by itself
	}
	kinds := map[dap.DataBreakpointAccessType]debugger.WatchKind{"read": debugger.WatchRead, "readWrite": debugger.WatchAccess}
	body := &dap.SetDataBreakpointsResponseBody{Breakpoints: []dap.Breakpoint{}}
	for i := range a.Breakpoints {
		w := &a.Breakpoints[i]
		var at, n uint64
		answer := dap.Breakpoint{}
		_, err := fmt.Sscanf(w.DataId, "0x%x:%d", &at, &n)
		if err != nil || n == 0 {
			err = fmt.Errorf("%q is no data's id", w.DataId)
		} else {
			err = checkMode(w.Mode)
		}
		var b debugger.Breakpoint
		if err == nil {
			s.mu.Lock()
			shown := s.watchable[w.DataId]
			s.mu.Unlock()
			b, err = session.SetWatch(debugger.WatchSpec{Addr: wasm.MemAddr(at), Len: n, Shown: shown, Kind: kinds[w.AccessType], Pages: w.Mode == modePage},
				debugger.BreakpointSpec{Condition: w.Condition, HitCondition: w.HitCondition})
		}
		if err != nil {
			answer.Message = err.Error()
		} else {
			answer.Id, answer.Verified = b.ID, true
			s.mu.Lock()
			s.byData = append(s.byData, b.ID)
			s.mu.Unlock()
		}
		body.Breakpoints = append(body.Breakpoints, answer)
	}
	return body, nil
}
