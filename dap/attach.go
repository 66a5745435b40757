package dap

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"sphex/debugger"
)

// Attaching has two ends. A host (debugger.Serve) speaks the protocol itself: ServeHost is its view, and its sessions
// are of its instances. The adapter that an editor starts only passes messages on to it: see relay.go.

// ServeHost serves one client of a host until it leaves. It is for debugger.ServeConfig.View.
func ServeHost(c *debugger.Peer, h *debugger.Host) {
	s := newServer(c, Options{})
	s.host, s.peer = h, c
	defer s.close()
	defer c.Close()
	_ = s.loop(bufio.NewReader(c)) // an error is the client's going away
}

func (s *server) onAttach(raw *json.RawMessage) (any, func(), error) {
	if s.session != nil || s.remote != nil {
		return nil, nil, errors.New("there is a program already")
	}
	a, warnings, err := parseArguments(*raw, true)
	if err != nil {
		return nil, nil, err
	}
	if s.host == nil {
		return s.attachElsewhere(a, *raw)
	}
	if err := s.peer.Check(a.Token); err != nil {
		return nil, nil, err
	}
	list := s.host.Instances()
	if a.Instance == "" && len(list) != 1 && s.client.startsDebugging {
		return nil, func() { s.startAll(*raw, a) }, nil
	}
	cfg := debugger.Config{
		StepIntoLibraries: !a.JustMyCode,
		CatchPanics:       true,
		SourceMap:         append(a.SourceMap, a.Substitute...),
		SourceRoots:       allUnder(a.Cwd, a.SourceRoots),
		Natvis:            allUnder(a.Cwd, a.Natvis),
		Events:            s.onEvent,
	}
	if a.Cwd != "" {
		cfg.SourceRoots = append(cfg.SourceRoots, a.Cwd)
	}
	session, err := s.host.Attach(s.ctx, a.Instance, cfg)
	if err != nil {
		if a.Instance == "" && len(list) > 1 {
			err = fmt.Errorf("%w: %s", err, nameAll(list))
		}
		return nil, nil, err
	}
	a.Program = session.Program()
	s.begin(session, a)
	return nil, func() { s.opened(append(warnings, session.Notes()...)) }, nil
}

// nameAll lists instances for a message.
func nameAll(list []debugger.HostInstance) string {
	var names []string
	for _, x := range list {
		names = append(names, fmt.Sprintf("%d %s", x.ID, x.Name))
	}
	return strings.Join(names, ", ")
}

// startAll asks the client for a session of each instance, the present ones and those to come, as long as the
// client stays. This session itself has no program then.
func (s *server) startAll(raw json.RawMessage, a *arguments) {
	s.mu.Lock()
	s.parent = make(chan struct{})
	left := s.parent
	s.mu.Unlock()
	s.w.event("initialized", nil)
	configuration := map[string]any{}
	if json.Unmarshal(raw, &configuration) != nil { // it was understood before
		return
	}
	go func() {
		started := map[int]bool{}
		for {
			for _, x := range s.host.Instances() {
				if started[x.ID] || x.Attached {
					continue
				}
				started[x.ID] = true
				child := map[string]any{}
				for k, v := range configuration {
					child[k] = v
				}
				child["instance"], child["name"] = strconv.Itoa(x.ID), x.Name
				s.w.request("startDebugging", map[string]any{"configuration": child, "request": "attach"})
			}
			select {
			case <-left:
				return
			case <-time.After(instancesAgain):
			}
		}
	}()
}

// instancesAgain is how often a host is asked for new instances.
const instancesAgain = 500 * time.Millisecond

// hostInstances lists what a client may attach to: a request of our own.
func (s *server) hostInstances(a *struct {
	Token string `json:"token"`
}) (any, error) {
	if s.host == nil {
		return nil, errors.New("this is no host")
	}
	if err := s.peer.Check(a.Token); err != nil {
		return nil, err
	}
	type instance struct {
		ID       int    `json:"id"`
		Name     string `json:"name"`
		Attached bool   `json:"attached"`
	}
	list := []instance{}
	for _, x := range s.host.Instances() {
		list = append(list, instance(x))
	}
	return map[string]any{"instances": list}, nil
}

// showStop prints why and where the program stopped as the terminal does: a request of our own.
func (s *server) showStop(*none) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	if stop := session.LastStop(); stop != nil {
		s.interp.Level = 0
		s.dress()
		s.interp.ShowStop(stop)
	}
	return &evaluateBody{Result: s.console.take()}, nil
}

// threadName names the one thread.
func (s *server) threadName() string {
	if s.launch.attach {
		return s.moduleName()
	}
	return "main"
}

// goOnAttached lets a program that was attached to go on, unless the client wants to look at it first.
func (s *server) goOnAttached() {
	s.runCommands(s.launch.PostRunCommands)
	if !s.launch.StopOnEntry {
		s.run(s.session.Continue)
		return
	}
	stop := s.session.LastStop()
	if stop == nil {
		return
	}
	s.stopped(stop, nil)
	if stop.Frame == nil {
		s.outputNote("none of the program's functions is being called at the moment: continue waits for the next call")
	}
}

// leave ends the session with a program that was attached to.
func (s *server) leave() {
	s.setEnding(endSilent)
	done, running := s.isRunning()
	switch {
	case s.leaving.terminate:
		s.session.Kill()
	case s.leaving.suspend:
		if running {
			pauseSoon(s.session, done)
			<-done
		}
		if s.session.State() == debugger.Stopped && s.host.Suspend(s.session) == nil {
			return
		}
	}
	s.session.Close()
	if done, running := s.isRunning(); running {
		<-done
	}
}

// hostPort is the address of a port.
func hostPort(host string, port int) string {
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

// address is where the configuration says that a host listens, "" for nowhere.
func (a *arguments) address() string {
	switch {
	case a.Address != "":
		return a.Address
	case a.Connect.address != "":
		return a.Connect.address
	case a.Port != 0:
		return hostPort(a.Host, a.Port)
	}
	return ""
}
