package dap

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sphex/aot"
	"sphex/aot/object"
)

// TestWords reads configurations as users of other debuggers write them.
func TestWords(t *testing.T) {
	for _, test := range []struct {
		text string
		want func(a *arguments) (got, want any)
	}{
		{`{"args": "one"}`, func(a *arguments) (any, any) { return a.Args, []string{"one"} }},
		{`{"console": "integrated"}`, func(a *arguments) (any, any) { return a.Console, consoleIntegrated }},
		{`{"terminal": "external"}`, func(a *arguments) (any, any) { return a.Console, consoleExternal }},
		{`{"stdio": [null, "out.txt"]}`, func(a *arguments) (any, any) { return a.Stdio, stdio{"", "out.txt", ""} }},
		{`{"stdio": "all"}`, func(a *arguments) (any, any) { return a.Stdio, stdio{"all", "all", "all"} }},
		{`{"stdio": null}`, func(a *arguments) (any, any) { return a.Stdio, stdio{} }},
		{`{"stdio": {"stdin": "in"}}`, func(a *arguments) (any, any) { return a.Stdio, stdio{"in", "", ""} }},
		{`{"sourceMap": {"/a": "/b", "/a/c": "/d", "/none": null}}`, func(a *arguments) (any, any) {
			return a.SourceMap, sourceMap{{From: "/a/c", To: "/d"}, {From: "/a", To: "/b"}}
		}},
		{`{"sourceMap": [["/a", "/b"]]}`, func(a *arguments) (any, any) { return a.SourceMap, sourceMap{{From: "/a", To: "/b"}} }},
		{`{"substitutePath": [{"from": "/here", "to": "/there"}]}`, func(a *arguments) (any, any) {
			return a.Substitute, sourceMap{{From: "/there", To: "/here"}}
		}},
		{`{"stopAtEntry": true}`, func(a *arguments) (any, any) { return a.StopOnEntry, true }},
		{`{}`, func(a *arguments) (any, any) { return a.JustMyCode, true }},
		{`{"stopCommands": "bt"}`, func(a *arguments) (any, any) { return a.StopCommands, []string{"bt"} }},
		{`{"connect": 4711}`, func(a *arguments) (any, any) { return a.address(), "127.0.0.1:4711" }},
		{`{"connect": {"host": "::1", "port": 4711}}`, func(a *arguments) (any, any) { return a.address(), "[::1]:4711" }},
		{`{"port": 4711}`, func(a *arguments) (any, any) { return a.address(), "127.0.0.1:4711" }},
		{`{"connect": "unix:/run/x"}`, func(a *arguments) (any, any) { return a.address(), "unix:/run/x" }},
		{`{"instance": 3}`, func(a *arguments) (any, any) { return a.Instance, "3" }},
		{`{"env": {"A": 1, "B": true, "C": "x", "D": null}}`, func(a *arguments) (any, any) {
			one, yes, x := "1", "true", "x"
			return a.Env, envMap{"A": &one, "B": &yes, "C": &x, "D": nil}
		}},
	} {
		for _, attach := range []bool{false, true} {
			a, warnings, err := parseArguments([]byte(test.text), attach)
			if err != nil {
				t.Errorf("%s: %v", test.text, err)
				continue
			}
			if len(warnings) > 0 {
				if !strings.Contains(warnings[0], "has no meaning for") {
					t.Errorf("%s: %v", test.text, warnings)
				}
				continue
			}
			if got, want := test.want(a); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, want %v", test.text, got, want)
			}
		}
	}
	for text, words := range map[string]string{
		`{"console": "sofa"}`:       `"sofa" is none of`,
		`{"args": {}}`:              `"args" of the configuration`,
		`{"stdio": [1,2,3,4]}`:      `"stdio" of the configuration`,
		`{"env": {"A": []}}`:        "the value of A",
		`{"connect": {}}`:           `"connect" of the configuration`,
		`{"stackTraceDepth": "no"}`: `"stackTraceDepth" of the configuration`,
		`[]`:                        "the configuration",
	} {
		if _, _, err := parseArguments([]byte(text), strings.Contains(text, "connect")); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, warning := range map[string]string{
		`{"stopOnEntrey": true}`: `the configuration's "stopOnEntrey" is not known; did you mean "stopOnEntry"?`,
		`{"evn": {}}`:            `the configuration's "evn" is not known; did you mean "env"?`,
		`{"colour": "red"}`:      `the configuration's "colour" is not known`,
		`{"port": 1}`:            `"port" has no meaning for launch`,
	} {
		if _, warnings, err := parseArguments([]byte(text), false); err != nil || len(warnings) != 1 || warnings[0] != warning {
			t.Errorf("%s: %q %v", text, warnings, err)
		}
	}
	if _, warnings, _ := parseArguments([]byte(`{"type": "sphex", "name": "x", "request": "launch", "__sessionId": "1", "cargo": {}, "preLaunchTask": "b"}`), false); len(warnings) > 0 {
		t.Errorf("an editor's own words: %q", warnings)
	}
}

// The schema has each word, and is JSON.
func TestSchema(t *testing.T) {
	b, err := json.Marshal(Schema())
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Properties map[string]struct {
			Type        any
			Description string
		}
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for i := range words {
		w := &words[i]
		for _, request := range []string{"launch", "attach"} {
			p, ok := all[request].Properties[w.name]
			if want := w.in == "" || w.in == request; ok != want || want && (p.Type == nil || p.Description == "") {
				t.Errorf("%s of %s: %v", w.name, request, p)
			}
		}
	}
}

func TestEnvFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), ".env")
	text := "\ufeff# a comment\n\nexport A=1\r\nB = two words # and a comment\nC='single $x # no comment'\nD=\"line\\nnext \\\"q\\\"\"\nE=\nF=a=b\nGONE=1\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	over := "over"
	got, err := environment([]string{name}, envMap{"F": &over, "GONE": nil})
	want := []string{"A=1", "B=two words", "C=single $x # no comment", "D=line\nnext \"q\"", "E=", "F=over"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q %v, want %q", got, err, want)
	}
	for text, words := range map[string]string{"A=1\nnothing": "line 2", "=x": "line 1", "A=\"open": "without end"} {
		if err := parseEnvFile(text, map[string]string{}); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := environment([]string{name + ".no"}, nil); err == nil {
		t.Error("a file that is not there")
	}
}

// The commands of a configuration run in their places, and their output is in the console.
func TestCommandsOfConfiguration(t *testing.T) {
	c := rawConnect(t, Options{Compile: compile})
	file := absolute(t, programs+"c_steps/main.c")
	c.ask("initialize", map[string]any{}, nil)
	c.ask("launch", map[string]any{
		"program": absolute(t, programs+"c_steps/c_steps-O0.wasm"), "stackTraceDepth": 1,
		"initCommands": []string{"break main.c:18"}, "preRunCommands": "breakpoints", "postRunCommands": []string{"print argc"},
		"stopCommands": []string{"print n", "nonsense"}, "exitCommands": "print 6 * 7", "stopOnEntree": true,
	}, nil)
	c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": file}, "breakpoints": []any{bp{"line": 18, "condition": "n == 3"}}}, nil)
	c.ask("configurationDone", nil, nil)
	var said []string
	collect := func(until string) {
		t.Helper()
		for {
			for i, e := range c.events {
				var o struct{ Output string }
				if json.Unmarshal(e.body, &o) == nil && e.name == "output" {
					said = append(said, o.Output)
				}
				if e.name == until {
					c.events = c.events[i+1:]
					return
				}
			}
			c.events = nil
			c.next()
		}
	}
	collect("stopped")
	text := strings.Join(said, "")
	for _, want := range []string{"\"stopOnEntree\" is not known; did you mean \"stopOnEntry\"?", "(sphex) break main.c:18\nBreakpoint 1 at main.c:18",
		"(sphex) breakpoints\nBreakpoint 1 at ", "(sphex) print argc\n1\n", "(sphex) print n\n4\n", "(sphex) nonsense\nunknown command"} {
		c.contains("the console", text, want)
	}
	c.want("frames", len(c.stack()), 1)
	said = nil
	c.text("clear 1", "repl")
	c.ask("continue", map[string]any{"threadId": 1}, nil)
	collect("stopped")
	c.contains("the console", strings.Join(said, ""), "(sphex) print n\n3\n")
	c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": file}}, nil)
	c.ask("continue", map[string]any{"threadId": 1}, nil)
	said = nil
	collect("terminated")
	c.contains("the console", strings.Join(said, ""), "(sphex) print 6 * 7\n")
}

// A client hears of a program that takes long to load, and may give it up.
func TestProgressAndCancel(t *testing.T) {
	slow := make(chan struct{})
	o := Options{tellsAtOnce: true, Compile: compile}
	c := rawConnect(t, o)
	c.ask("initialize", map[string]any{"supportsProgressReporting": true}, nil)
	c.ask("launch", map[string]any{"program": absolute(t, programs+"cpp_shapes/cpp_shapes-O0.wasm")}, nil)
	var start, end struct{ ProgressID, Title string }
	c.event("progressStart", &start)
	c.contains("the title", start.Title, "cpp_shapes-O0.wasm")
	c.event("progressEnd", &end)
	c.want("the one that ended", end.ProgressID, start.ProgressID)

	name := absolute(t, programs+"c_steps/c_steps-O0.wasm")
	o.Compile, o.Load = nil, loadAfter(slow)
	for _, by := range []string{"requestId", "progressId"} {
		c = rawConnect(t, o)
		c.ask("initialize", map[string]any{"supportsProgressReporting": true}, nil)
		launch := c.request("launch", map[string]any{"program": name})
		c.event("progressStart", &start)
		if by == "requestId" {
			c.ask("cancel", map[string]any{"requestId": launch}, nil)
		} else {
			c.ask("cancel", map[string]any{"progressId": start.ProgressID}, nil)
		}
		m := c.response(launch)
		c.want("the answer", []any{m.Success, m.Message}, []any{false, "cancelled"})
		c.contains("there is no program", c.refused("stackTrace", map[string]any{"threadId": 1}), "no program")
	}
	close(slow)
}

// The program's input and output are in a terminal that the client opens. Here a pair of pipes stands for it.
func TestTerminal(t *testing.T) {
	if !passesFiles {
		t.Skip("files can't be handed to other processes here")
	}
	inRead, inWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	interrupts := make(chan os.Signal)
	helper := make(chan error, 1)
	c := rawConnect(t, Options{Compile: compile, TerminalHelper: []string{"sphex", "dap-terminal"}})
	c.reply = func(command string, arguments json.RawMessage) any {
		var a struct {
			Kind, Title, Cwd string
			Args             []string
		}
		if err := json.Unmarshal(arguments, &a); err != nil || command != "runInTerminal" || a.Kind != "external" || len(a.Args) != 3 || a.Title != "c_endless-O0.wasm" {
			t.Errorf("%s %s", command, arguments)
		}
		go func() { helper <- RunTerminalHelper(a.Args[2], inRead, outWrite, outWrite, interrupts) }()
		return map[string]any{"processId": 1}
	}
	c.open(map[string]any{"program": absolute(t, endless), "console": "externalTerminal"}, "", 0)
	b := make([]byte, 64)
	outRead.SetDeadline(time.Now().Add(longWait))
	if n, err := outRead.Read(b); err != nil || string(b[:n]) != "turning" {
		t.Errorf("%q %v", b[:n], err)
	}
	interrupts <- os.Interrupt
	var stopped struct{ Reason string }
	c.event("stopped", &stopped)
	c.want("reason", stopped.Reason, "pause")
	c.ask("disconnect", nil, nil)
	if err := <-helper; err != nil {
		t.Error(err)
	}
	inWrite.Close()

	// An editor that has none, and one that refuses.
	c = rawConnect(t, Options{Compile: compile, TerminalHelper: []string{"sphex", "dap-terminal"}})
	c.ask("initialize", map[string]any{}, nil)
	c.ask("launch", map[string]any{"program": absolute(t, endless), "console": "integratedTerminal"}, nil)
	var o struct{ Output string }
	c.event("output", &o)
	c.contains("the warning", o.Output, "runs nothing in a terminal")
	c = rawConnect(t, Options{Compile: compile, TerminalHelper: []string{"sphex", "dap-terminal"}})
	c.ask("initialize", map[string]any{"supportsRunInTerminalRequest": true}, nil)
	c.contains("a refusal", c.refused("launch", map[string]any{"program": absolute(t, endless), "console": "integratedTerminal"}), "no terminal")
}

// Standard input and output may be files.
func TestStdio(t *testing.T) {
	dir := t.TempDir()
	c := rawConnect(t, Options{Compile: compile})
	c.open(map[string]any{"program": absolute(t, programs+"orders/orders.wasm"), "cwd": dir, "stdio": []any{nil, "out.txt", "out.txt"}}, "", 0)
	c.event("terminated", nil)
	c.ask("disconnect", nil, nil)
	got, err := os.ReadFile(filepath.Join(dir, "out.txt"))
	want, _ := os.ReadFile(programs + "orders/expected.txt")
	if err != nil || string(got) != string(want) {
		t.Errorf("%q %v", got, err)
	}
}

// loadAfter loads programs when something has happened.
func loadAfter(what <-chan struct{}) func(string, *aot.Companions) (*object.File, error) {
	return func(path string, c *aot.Companions) (*object.File, error) {
		<-what
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return compile(b, c)
	}
}
