package dap

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"sphex/debugger"
)

// attachElsewhere connects to a host, which speaks the protocol itself, and passes all messages on from then on.
func (s *server) attachElsewhere(a *arguments, raw json.RawMessage) (any, func(), error) {
	at := a.address()
	if at == "" {
		return nil, nil, errors.New("attach needs \"connect\" or \"address\": where a host listens, as sphex run --debug-listen")
	}
	conn, err := debugger.Dial(at)
	if err != nil {
		return nil, nil, fmt.Errorf("nobody answers at %s, where sphex run --debug-listen %s PROGRAM would: %w", at, at, err)
	}
	in := bufio.NewReader(conn)
	if err := greet(conn, in, s.initialized); err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("%s: %w", at, err)
	}
	s.inbox.mu.Lock()
	s.inbox.relays = true
	s.inbox.mu.Unlock()
	s.remote = conn
	s.relayed = make(chan struct{})
	go s.relayBack(in)
	return nil, nil, s.forward(s.inbox.now)
}

// errForwarded is no error: a host answers.
var errForwarded = errors.New("the host answers")

// greet introduces the client to a host.
func greet(conn net.Conn, in *bufio.Reader, initialized json.RawMessage) error {
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	defer conn.SetDeadline(time.Time{})
	if len(initialized) == 0 {
		initialized = json.RawMessage("{}")
	}
	b, err := json.Marshal(&request{Type: "request", Command: "initialize", Arguments: initialized})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(b), b); err != nil {
		return err
	}
	if b, err = readMessage(in); err != nil {
		return fmt.Errorf("who answers is no host of sphex: %w", err)
	}
	var r struct {
		reply
		Command string `json:"command"`
	}
	if err := json.Unmarshal(b, &r); err != nil || r.Command != "initialize" || !r.Success {
		return errors.New("who answers is no host of sphex")
	}
	return nil
}

// forward passes a message of the client's on. Its answer is the host's.
func (s *server) forward(m *message) error {
	if _, err := fmt.Fprintf(s.remote, "Content-Length: %d\r\n\r\n%s", len(m.raw), m.raw); err != nil {
		return fmt.Errorf("the host has gone: %w", err)
	}
	if m.Command == "disconnect" {
		<-s.relayed
		s.disconnects = true
	}
	return errForwarded
}

// relayBack passes on what the host says, until it has no more to say.
func (s *server) relayBack(in *bufio.Reader) {
	defer close(s.relayed)
	for {
		b, err := readMessage(in)
		var bad errBadMessage
		if errors.As(err, &bad) {
			continue
		}
		if err != nil {
			break
		}
		s.w.raw(b)
	}
	if !s.inbox.isOver() { // it was not the client that ended it
		s.w.event("terminated", nil)
	}
}
