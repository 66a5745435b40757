package dap

import (
	"strings"
	"testing"

	"github.com/google/go-dap"
)

const panics = programs + "rs_panic/rs_panic-debug.wasm"

// Without a word from the client panics stop; by filters only what was chosen does.
func TestExceptionFilters(t *testing.T) {
	for _, test := range []struct {
		name       string
		filters    []any // nil: the request is not sent
		mode       string
		exceptions []string // their ids, one stop each
	}{
		{"as it is", nil, "oob", []string{"panic", "trap"}},
		{"panics", []any{map[string]any{"filterId": "panic"}}, "oob", []string{"panic"}},
		{"traps", []any{map[string]any{"filterId": "trap"}}, "oob", []string{"trap"}},
		{"other traps", []any{map[string]any{"filterId": "trap", "condition": "division"}}, "oob", nil},
		{"unreachable", []any{map[string]any{"filterId": "trap", "condition": "unreachable"}}, "oob", []string{"trap"}},
		{"none", []any{}, "oob", nil},
		{"false", []any{map[string]any{"filterId": "panic", "condition": "1 == 2"}}, "oob", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, conn := connect(t)
			launch(t, c, map[string]any{"program": absolute(t, panics), "args": []string{test.mode}}, "")
			if test.filters != nil {
				set := ask[*dap.SetExceptionBreakpointsResponse](t, conn, c, "setExceptionBreakpoints", map[string]any{"filters": []string{}, "filterOptions": test.filters})
				if len(set.Body.Breakpoints) != len(test.filters) {
					t.Errorf("%+v", set.Body)
				}
			}
			start(t, c)
			for _, id := range test.exceptions {
				stop := expect[*dap.StoppedEvent](t, c, nil)
				if stop.Body.Reason != "exception" {
					t.Errorf("stopped by %s, want %s", stop.Body.Reason, id)
				}
				c.ExceptionInfoRequest(1)
				info := expect[*dap.ExceptionInfoResponse](t, c, nil)
				if info.Body.ExceptionId != id || !strings.Contains(info.Body.Details.StackTrace, "main.rs:15") {
					t.Errorf("%+v, want a %s at main.rs:15", info.Body, id)
				}
				if id == "panic" && !strings.Contains(info.Body.Description, "index out of bounds: the len is 3 but the index is 7") {
					t.Errorf("the panic says %q", info.Body.Description)
				}
				c.ContinueRequest(1)
				expect[*dap.ContinueResponse](t, c, nil)
			}
			if e := expect[*dap.ExitedEvent](t, c, nil); e.Body.ExitCode != 134 {
				t.Errorf("status %d", e.Body.ExitCode)
			}
		})
	}
	c, conn := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, panics)}, "")
	ask[*dap.ErrorResponse](t, conn, c, "setExceptionBreakpoints", map[string]any{"filters": []string{"nobody"}})
}

// A call of the host stops, chosen by a pattern.
func TestHostFilter(t *testing.T) {
	c, conn := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, endless), "args": []string{"bytes"}}, "")
	ask[*dap.SetExceptionBreakpointsResponse](t, conn, c, "setExceptionBreakpoints", map[string]any{"filters": []string{}, "filterOptions": []any{map[string]any{"filterId": "host", "condition": "fd_w*"}}})
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	c.ExceptionInfoRequest(1)
	if info := expect[*dap.ExceptionInfoResponse](t, c, nil); info.Body.ExceptionId != "host" || !strings.Contains(info.Body.Description, "fd_write") {
		t.Errorf("%+v", info.Body)
	}
}
