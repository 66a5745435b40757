package dap

import (
	"fmt"
	"testing"
)

// openThreads launches the program c_threads and stops it in its main thread, which has two others.
func openThreads(c *rawClient) (source string) {
	source = absolute(c.t, programs+"c_threads/threads.c")
	c.ask("initialize", map[string]any{}, nil)
	c.ask("launch", map[string]any{"program": absolute(c.t, programs+"c_threads/c_threads-O0.wasm"), "args": []string{"stand"}}, nil)
	c.event("initialized", nil)
	c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": source}, "breakpoints": []any{map[string]any{"line": 85}}}, nil)
	c.ask("configurationDone", nil, nil)
	for _, id := range []int{1, 2, 3} {
		var started struct {
			Reason   string
			ThreadID int `json:"threadId"`
		}
		c.event("thread", &started)
		c.want("event", started.Reason+fmt.Sprint(started.ThreadID), "started"+fmt.Sprint(id))
	}
	c.event("stopped", nil)
	return source
}

// frameIn returns the frame of a function in a thread.
func (c *rawClient) frameIn(thread int, function string) (f stackFrame) {
	c.t.Helper()
	var body stackTraceBody
	c.ask("stackTrace", map[string]any{"threadId": thread}, &body)
	for _, f := range body.StackFrames {
		if f.Name == function {
			return f
		}
	}
	c.t.Fatalf("thread %d is not in %s: %v", thread, function, body.StackFrames)
	return f
}

func (c *rawClient) evaluate(frame int, expression string) string {
	c.t.Helper()
	var body struct{ Result string }
	c.ask("evaluate", map[string]any{"expression": expression, "frameId": frame, "context": "watch"}, &body)
	return body.Result
}

// TestThreads debugs a program with three threads: each has its stack, its variables and its steps.
func TestThreads(t *testing.T) {
	c := rawConnect(t, Options{Compile: compile})
	source := openThreads(c)
	var list struct{ Threads []struct{ ID int } }
	c.ask("threads", nil, &list)
	c.want("threads", len(list.Threads), 3)
	c.contains("another", c.refused("stackTrace", map[string]any{"threadId": 4}), "no thread 4")

	// The variables of one thread can be read when another has been looked at.
	frames := map[int]stackFrame{}
	scopes := map[int]int{}
	for id := 2; id <= 3; id++ {
		frames[id] = c.frameIn(id, "wait_for_go")
		var body struct {
			Scopes []struct{ VariablesReference int }
		}
		c.ask("scopes", map[string]any{"frameId": frames[id].Id}, &body)
		scopes[id] = body.Scopes[0].VariablesReference
	}
	for id := 2; id <= 3; id++ {
		vs := c.variables(map[string]any{"variablesReference": scopes[id]})
		c.want("n", vs["n"].Value, fmt.Sprint(id))
		c.want("mine", c.evaluate(frames[id].Id, "mine"), fmt.Sprint(100+id))
	}
	c.want("mine of main", c.evaluate(c.frameIn(1, "standing").Id, "mine"), "7")

	// A breakpoint in one of them; a step is that thread's.
	c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": source}, "breakpoints": []any{map[string]any{"line": 60, "condition": "n == 2"}}}, nil)
	var stop struct {
		Reason            string
		ThreadID          int  `json:"threadId"`
		AllThreadsStopped bool `json:"allThreadsStopped"`
	}
	c.ask("continue", map[string]any{"threadId": 1}, nil)
	c.event("stopped", &stop)
	c.want("stop", fmt.Sprint(stop), "{breakpoint 2 true}")
	for _, single := range []bool{false, true} {
		c.ask("next", map[string]any{"threadId": 2, "singleThread": single}, nil)
		c.event("stopped", &stop)
		c.want("step", fmt.Sprint(stop), "{step 2 true}")
	}
	f := c.frameIn(2, "square")
	c.want("line", f.Line, 62)

	// What the console sets holds for whatever goes on, and what the client asks for once only that once.
	locking := func(want string) {
		t.Helper()
		c.contains("locking", c.text("show scheduler-locking", "repl"), "scheduler-locking is "+want)
	}
	locking("off")
	c.text("set scheduler-locking on", "repl")
	c.ask("next", map[string]any{"threadId": 2}, nil)
	c.event("stopped", nil)
	locking("on")
	c.text("set scheduler-locking off", "repl")
	f = c.frameIn(2, "wait_for_go")
	c.want("mine", c.evaluate(f.Id, "mine"), "4")
	c.contains("one thread", c.refused("terminateThreads", map[string]any{"threadIds": []int{2}}), "can't be ended by itself")
	c.ask("continue", map[string]any{"threadId": 2}, nil)
	c.event("terminated", nil)
}
