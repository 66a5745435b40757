package dap

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"testing"
)

// at launches c_steps and stops it at a line of its file.
func at(c *rawClient, line int) {
	c.t.Helper()
	c.open(map[string]any{"program": absolute(c.t, programs+"c_steps/c_steps-O0.wasm")}, absolute(c.t, programs+"c_steps/main.c"), line)
}

// atDeposit launches c_ledger and stops it where the function deposit begins the first time: 10 for accounts[1].
func atDeposit(c *rawClient) {
	c.t.Helper()
	c.open(map[string]any{"program": absolute(c.t, programs+"c_ledger/c_ledger-O0.wasm")}, absolute(c.t, programs+"c_ledger/main.c"), 18)
}

func (c *rawClient) want(what string, got, want any) {
	c.t.Helper()
	if !reflect.DeepEqual(got, want) {
		c.t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// contains checks a text.
func (c *rawClient) contains(what, text, part string) {
	c.t.Helper()
	if !strings.Contains(text, part) {
		c.t.Errorf("%s is %q, which lacks %q", what, text, part)
	}
}

type bp map[string]any

// breakpoints sets the breakpoints of c_steps.
func (c *rawClient) breakpoints(list ...any) (set []struct {
	ID       int
	Verified bool
	Line     int
	Message  string
}) {
	c.t.Helper()
	body := map[string]any{}
	var answer json.RawMessage
	body["source"], body["breakpoints"] = map[string]any{"path": absolute(c.t, programs+"c_steps/main.c")}, list
	c.ask("setBreakpoints", body, &answer)
	if err := json.Unmarshal(answer, &struct{ Breakpoints any }{&set}); err != nil {
		c.t.Fatal(err)
	}
	return set
}

// uses has, for each capability that is announced, a session that uses it. The values are those of the programs' sources.
var uses = map[string]func(c *rawClient){
	"supportsConfigurationDoneRequest": func(c *rawClient) {
		c.ask("initialize", map[string]any{}, nil)
		c.ask("launch", map[string]any{"program": absolute(c.t, programs+"c_steps/c_steps-O0.wasm"), "stopOnEntry": true}, nil)
		c.event("initialized", nil)
		c.contains("continue before it", c.refused("continue", map[string]any{"threadId": 1}), "configurationDone")
		c.ask("configurationDone", nil, nil)
		c.event("stopped", nil)
		c.want("line", c.stack()[0].Line, 50)
	},
	"supportsFunctionBreakpoints": func(c *rawClient) {
		at(c, 50)
		c.ask("setFunctionBreakpoints", map[string]any{"breakpoints": []any{bp{"name": "classify"}}}, nil)
		c.want("reason", c.step("continue", nil), "function breakpoint")
		c.want("function", c.stack()[0].Name, "classify")
	},
	"supportsConditionalBreakpoints": func(c *rawClient) {
		at(c, 50)
		c.breakpoints(bp{"line": 18, "condition": "n == 3"})
		c.step("continue", nil)
		c.want("n", c.text("n", "watch"), "3")
	},
	"supportsHitConditionalBreakpoints": func(c *rawClient) {
		at(c, 50)
		c.breakpoints(bp{"line": 18, "hitCondition": "2"})
		c.step("continue", nil)
		c.want("n", c.text("n", "watch"), "3") // of 4, 3, 2
	},
	"supportsLogPoints": func(c *rawClient) {
		at(c, 50)
		c.breakpoints(bp{"line": 18, "logMessage": "n is {n}"}, bp{"line": 22})
		c.step("continue", nil)
		c.breakpoints(bp{"line": 18, "logMessage": "n is {n}"}, bp{"line": 30})
		c.ask("continue", map[string]any{"threadId": 1}, nil)
		var o struct{ Category, Output string }
		c.event("output", &o)
		c.want("output", o.Output, "n is 4\nn is 3\nn is 2\n")
	},
	"supportsEvaluateForHovers": func(c *rawClient) {
		at(c, 53)
		c.want("total", c.text("total + 1", "hover"), "6") // 0 + 1 + 4, and 1
		c.contains("an assignment", c.refused("evaluate", map[string]any{"expression": "total = 7", "context": "hover", "frameId": 1}), "")
		c.want("total behind it", c.text("total", "watch"), "5")
	},
	"supportsSetVariable": func(c *rawClient) {
		at(c, 18)
		var scopes struct {
			Scopes []struct{ VariablesReference int }
		}
		c.ask("scopes", map[string]any{"frameId": 1}, &scopes)
		var set struct{ Value string }
		c.ask("setVariable", map[string]any{"variablesReference": scopes.Scopes[0].VariablesReference, "name": "n", "value": "1+1"}, &set)
		c.want("n", set.Value, "2")
		c.event("invalidated", nil)
		var m struct{ Count int }
		c.event("memory", &m)
		c.want("bytes", m.Count, 4)
		c.want("n", c.text("n", "watch"), "2")
	},
	"supportsSetExpression": func(c *rawClient) {
		atDeposit(c)
		var set struct{ Value string }
		c.ask("setExpression", map[string]any{"expression": "accounts[1].balance", "value": "amount * 2", "frameId": 1}, &set)
		c.want("the value", set.Value, "20")
		c.want("another way to it", c.text("a->balance", "watch"), "20")
	},
	"supportsValueFormattingOptions": func(c *rawClient) {
		at(c, 18)
		var body evaluateBody
		c.ask("evaluate", map[string]any{"expression": "n * 4", "frameId": 1, "format": map[string]any{"hex": true}}, &body)
		c.want("n * 4", body.Result, "0x10")
		var st stackTraceBody
		c.ask("stackTrace", map[string]any{"threadId": 1, "levels": 1, "format": map[string]any{"parameters": true, "parameterNames": true, "parameterTypes": true, "parameterValues": true, "line": true, "module": true}}, &st)
		c.want("the frame", st.StackFrames[0].Name, "c_steps-O0.wasm!fact(n: int = 4):18")
	},
	"supportsBreakpointLocationsRequest": func(c *rawClient) {
		at(c, 50)
		var body struct{ Breakpoints []struct{ Line, Column int } }
		c.ask("breakpointLocations", map[string]any{"source": map[string]any{"path": absolute(c.t, programs+"c_steps/main.c")}, "line": 15, "endLine": 19}, &body)
		lines := map[int]bool{}
		for _, b := range body.Breakpoints {
			lines[b.Line] = true
		}
		c.want("the lines", lines, map[int]bool{15: true, 16: true, 17: true, 18: true, 19: true})
	},
	"supportsInstructionBreakpoints": func(c *rawClient) {
		at(c, 18)
		at := c.stack()[1].InstructionPointerReference // where fact returns to
		c.ask("setInstructionBreakpoints", map[string]any{"breakpoints": []any{bp{"instructionReference": at}}}, nil)
		c.breakpoints()
		c.want("reason", c.step("continue", nil), "instruction breakpoint")
		c.want("place", c.stack()[0].InstructionPointerReference, at)
	},
	"supportsDataBreakpoints": func(c *rawClient) {
		atDeposit(c)
		var info struct{ DataID string }
		c.ask("dataBreakpointInfo", map[string]any{"name": "accounts[1].balance", "frameId": 1}, &info)
		c.ask("setDataBreakpoints", map[string]any{"breakpoints": []any{bp{"dataId": info.DataID, "accessType": "write"}}}, nil)
		c.want("reason", c.step("continue", nil), "data breakpoint")
		c.want("the value", c.text("accounts[1].balance", "watch"), "10")
	},
	"supportsDataBreakpointBytes": func(c *rawClient) {
		atDeposit(c)
		var v evaluateBody
		c.ask("evaluate", map[string]any{"expression": "accounts[1].moves", "frameId": 1}, &v)
		var info struct{ DataID, Description string }
		c.ask("dataBreakpointInfo", map[string]any{"name": v.MemoryReference, "asAddress": true, "bytes": 4}, &info)
		c.contains("the description", info.Description, "4 bytes at "+v.MemoryReference)
		c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": absolute(c.t, programs+"c_ledger/main.c")}}, nil)
		c.ask("setDataBreakpoints", map[string]any{"breakpoints": []any{bp{"dataId": info.DataID, "accessType": "write"}}}, nil)
		c.want("reason", c.step("continue", nil), "data breakpoint")
		c.want("the value", c.text("accounts[1].moves", "watch"), "1")
		var none struct{ DataID *string }
		c.ask("dataBreakpointInfo", map[string]any{"name": "0xfffffff0", "asAddress": true, "bytes": 4}, &none)
		c.want("outside of the memory", none.DataID == nil, true)
	},
	"breakpointModes": func(c *rawClient) {
		for _, mode := range announced().BreakpointModes {
			c := rawConnect(c.t, Options{Compile: compile})
			atDeposit(c)
			var info struct{ DataID string }
			c.ask("dataBreakpointInfo", map[string]any{"name": "accounts[1].moves", "frameId": 1, "mode": mode.Mode}, &info)
			var set struct{ Breakpoints []struct{ Verified bool } }
			c.ask("setDataBreakpoints", map[string]any{"breakpoints": []any{bp{"dataId": info.DataID, "accessType": "write", "mode": mode.Mode}}}, &set)
			c.want(mode.Mode, set.Breakpoints[0].Verified, true)
			c.want("reason", c.step("continue", nil), "data breakpoint")
			c.want("the value", c.text("accounts[1].moves", "watch"), "1")
		}
		atDeposit(c)
		c.contains("another mode", c.refused("dataBreakpointInfo", map[string]any{"name": "accounts[1].moves", "frameId": 1, "mode": "wishful"}), "wishful")
	},
	"supportsModulesRequest": func(c *rawClient) {
		at(c, 50)
		var body struct {
			Modules []struct{ Name, SymbolStatus string }
		}
		c.ask("modules", nil, &body)
		c.want("the name", body.Modules[0].Name, "c_steps-O0.wasm")
		c.want("the status", body.Modules[0].SymbolStatus, "Debug information loaded")
	},
	"additionalModuleColumns": func(c *rawClient) {
		at(c, 50)
		var body struct{ Modules []map[string]any }
		c.ask("modules", nil, &body)
		for _, column := range moduleColumns() {
			if text, ok := body.Modules[0][column.AttributeName].(string); !ok || text == "" {
				c.t.Errorf("a module has no %s", column.AttributeName)
			}
		}
	},
	"supportsRestartRequest": func(c *rawClient) {
		at(c, 54)
		c.step("restart", nil)
		c.want("total", c.text("total", "watch"), "5") // 0 + 1 + 4, again
	},
	"supportsRestartFrame": func(c *rawClient) {
		at(c, 18) // fact(4)
		c.step("continue", nil)
		c.step("continue", nil) // fact(2), in fact(3), in fact(4)
		frames := c.stack()
		c.want("the second may", frames[1].CanRestart, true)
		c.want("reason", c.step("restartFrame", map[string]any{"frameId": frames[1].Id}), "restart")
		frames = c.stack()
		c.want("line", frames[0].Line, 16)
		c.want("n", c.text("n", "watch"), "3")
		c.breakpoints(bp{"line": 56})
		c.step("continue", nil)
		c.want("total behind fact(4)", c.text("total", "watch"), "36") // add(twice(5), twice(1)) is 12
	},
	"supportsExceptionFilterOptions": func(c *rawClient) {
		c.open(map[string]any{"program": absolute(c.t, programs+"c_trap/c_trap-O0-dw5.wasm"), "args": []string{"div0"}, "stopOnEntry": true}, "", 0)
		c.ask("setExceptionBreakpoints", map[string]any{"filters": []any{}, "filterOptions": []any{map[string]any{"filterId": "trap", "condition": "unreachable"}}}, nil)
		c.ask("continue", map[string]any{"threadId": 1}, nil)
		c.event("exited", nil) // the trap is of another kind
	},
	"exceptionBreakpointFilters": func(c *rawClient) {
		for _, f := range exceptionFilters() {
			c := rawConnect(c.t, Options{Compile: compile})
			at(c, 50)
			var body struct{ Breakpoints []any }
			c.ask("setExceptionBreakpoints", map[string]any{"filters": []any{f.Filter}}, &body)
			c.want(f.Filter, len(body.Breakpoints), 1)
		}
		c.open(map[string]any{"program": absolute(c.t, programs+"c_steps/c_steps-O0.wasm"), "stopOnEntry": true}, "", 0)
		c.ask("setExceptionBreakpoints", map[string]any{"filters": []any{"exit"}}, nil)
		c.want("reason", c.step("continue", nil), "exception")
	},
	"supportsExceptionInfoRequest": func(c *rawClient) {
		c.open(map[string]any{"program": absolute(c.t, programs+"c_trap/c_trap-O0-dw5.wasm"), "args": []string{"div0"}}, "", 0)
		c.event("stopped", nil)
		var info struct {
			Description string
			Details     struct{ StackTrace string }
		}
		c.ask("exceptionInfo", map[string]any{"threadId": 1}, &info)
		c.contains("the description", info.Description, "divide by zero")
		c.contains("the stack", info.Details.StackTrace, "#1 main at ")
	},
	"supportsDelayedStackTraceLoading": func(c *rawClient) {
		at(c, 18)
		var st stackTraceBody
		c.ask("stackTrace", map[string]any{"threadId": 1, "startFrame": 1, "levels": 1}, &st)
		c.want("the function", st.StackFrames[0].Name, "main")
		c.want("there are more", st.TotalFrames > 2, true)
	},
	"supportsLoadedSourcesRequest": func(c *rawClient) {
		at(c, 50)
		var body struct{ Sources []struct{ Path string } }
		c.ask("loadedSources", nil, &body)
		c.want("the sources", body.Sources[0].Path, absolute(c.t, programs+"c_steps/main.c"))
	},
	"supportedChecksumAlgorithms": func(c *rawClient) {
		c.open(map[string]any{"program": absolute(c.t, programs+"c_types/c_types-O0-dw5.wasm"), "stopOnEntry": true}, "", 0)
		sums := c.stack()[0].Source.Checksums
		if len(sums) != 1 || sums[0].Algorithm != "MD5" || sums[0].Checksum != md5Of(c.t, programs+"c_types/main.c") {
			c.t.Errorf("%v", sums)
		}
	},
	"supportsTerminateRequest": func(c *rawClient) {
		at(c, 50)
		c.ask("terminate", nil, nil)
		c.event("terminated", nil)
	},
	"supportTerminateDebuggee": func(c *rawClient) {
		at(c, 50)
		c.ask("disconnect", map[string]any{"terminateDebuggee": true}, nil)
	},
	"supportSuspendDebuggee": useSuspend,
	"supportsTerminateThreadsRequest": func(c *rawClient) {
		at(c, 50)
		c.contains("another thread", c.refused("terminateThreads", map[string]any{"threadIds": []int{7}}), "no thread 7")
		c.ask("terminateThreads", map[string]any{"threadIds": []int{1}}, nil)
		c.event("terminated", nil)
		var body struct{ Threads []any }
		c.ask("threads", nil, &body)
		c.want("threads left", len(body.Threads), 0)
	},
	"supportsReadMemoryRequest": func(c *rawClient) {
		atDeposit(c)
		c.text("accounts[1].balance = 0x01020304", "repl")
		var v evaluateBody
		c.ask("evaluate", map[string]any{"expression": "accounts", "frameId": 1}, &v)
		var body struct{ Data string }
		c.ask("readMemory", map[string]any{"memoryReference": v.MemoryReference, "offset": 8, "count": 4}, &body)
		c.want("the bytes", body.Data, base64.StdEncoding.EncodeToString([]byte{4, 3, 2, 1}))
	},
	"supportsWriteMemoryRequest": func(c *rawClient) {
		atDeposit(c)
		var v evaluateBody
		c.ask("evaluate", map[string]any{"expression": "accounts", "frameId": 1}, &v)
		c.ask("writeMemory", map[string]any{"memoryReference": v.MemoryReference, "offset": 8, "data": base64.StdEncoding.EncodeToString([]byte{4, 3, 2, 1})}, nil)
		c.event("invalidated", nil)
		c.want("the value", c.text("accounts[1].balance,x", "watch"), "0x1020304")
	},
	"supportsDisassembleRequest": useDisassemble,
	"supportsCompletionsRequest": func(c *rawClient) {
		at(c, 53)
		c.want("a variable", c.completions("tot"), []string{"total"})
		c.want("a command", c.completions("disas"), []string{"disassemble"})
		c.want("a command's argument", c.completions("print tot"), []string{"total"})
	},
	"completionTriggerCharacters": func(c *rawClient) {
		atDeposit(c)
		c.want("behind >", c.completions("a->"), []string{"balance", "moves"})
		c.want("behind .", c.completions("accounts[1]."), []string{"balance", "moves"})
		c.want("in a command", c.completions("p a->m"), []string{"moves"})
		for _, trigger := range announced().CompletionTriggerCharacters {
			c.completions(trigger) // none harms
		}
	},
	"supportsCancelRequest": func(c *rawClient) {
		c.open(map[string]any{"program": absolute(c.t, programs+"c_callback/c_callback-O0.wasm")}, absolute(c.t, programs+"c_callback/main.c"), 22)
		call := c.request("evaluate", map[string]any{"expression": "spin()", "frameId": 1, "context": "watch"})
		wait := c.request("threads", nil)
		c.ask("cancel", map[string]any{"requestId": wait}, nil)
		c.ask("cancel", map[string]any{"requestId": call}, nil)
		m := c.response(call)
		c.want("the answer", []any{m.Success, m.Message}, []any{false, "cancelled"})
		m = c.response(wait)
		c.want("the answer of the one that waited", []any{m.Success, m.Message}, []any{false, "cancelled"})
		c.want("the session goes on", c.text("1 + 1", "watch"), "2")
	},
	"supportsClipboardContext": func(c *rawClient) {
		c.open(map[string]any{"program": absolute(c.t, programs+"c_ledger/c_ledger-O0.wasm"), "maxStringLen": 4}, absolute(c.t, programs+"c_ledger/main.c"), 18)
		c.text("line[0] = 'a'", "repl")
		c.contains("the whole", c.text("accounts", "clipboard"), "{balance = 0, moves = 0}, {balance = 0, moves = 0}, {balance = 0, moves = 0}")
	},
	"supportsStepInTargetsRequest": func(c *rawClient) {
		at(c, 54) // total = add(twice(total), twice(argc));
		var body struct {
			Targets []struct {
				ID    int
				Label string
			}
		}
		c.ask("stepInTargets", map[string]any{"frameId": 1}, &body)
		var names []string
		for _, t := range body.Targets {
			names = append(names, t.Label)
		}
		c.want("the calls", names, []string{"twice", "add"})
		c.step("stepIn", map[string]any{"targetId": body.Targets[1].ID})
		c.want("the function", c.stack()[0].Name, "add")
	},
	"supportsGotoTargetsRequest": func(c *rawClient) {
		at(c, 54)
		var body struct{ Targets []struct{ ID, Line int } }
		c.ask("gotoTargets", map[string]any{"source": map[string]any{"path": absolute(c.t, programs+"c_steps/main.c")}, "line": 55}, &body)
		c.want("reason", c.step("goto", map[string]any{"targetId": body.Targets[0].ID}), "goto")
		c.want("line", c.stack()[0].Line, 55)
		c.want("total, of which line 54 made 12", c.text("total", "watch"), "5")
	},
	"supportsSteppingGranularity": func(c *rawClient) {
		at(c, 18)
		before := c.stack()[0].InstructionPointerReference
		c.want("reason", c.step("next", map[string]any{"granularity": "instruction"}), "step")
		f := c.stack()[0]
		c.want("still in line 18", f.Line, 18)
		c.want("the address has changed", f.InstructionPointerReference != before, true)
		c.breakpoints() // none in the call
		c.step("next", map[string]any{"granularity": "line"})
		c.want("line", c.stack()[0].Line, 19)
	},
	"supportsSingleThreadExecutionRequests": func(c *rawClient) {
		at(c, 54)
		c.want("reason", c.step("next", map[string]any{"singleThread": true}), "step")
		c.want("line", c.stack()[0].Line, 55)
	},
	"supportsANSIStyling": func(c *rawClient) {
		c.open(map[string]any{"program": absolute(c.t, programs+"c_trap/c_trap-O0-dw5.wasm"), "args": []string{"div0"}, "noDebug": true}, "", 0)
		for {
			var o struct{ Category, Output string }
			c.event("output", &o)
			if strings.Contains(o.Output, "the program trapped") {
				c.want("it is red", strings.HasPrefix(o.Output, red), true)
				break
			}
		}
	},
}

// completions returns what is proposed behind a line, sorted.
func (c *rawClient) completions(line string) (labels []string) {
	c.t.Helper()
	var body struct{ Targets []struct{ Label string } }
	c.ask("completions", map[string]any{"text": line, "column": len(line) + 1, "frameId": 1}, &body)
	for _, t := range body.Targets {
		labels = append(labels, t.Label)
	}
	sort.Strings(labels)
	return labels
}

// needs is the capability that a client asks for before it sends a request. Requests that are not here need none.
var needs = map[string]string{
	"breakpointLocations": "supportsBreakpointLocationsRequest", "setFunctionBreakpoints": "supportsFunctionBreakpoints",
	"setInstructionBreakpoints": "supportsInstructionBreakpoints", "dataBreakpointInfo": "supportsDataBreakpoints",
	"setDataBreakpoints": "supportsDataBreakpoints", "restart": "supportsRestartRequest", "terminate": "supportsTerminateRequest",
	"restartFrame": "supportsRestartFrame", "goto": "supportsGotoTargetsRequest", "gotoTargets": "supportsGotoTargetsRequest",
	"stepInTargets": "supportsStepInTargetsRequest", "setVariable": "supportsSetVariable", "setExpression": "supportsSetExpression",
	"exceptionInfo": "supportsExceptionInfoRequest", "loadedSources": "supportsLoadedSourcesRequest", "modules": "supportsModulesRequest",
	"readMemory": "supportsReadMemoryRequest", "writeMemory": "supportsWriteMemoryRequest", "disassemble": "supportsDisassembleRequest",
	"completions": "supportsCompletionsRequest", "terminateThreads": "supportsTerminateThreadsRequest", "cancel": "supportsCancelRequest",
	"configurationDone": "supportsConfigurationDoneRequest", "stepBack": "supportsStepBack", "reverseContinue": "supportsStepBack",
}

// TestCapabilities uses each capability that is announced, and fails for one that has no use here, for one that is used
// and not announced, and for a request that is understood though a client would not send it.
func TestCapabilities(t *testing.T) {
	c := rawConnect(t, Options{Compile: compile})
	var all map[string]any
	c.ask("initialize", map[string]any{}, &all)
	for name, value := range all {
		if value == false {
			continue
		}
		if uses[name] == nil {
			t.Errorf("%s is announced, and nothing here uses it", name)
		}
	}
	var names []string
	for name := range uses {
		names = append(names, name)
		if all[name] == nil || all[name] == false {
			t.Errorf("%s is used here, and not announced", name)
		}
	}
	for request, capability := range needs {
		_, understood := requests[request]
		understood = understood || request == "cancel" // see inbox.go
		if announced := all[capability] != nil && all[capability] != false; announced != understood {
			t.Errorf("%s is understood: %v; %s is announced: %v", request, understood, capability, announced)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) { uses[name](rawConnect(t, Options{Compile: compile})) })
	}
}
