package dap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"sphex/debugger"
	"sphex/debugger/command"
)

func (s *server) onLaunch(raw *json.RawMessage) (any, func(), error) {
	if s.host != nil {
		return nil, nil, errors.New("the program is its host's: clients attach to it, and launch none")
	}
	if s.session != nil {
		return nil, nil, fmt.Errorf("a program has been launched already")
	}
	a, warnings, err := parseArguments(*raw, false)
	if err != nil {
		return nil, nil, err
	}
	if a.Program == "" {
		return nil, nil, fmt.Errorf("launch needs \"program\": the path of a .wasm module")
	}
	cfg, closing, err := s.config(a)
	if err == nil && a.Console != "" && a.Console != consoleInternal && a.Core == "" {
		var warning string
		if warning, err = s.openTerminal(a, &cfg, &closing); warning != "" {
			warnings = append(warnings, warning)
		}
	}
	var session *debugger.Session
	if err == nil {
		session, err = s.open(cfg, a)
	}
	if err != nil {
		closeAll(closing)
		return nil, nil, err
	}
	s.closing = closing
	s.begin(session, a)
	return nil, func() { s.opened(append(warnings, session.Notes()...)) }, nil
}

// config makes a session's configuration, and opens the files that it needs.
func (s *server) config(a *arguments) (cfg debugger.Config, closing []io.Closer, err error) {
	a.Program = under(a.Cwd, a.Program)
	s.outputs = []*outputWriter{{w: s.w, category: "stdout"}, {w: s.w, category: "stderr"}}
	cfg = debugger.Config{
		Program:           a.Program,
		Args:              a.Args,
		Stdout:            s.outputs[0],
		Stderr:            s.outputs[1],
		StopOnEntry:       a.StopOnEntry && !a.NoDebug,
		StepIntoLibraries: !a.JustMyCode,
		CatchPanics:       !a.NoDebug,
		SourceMap:         append(a.SourceMap, a.Substitute...),
		SourceRoots:       allUnder(a.Cwd, a.SourceRoots),
		DebugDirs:         allUnder(a.Cwd, a.DebugDirs),
		Natvis:            allUnder(a.Cwd, a.Natvis),
		WorkDir:           a.Cwd,
		Invoke:            a.Invoke,
		Compile:           s.options.Compile,
		Load:              s.options.Load,
		Events:            s.onEvent,
	}
	if cfg.Env, err = environment(allUnder(a.Cwd, a.EnvFile), a.Env); err != nil {
		return cfg, nil, err
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
	if err := linked(a, &cfg); err != nil {
		return cfg, nil, err
	}
	if a.Stdin != "" {
		a.Stdio[0] = a.Stdin
	}
	closing, err = redirect(a, &cfg)
	return cfg, closing, err
}

// redirect opens the files of stdio.
func redirect(a *arguments, cfg *debugger.Config) (closing []io.Closer, err error) {
	files := [3]*os.File{}
	for i, name := range a.Stdio {
		if name == "" {
			continue
		}
		flags := os.O_RDONLY
		if i > 0 {
			flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		}
		if i == 2 && name == a.Stdio[1] {
			files[2] = files[1]
			continue
		}
		f, err := os.OpenFile(under(a.Cwd, name), flags, 0o666)
		if err != nil {
			closeAll(closing)
			return nil, err
		}
		files[i] = f
		closing = append(closing, f)
	}
	if files[0] != nil {
		cfg.Stdin = files[0]
	}
	if files[1] != nil {
		cfg.Stdout = files[1]
	}
	if files[2] != nil {
		cfg.Stderr = files[2]
	}
	return closing, nil
}

func closeAll(list []io.Closer) {
	for _, c := range list {
		c.Close()
	}
}

// open opens the program, or its core dump. That may take a while, in which the client may lose its patience.
func (s *server) open(cfg debugger.Config, a *arguments) (*debugger.Session, error) {
	open := func(ctx context.Context) (*debugger.Session, error) { return debugger.Open(ctx, cfg) }
	if a.Core != "" {
		dump, err := os.ReadFile(under(a.Cwd, a.Core))
		if err != nil {
			return nil, fmt.Errorf("the core dump can't be read: %w", err)
		}
		open = func(ctx context.Context) (*debugger.Session, error) {
			session, err := debugger.OpenCore(ctx, cfg, dump)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.Core, err)
			}
			return session, nil
		}
	}
	p := s.startProgress("Loading " + filepath.Base(a.Program))
	defer p.end()
	cfg.Progress = p.update
	type result struct {
		session *debugger.Session
		err     error
	}
	done := make(chan result, 1)
	ctx := s.ctx
	go func() {
		session, err := open(ctx)
		done <- result{session, err}
	}()
	select {
	case r := <-done:
		return r.session, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.session != nil { // nobody wants it any more
				r.session.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// begin makes a session the server's.
func (s *server) begin(session *debugger.Session, a *arguments) {
	s.session, s.launch = session, *a
	s.mu.Lock()
	s.shared = session
	s.mu.Unlock()
	s.byFile = map[string][]placed{}
	s.console = &consoleWriter{}
	s.interp = &command.Interp{Session: session, Out: s.console, Resume: s.resumeFromConsole}
	s.limitConsole()
}

// opened tells the client that a session is ready for breakpoints, and what is to be said of it.
func (s *server) opened(notes []string) {
	for _, n := range notes {
		s.outputNote(n)
	}
	s.prepare()
	s.runCommands(s.launch.InitCommands)
	s.w.event("initialized", nil)
}

// under makes a path that is relative to a folder complete.
func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func allUnder(dir string, paths []string) []string {
	var list []string
	for _, p := range paths {
		list = append(list, under(dir, p))
	}
	return list
}

func (s *server) configurationDone(*none) (any, func(), error) {
	s.mu.Lock()
	parent := s.parent != nil
	s.mu.Unlock()
	if parent {
		return nil, nil, nil
	}
	if _, err := s.need(); err != nil {
		return nil, nil, err
	}
	if s.configured {
		return nil, nil, fmt.Errorf("the configuration was done before")
	}
	s.configured = true
	return nil, func() {
		s.w.event("thread", &dap.ThreadEventBody{Reason: "started", ThreadId: mainThread})
		if s.launch.Core != "" {
			s.runCommands(s.launch.PreRunCommands)
			s.w.event("stopped", &dap.StoppedEventBody{Reason: "exception", Description: "Core dump", ThreadId: mainThread, AllThreadsStopped: true})
			return
		}
		if s.runCommands(s.launch.PreRunCommands) {
			return // one of them has let it run
		}
		s.firstRun()
	}, nil
}

// firstRun lets the program run for the first time, and the commands for its start.
func (s *server) firstRun() {
	if s.launch.attach {
		s.goOnAttached()
		return
	}
	commands := s.launch.PostRunCommands
	if len(commands) == 0 {
		s.run(s.session.Continue)
		return
	}
	s.run(func() (*debugger.Stop, error) {
		stop, err := s.session.StepIn() // to the main function
		if err != nil || stop.Exited() || s.runCommands(commands) || s.launch.StopOnEntry || !stop.Has(debugger.ReasonEntry) || len(stop.Reasons) > 1 {
			return stop, err
		}
		return s.session.Continue()
	})
}

// restartArguments may carry the launch configuration as it is now.
type restartArguments struct {
	Arguments json.RawMessage `json:"arguments"`
}

// restart ends the program and starts it again from its beginning, with new arguments if
// there are some.
func (s *server) restart(a *restartArguments) (any, func(), error) {
	session, err := s.need()
	if err != nil {
		return nil, nil, err
	}
	if s.launch.attach {
		return nil, nil, errors.New("the program is its host's to start again")
	}
	var args []string
	if len(a.Arguments) > 0 && s.launch.Invoke == "" {
		now, _, err := parseArguments(a.Arguments, false)
		if err != nil {
			return nil, nil, err
		}
		args = now.Args
	}
	s.end(endSilent)
	if err := session.Restart(args); err != nil {
		return nil, nil, err
	}
	s.setEnding(endTells)
	s.handles.reset()
	s.forgetSources()
	s.configured = true
	return nil, func() {
		s.w.event("thread", &dap.ThreadEventBody{Reason: "started", ThreadId: mainThread})
		s.firstRun()
	}, nil
}

// terminate ends the program; the client hears of it as of any other end.
func (s *server) terminate(*none) (any, func(), error) {
	if _, err := s.need(); err != nil {
		return nil, nil, err
	}
	return nil, func() {
		s.runCommands(s.launch.TerminateCommands)
		s.end(endTells)
		s.tellEnd(nil)
	}, nil
}

// terminateThreads ends the program, if its main thread is among them. Another can't be ended by itself: it may hold
// what the others wait for.
func (s *server) terminateThreads(a *dap.TerminateThreadsArguments) (any, func(), error) {
	if _, err := s.need(); err != nil {
		return nil, nil, err
	}
	for _, id := range a.ThreadIds {
		if err := s.checkThread(id); err != nil {
			return nil, nil, err
		}
		if id > mainThread && !slices.Contains(a.ThreadIds, mainThread) {
			return nil, nil, fmt.Errorf("thread %d can't be ended by itself: thread %d ends the program", id, mainThread)
		}
	}
	if len(a.ThreadIds) == 0 {
		return nil, nil, nil
	}
	return s.terminate(nil)
}

// disconnectArguments tell an absent terminateDebuggee from a false one.
type disconnectArguments struct {
	Restart           bool  `json:"restart"`
	TerminateDebuggee *bool `json:"terminateDebuggee"`
	SuspendDebuggee   bool  `json:"suspendDebuggee"`
}

// disconnect ends the session. A program that was launched ends with it; one that was attached to goes on.
func (s *server) disconnect(a *disconnectArguments) (any, error) {
	s.disconnects = true
	if s.session != nil {
		s.runCommands(s.launch.TerminateCommands)
	}
	s.leaving.terminate = a.TerminateDebuggee != nil && *a.TerminateDebuggee
	s.leaving.suspend = a.SuspendDebuggee
	s.close()
	return nil, nil
}
