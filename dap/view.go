package dap

import (
	"sphex/debugger/colour"
	"sphex/debugger/command"
)

// terminalClient is a person at a terminal: sphex connect, which speaks by requests of our own. What frame and thread are selected
// is then the console's matter, as it is in sphex debug.
type terminalClient struct {
	Colour  bool `json:"colour"`  // the terminal shows colours
	Brief   bool `json:"brief"`   // a full-screen view shows the source by itself
	Columns int  `json:"columns"` // how many the terminal has, 0 if that is not known

	on      bool
	painter colour.Painter
	viewer  *command.Viewer
	of      *command.Interp // whose the viewer is
}

// setTerminal is a request of our own: the client is a terminal.
func (s *server) setTerminal(a *terminalClient) (any, error) {
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	s.terminal.on, s.terminal.Colour, s.terminal.Brief, s.terminal.Columns = true, a.Colour, a.Brief, a.Columns
	return nil, nil
}

// dress gives the console's words the looks that the client wants. consoleMu is held.
func (s *server) dress() {
	if !s.terminal.on {
		return
	}
	in := s.interp
	in.Brief, in.Paint, in.Style = s.terminal.Brief, nil, nil
	columns := s.terminal.Columns
	in.Columns = func() int { return columns }
	if s.terminal.Colour && in.Color() {
		in.Paint, in.Style = s.terminal.painter.Paint, colour.Style
	}
}

// selected is the frame that a request means by its frameId, or else the console's.
func (s *server) selected(frameID int) int {
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	if s.terminal.on {
		return s.interp.Level
	}
	return s.level(frameID)
}

// prompt is what a terminal asks with; "" for other clients.
func (s *server) prompt() string {
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	switch {
	case !s.terminal.on:
		return ""
	case s.interp.Defining():
		return "> "
	}
	return s.interp.Prompt()
}

// unpaged tells that a terminal is to show answers without stops.
func (s *server) unpaged() bool {
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	return s.terminal.on && !s.interp.Paging()
}

// panes is a request of our own: what a full-screen view shows.
func (s *server) panes(a *command.PanesWanted) (any, error) {
	if _, err := s.needStopped(); err != nil {
		return nil, err
	}
	s.consoleMu.Lock()
	defer s.consoleMu.Unlock()
	s.dress()
	t := &s.terminal
	if t.viewer == nil || t.of != s.interp {
		t.viewer, t.of = command.NewViewer(s.interp), s.interp
	}
	return t.viewer.Panes(*a), nil
}
