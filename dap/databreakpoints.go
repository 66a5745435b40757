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

// dataBreakpointInfo tells whether a variable can be watched, and under which id.
func (s *server) dataBreakpointInfo(a *dap.DataBreakpointInfoArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	var v *value.Variable
	if a.VariablesReference > 0 {
		c, err := s.handles.get(a.VariablesReference)
		if err != nil {
			return nil, err
		}
		all, err := c.children("", 0, 0)
		if err != nil {
			return nil, err
		}
		for _, child := range all {
			if child.Name == a.Name {
				v = child
			}
		}
	} else if v, err = session.Eval(level(a.FrameId), a.Name); err != nil {
		return nil, err
	}
	body := &dap.DataBreakpointInfoResponseBody{Description: a.Name + " is in no memory: it can't be watched"}
	if v == nil {
		return body, nil
	}
	if at, ok := v.Addr(); ok && v.Size() > 0 {
		body.DataId = fmt.Sprintf("%#x:%d", uint64(at), v.Size())
		body.Description = fmt.Sprintf("%s (%d bytes at %#x)", a.Name, v.Size(), uint64(at))
		body.AccessTypes = []dap.DataBreakpointAccessType{"read", "write", "readWrite"}
	}
	return body, nil
}

// setDataBreakpoints replaces the watchpoints of the client.
func (s *server) setDataBreakpoints(a *dap.SetDataBreakpointsArguments) (any, error) {
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
		if _, err := fmt.Sscanf(w.DataId, "0x%x:%d", &at, &n); err != nil {
			answer.Message = fmt.Sprintf("%q is no data's id", w.DataId)
			body.Breakpoints = append(body.Breakpoints, answer)
			continue
		}
		b, err := session.SetWatch(debugger.WatchSpec{Addr: wasm.MemAddr(at), Len: n, Kind: kinds[w.AccessType]},
			debugger.BreakpointSpec{Condition: w.Condition, HitCondition: w.HitCondition})
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
