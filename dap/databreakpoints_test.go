package dap

import (
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// A data breakpoint on c_ledger's total stops behind its first writer, which is line 55.
func TestDataBreakpoint(t *testing.T) {
	c, conn := connect(t)
	file := absolute(t, programs+"c_ledger/main.c")
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_ledger/c_ledger-O0.wasm")}, file, 54)
	c.ConfigurationDoneRequest()
	expect[*dap.ConfigurationDoneResponse](t, c, nil)
	expect[*dap.StoppedEvent](t, c, nil)
	info := ask[*dap.DataBreakpointInfoResponse](t, conn, c, "dataBreakpointInfo", map[string]any{"name": "total"})
	id, _ := info.Body.DataId.(string)
	if !strings.HasSuffix(id, ":4") {
		t.Fatalf("%+v", info.Body)
	}
	set := ask[*dap.SetDataBreakpointsResponse](t, conn, c, "setDataBreakpoints",
		map[string]any{"breakpoints": []any{map[string]any{"dataId": id, "accessType": "write"}, map[string]any{"dataId": "nonsense"}}})
	if b := set.Body.Breakpoints; len(b) != 2 || !b[0].Verified || b[1].Verified || b[1].Message == "" {
		t.Fatalf("%+v", b)
	}
	c.ContinueRequest(1)
	expect[*dap.ContinueResponse](t, c, nil)
	stop := expect[*dap.StoppedEvent](t, c, nil)
	if stop.Body.Reason != "data breakpoint" || !strings.Contains(stop.Body.Description, "total changed from 0 to 26") {
		t.Errorf("%+v", stop.Body) // 26 = 3 + 5 + 7 + 11
	}
}
