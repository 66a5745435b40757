package dap

import (
	"fmt"
	"strings"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// filter is an exception filter: a kind of event that the client may choose.
type filter struct {
	dap.ExceptionBreakpointsFilter
	kind  debugger.CatchKind
	names bool // its condition is not an expression but chooses among the events by name
}

// filters holds the filters that are offered. Those that are on by default are catchpoints which
// each session has.
var filters = []filter{
	{dap.ExceptionBreakpointsFilter{Filter: "trap", Label: "Traps", Description: "Stop where the program traps, before it ends",
		Default: true, SupportsCondition: true, ConditionDescription: "A kind: " + strings.Join(debugger.TrapKinds(), ", ")}, debugger.CatchTrap, true},
	{dap.ExceptionBreakpointsFilter{Filter: "panic", Label: "Panics and aborts", Description: "Stop at a Rust panic, C's abort or a failed assert, before anything is unwound or printed",
		Default: true, SupportsCondition: true, ConditionDescription: "An expression"}, debugger.CatchPanic, false},
	{dap.ExceptionBreakpointsFilter{Filter: "throw", Label: "C++ exceptions", Description: "Stop where a C++ exception is thrown",
		SupportsCondition: true, ConditionDescription: "An expression"}, debugger.CatchThrow, false},
	{dap.ExceptionBreakpointsFilter{Filter: "host", Label: "Calls of the host", Description: "Stop where the program calls an imported function",
		SupportsCondition: true, ConditionDescription: "The function's name, or a pattern: fd_*"}, debugger.CatchHost, true},
	{dap.ExceptionBreakpointsFilter{Filter: "exit", Label: "Exit", Description: "Stop where the program ends by itself"}, debugger.CatchExit, false},
}

func exceptionFilters() []dap.ExceptionBreakpointsFilter {
	var list []dap.ExceptionBreakpointsFilter
	for i := range filters {
		list = append(list, filters[i].ExceptionBreakpointsFilter)
	}
	return list
}

// catchpoint returns what a filter asks of the session.
func catchpoint(id, condition string) (debugger.BreakpointSpec, error) {
	for i := range filters {
		f := &filters[i]
		if f.Filter != id {
			continue
		}
		spec := debugger.BreakpointSpec{Catch: f.kind}
		if f.names {
			spec.CatchName = condition
		} else {
			spec.Condition = condition
		}
		return spec, nil
	}
	return debugger.BreakpointSpec{}, fmt.Errorf("there is no exception filter %q", id)
}

// setExceptionBreakpoints makes the catchpoints those of the filters. The ones that every session
// has are off from then on: the client's take their place.
func (s *server) setExceptionBreakpoints(a *dap.SetExceptionBreakpointsArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	wanted := a.FilterOptions
	for i := len(a.Filters) - 1; i >= 0; i-- { // these come first in the answer
		wanted = append([]dap.ExceptionFilterOptions{{FilterId: a.Filters[i]}}, wanted...)
	}
	specs := make([]debugger.BreakpointSpec, len(wanted))
	for i, w := range wanted {
		if specs[i], err = catchpoint(w.FilterId, w.Condition); err != nil {
			return nil, err
		}
		specs[i].Disabled = s.launch.NoDebug
	}
	for _, b := range session.Catchpoints() {
		if b.ID < 0 && !b.Disabled {
			b.BreakpointSpec.Disabled = true
			if _, err := session.ChangeBreakpoint(b.ID, b.BreakpointSpec); err != nil {
				return nil, err
			}
		}
	}
	answers, now, err := s.replace(s.byException, specs)
	s.byException = now
	if err != nil {
		return nil, err
	}
	return &dap.SetExceptionBreakpointsResponseBody{Breakpoints: answers}, nil
}

// exceptionInfo tells more of the trap, the panic or the other event that stopped the program.
func (s *server) exceptionInfo(*none) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	stop := session.LastStop()
	if stop == nil || stop.Trap() == nil && stop.Event() == nil {
		return nil, fmt.Errorf("the program did not trap, panic or the like")
	}
	var stack strings.Builder
	id, text := "trap", ""
	if trap := stop.Trap(); trap != nil {
		text = trap.Text
		if err := session.WriteTrapBacktrace(&stack, stackInException); err != nil {
			fmt.Fprintf(&stack, "no backtrace: %v", err)
		}
	} else {
		event := stop.Event()
		id, text = event.Catch.String(), event.Text
		frames, _, err := session.Frames(stop.Frame.Level, stackInException)
		if err == nil {
			err = debugger.WriteBacktrace(&stack, frames)
		}
		if err != nil {
			fmt.Fprintf(&stack, "no backtrace: %v", err)
		}
	}
	return &dap.ExceptionInfoResponseBody{
		ExceptionId: id, Description: text, BreakMode: "always",
		Details: &dap.ExceptionDetails{Message: text, TypeName: id, StackTrace: stack.String()},
	}, nil
}

// stackInException is how many frames the description of an exception shows.
const stackInException = 50
