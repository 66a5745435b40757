package dap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// A program whose input and output are to be in a terminal runs in this process all the same. What the client starts
// in its terminal is a helper, sphex dap-terminal, which hands the terminal over through a socket, and waits.

// patience is how long the client may take to open a terminal.
const patience = time.Minute

// openTerminal asks the client for a terminal and makes it the program's input and output. What can't be had is told by a
// warning: the debug console takes its place.
func (s *server) openTerminal(a *arguments, cfg *debugger.Config, closing *[]io.Closer) (warning string, err error) {
	switch {
	case !s.client.runsInTerminal:
		return "the editor runs nothing in a terminal: the program's output is in the debug console", nil
	case len(s.options.TerminalHelper) == 0 || !passesFiles:
		return "terminals are not supported here: the program's output is in the debug console", nil
	}
	dir, err := os.MkdirTemp("", "sphex-terminal-") // of this user alone
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unix"})
	if err != nil {
		return "", err
	}
	defer l.Close()
	kind := "integrated"
	if a.Console == consoleExternal {
		kind = "external"
	}
	folder := a.Cwd
	if folder == "" {
		folder = filepath.Dir(a.Program)
	}
	replies := s.inbox.onReply(func() int {
		return s.w.request("runInTerminal", &dap.RunInTerminalRequestArguments{
			Kind: kind, Title: filepath.Base(a.Program), Cwd: folder, Args: append(s.options.TerminalHelper, l.Addr().String()),
		})
	})
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	l.SetDeadline(time.Now().Add(patience))
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	accepted := make(chan struct{})
	refused := make(chan string, 1)
	go func() {
		select {
		case r, ok := <-replies:
			if ok && !r.Success {
				refused <- r.Message
				l.Close()
			}
		case <-accepted:
		}
	}()
	conn, err := l.AcceptUnix()
	close(accepted)
	if err != nil {
		select {
		case why := <-refused:
			return "", fmt.Errorf("the editor opened no terminal: %s", why)
		default:
			return "", fmt.Errorf("the editor opened no terminal: %w", err)
		}
	}
	conn.SetDeadline(time.Now().Add(patience))
	files, err := receiveFiles(conn)
	conn.SetDeadline(time.Time{})
	if err != nil {
		conn.Close()
		return "", fmt.Errorf("the terminal: %w", err)
	}
	*closing = append(*closing, conn, files[0], files[1], files[2])
	if a.Stdio[0] == "" {
		cfg.Stdin = files[0]
	}
	if a.Stdio[1] == "" {
		cfg.Stdout = files[1]
	}
	if a.Stdio[2] == "" {
		cfg.Stderr = files[2]
	}
	go s.watchTerminal(conn)
	return "", nil
}

// watchTerminal pauses the program when its user types an interrupt in the terminal, and ends it with that.
func (s *server) watchTerminal(conn net.Conn) {
	b := make([]byte, 1)
	for {
		if _, err := conn.Read(b); err != nil {
			break
		}
		if session, done := s.sharedRun(); session != nil && done != nil {
			go pauseSoon(session, done)
		}
	}
	if session, _ := s.sharedRun(); session != nil {
		session.Kill()
	}
}

// sharedRun returns the session, and what is closed when the program stops, nil if it does not run.
func (s *server) sharedRun() (*debugger.Session, chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shared, s.running
}

// RunTerminalHelper is what the client runs in its terminal: it hands in, out and err over at a socket and waits until
// the program does not need them any more. interrupts are passed on.
func RunTerminalHelper(socket string, in, out, err *os.File, interrupts <-chan os.Signal) error {
	conn, failed := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if failed != nil {
		return failed
	}
	defer conn.Close()
	if !passesFiles {
		return errors.New("terminals are not supported here")
	}
	if failed := sendFiles(conn, in, out, err); failed != nil {
		return failed
	}
	over := make(chan struct{})
	go func() {
		io.Copy(io.Discard, conn)
		close(over)
	}()
	for {
		select {
		case <-interrupts:
			if _, failed := conn.Write([]byte{0}); failed != nil {
				return nil // it is over
			}
		case <-over:
			return nil
		}
	}
}
