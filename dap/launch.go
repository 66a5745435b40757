package dap

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/google/go-dap"

	"sphex/debugger"
	"sphex/debugger/command"
)

// initializeArguments are those of go-dap with the defaults of the specification: lines and
// columns start at 1 unless the client says otherwise.
type initializeArguments struct {
	LinesStartAt1          *bool  `json:"linesStartAt1"`
	ColumnsStartAt1        *bool  `json:"columnsStartAt1"`
	PathFormat             string `json:"pathFormat"`
	SupportsVariableType   bool   `json:"supportsVariableType"`
	SupportsVariablePaging bool   `json:"supportsVariablePaging"`
}

func (s *server) initialize(a *initializeArguments) (any, error) {
	base := func(startsAt1 *bool) int {
		if startsAt1 != nil && !*startsAt1 {
			return 0
		}
		return 1
	}
	if a.PathFormat != "" && a.PathFormat != "path" {
		return nil, fmt.Errorf("path format %q is not supported, only path", a.PathFormat)
	}
	s.client = client{lineBase: base(a.LinesStartAt1), columnBase: base(a.ColumnsStartAt1), types: a.SupportsVariableType, paging: a.SupportsVariablePaging}
	return &dap.Capabilities{
		SupportsConfigurationDoneRequest:   true,
		SupportsFunctionBreakpoints:        true,
		SupportsConditionalBreakpoints:     true,
		SupportsHitConditionalBreakpoints:  true,
		SupportsLogPoints:                  true,
		SupportsEvaluateForHovers:          true,
		SupportsSetVariable:                true,
		SupportsSetExpression:              true,
		SupportsValueFormattingOptions:     true,
		SupportsBreakpointLocationsRequest: true,
		SupportsInstructionBreakpoints:     true,
		SupportsDataBreakpoints:            true,
		SupportsModulesRequest:             true,
		SupportsRestartRequest:             true,
		SupportsExceptionFilterOptions:     true,
		ExceptionBreakpointFilters:         exceptionFilters(),
		SupportsExceptionInfoRequest:       true,
		SupportsDelayedStackTraceLoading:   true,
		SupportsLoadedSourcesRequest:       true,
		SupportsTerminateRequest:           true,
		SupportTerminateDebuggee:           true,
		SupportsReadMemoryRequest:          true,
		SupportsWriteMemoryRequest:         true,
		SupportsDisassembleRequest:         true,
		SupportsCompletionsRequest:         true,
		SupportsClipboardContext:           true,
		SupportsStepInTargetsRequest:       true,
		SupportsGotoTargetsRequest:         true,
		SupportsSteppingGranularity:        true,
	}, nil
}

// launchArguments are what a launch configuration may say.
type launchArguments struct {
	Program     string             `json:"program"`
	Args        []string           `json:"args"`
	Cwd         string             `json:"cwd"`  // opened for the program as its working directory
	Dirs        []string           `json:"dirs"` // HOST[::GUEST]
	Env         map[string]*string `json:"env"`  // null unsets
	StopOnEntry bool               `json:"stopOnEntry"`
	NoDebug     bool               `json:"noDebug"`
	SourceMap   sourceMap          `json:"sourceMap"`
	DebugDirs   []string           `json:"debugDirs"` // searched for .dwo, .dwp and other files with debug information
	Invoke      string             `json:"invoke"`
	Stdin       string             `json:"stdin"` // a file
	Core        string             `json:"core"`  // a core dump of the program, to look at
}

// sourceMap is {from: to}, or a list of [from, to].
type sourceMap []debugger.PathMapping

func (m *sourceMap) UnmarshalJSON(b []byte) error {
	var pairs [][2]string
	if json.Unmarshal(b, &pairs) == nil {
		for _, p := range pairs {
			*m = append(*m, debugger.PathMapping{From: p[0], To: p[1]})
		}
		return nil
	}
	var object map[string]string
	if err := json.Unmarshal(b, &object); err != nil {
		return fmt.Errorf("sourceMap is {\"from\": \"to\"} or a list of pairs: %w", err)
	}
	for from, to := range object {
		*m = append(*m, debugger.PathMapping{From: from, To: to})
	}
	// The longest prefix wins, whatever the order of the object.
	sort.Slice(*m, func(i, j int) bool { return len((*m)[i].From) > len((*m)[j].From) })
	return nil
}

func (s *server) onLaunch(a *launchArguments) (any, func(), error) {
	if s.session != nil {
		return nil, nil, fmt.Errorf("a program has been launched already")
	}
	if a.Program == "" {
		return nil, nil, fmt.Errorf("launch needs \"program\": the path of a .wasm module")
	}
	if !filepath.IsAbs(a.Program) && a.Cwd != "" {
		a.Program = filepath.Join(a.Cwd, a.Program)
	}
	s.outputs = []*outputWriter{{w: s.w, category: "stdout"}, {w: s.w, category: "stderr"}}
	cfg := debugger.Config{
		Program:     a.Program,
		Args:        a.Args,
		Env:         environment(a.Env),
		Stdout:      s.outputs[0],
		Stderr:      s.outputs[1],
		StopOnEntry: a.StopOnEntry && !a.NoDebug,
		CatchPanics: !a.NoDebug,
		SourceMap:   a.SourceMap,
		DebugDirs:   under(a.Cwd, a.DebugDirs),
		Invoke:      a.Invoke,
		Compile:     s.options.Compile,
		Load:        s.options.Load,
		Events:      s.onEvent,
	}
	if a.Invoke != "" {
		cfg.Args, cfg.InvokeArgs = nil, a.Args
	}
	if a.Cwd != "" {
		cfg.Dirs = append(cfg.Dirs, debugger.Dir{Host: a.Cwd, Guest: "."})
		cfg.SourceRoots = append(cfg.SourceRoots, a.Cwd)
	}
	for _, d := range a.Dirs {
		host, guest, ok := strings.Cut(d, "::")
		if !ok {
			guest = host
		}
		cfg.Dirs = append(cfg.Dirs, debugger.Dir{Host: host, Guest: guest})
	}
	if a.Stdin != "" {
		if !filepath.IsAbs(a.Stdin) && a.Cwd != "" {
			a.Stdin = filepath.Join(a.Cwd, a.Stdin)
		}
		f, err := os.Open(a.Stdin)
		if err != nil {
			return nil, nil, err
		}
		cfg.Stdin, s.stdin = f, f
	}
	session, err := open(cfg, a)
	if err != nil {
		if s.stdin != nil {
			s.stdin.Close()
		}
		return nil, nil, err
	}
	s.session, s.launch = session, *a
	s.byFile = map[string][]placed{}
	s.console = &consoleWriter{}
	s.interp = &command.Interp{Session: session, Out: s.console, Resume: s.resumeFromConsole}
	return nil, func() {
		for _, n := range session.Notes() {
			s.w.event("output", &dap.OutputEventBody{Category: "console", Output: "Note: " + n + "\n"})
		}
		s.w.event("initialized", nil)
	}, nil
}

// open opens the program, or its core dump.
func open(cfg debugger.Config, a *launchArguments) (*debugger.Session, error) {
	if a.Core == "" {
		return debugger.Open(context.Background(), cfg)
	}
	dump, err := os.ReadFile(under(a.Cwd, []string{a.Core})[0])
	if err != nil {
		return nil, err
	}
	session, err := debugger.OpenCore(context.Background(), cfg, dump)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Core, err)
	}
	return session, nil
}

// under makes paths that are relative to a folder complete.
func under(dir string, paths []string) []string {
	var list []string
	for _, p := range paths {
		if !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		list = append(list, p)
	}
	return list
}

// environment makes NAME=VALUE pairs, sorted.
func environment(env map[string]*string) []string {
	var out []string
	for name, value := range env {
		if value != nil {
			out = append(out, name+"="+*value)
		}
	}
	sort.Strings(out)
	return out
}

func (s *server) configurationDone(*none) (any, func(), error) {
	if _, err := s.need(); err != nil {
		return nil, nil, err
	}
	if s.configured {
		return nil, nil, fmt.Errorf("the configuration was done before")
	}
	s.configured = true
	return nil, func() {
		s.w.event("thread", &dap.ThreadEventBody{Reason: "started", ThreadId: threadID})
		if s.launch.Core != "" {
			s.w.event("stopped", &dap.StoppedEventBody{Reason: "exception", Description: "Core dump", ThreadId: threadID, AllThreadsStopped: true})
			return
		}
		s.run(s.session.Continue)
	}, nil
}

// restartArguments may carry the launch configuration as it is now.
type restartArguments struct {
	Arguments *launchArguments `json:"arguments"`
}

// restart ends the program and starts it again from its beginning, with new arguments if
// there are some.
func (s *server) restart(a *restartArguments) (any, func(), error) {
	session, err := s.need()
	if err != nil {
		return nil, nil, err
	}
	var args []string
	if a.Arguments != nil && s.launch.Invoke == "" {
		args = a.Arguments.Args
	}
	s.end(endSilent)
	if err := session.Restart(args); err != nil {
		return nil, nil, err
	}
	s.setEnding(endTells)
	s.handles.reset()
	s.configured = true
	return nil, func() {
		s.w.event("thread", &dap.ThreadEventBody{Reason: "started", ThreadId: threadID})
		s.run(session.Continue)
	}, nil
}

// terminate ends the program; the client hears of it as of any other end.
func (s *server) terminate(*none) (any, func(), error) {
	if _, err := s.need(); err != nil {
		return nil, nil, err
	}
	return nil, func() {
		s.end(endTells)
		s.tellEnd(nil)
	}, nil
}

func (s *server) disconnect(*none) (any, func(), error) {
	s.disconnects = true
	s.close()
	return nil, nil, nil
}
