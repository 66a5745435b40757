package wasi

import (
	"context"
	"io"
	"net"
	"time"
)

// Listener accepts connections for a guest. It outlives the guests that it is given to, one after the other:
// whoever made the net.Listener closes it.
type Listener struct {
	noFile
	l net.Listener
	arrivals[net.Conn]
}

// NewListener makes a listener of TCP, or of any other stream.
func NewListener(l net.Listener) *Listener {
	n := &Listener{l: l}
	n.receive = func(int) ([]net.Conn, error) {
		c, err := n.l.Accept()
		if err != nil {
			return nil, err
		}
		return []net.Conn{c}, nil
	}
	return n
}

// Addr is where it listens.
func (l *Listener) Addr() net.Addr { return l.l.Addr() }

func (l *Listener) Type() FileType      { return TypeStreamSocket }
func (l *Listener) Stat() (Stat, error) { return Stat{Type: TypeStreamSocket}, nil }

// connection is one that a Listener has accepted.
type connection struct {
	noFile
	c net.Conn
	arrivals[byte]
}

func newConnection(c net.Conn) *connection {
	n := &connection{c: c}
	n.receive = func(most int) ([]byte, error) {
		buf := make([]byte, most)
		got, err := n.c.Read(buf)
		return buf[:got], err
	}
	return n
}

func (n *connection) Type() FileType      { return TypeStreamSocket }
func (n *connection) Stat() (Stat, error) { return Stat{Type: TypeStreamSocket}, nil }
func (n *connection) Close() error        { return n.c.Close() }

// Shutdown closes one direction, or both.
func (n *connection) Shutdown(read, write bool) error {
	half, ok := n.c.(interface {
		CloseRead() error
		CloseWrite() error
	})
	if !ok {
		return ENOTSUP
	}
	if read {
		if err := half.CloseRead(); err != nil {
			return err
		}
	}
	if write {
		return half.CloseWrite()
	}
	return nil
}

// past makes what waits on a connection end.
var past = time.Unix(1, 0)

// Read takes what has come.
func (n *connection) Read(ctx context.Context, p []byte) (int, error) { return n.take(ctx, p, false) }

// Peek looks at it.
func (n *connection) Peek(ctx context.Context, p []byte) (int, error) { return n.take(ctx, p, true) }

// Write waits for a reader that is slow, unless the run ends.
func (n *connection) Write(ctx context.Context, p []byte) (int, error) {
	return writeUntilDone(ctx, n.c, p)
}

// writeUntilDone writes, and gives up when the run ends.
func writeUntilDone(ctx context.Context, w interface {
	io.Writer
	SetWriteDeadline(time.Time) error
}, p []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	stop := context.AfterFunc(ctx, func() { _ = w.SetWriteDeadline(past) }) // what is closed waits for nobody
	defer stop()
	n, err := w.Write(p)
	if err != nil && ctx.Err() != nil {
		return n, context.Cause(ctx)
	}
	return n, err
}

// Accept takes the next connection.
func (l *Listener) Accept(ctx context.Context) (File, error) {
	var one [1]net.Conn
	n, err := l.take(ctx, one[:], false)
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return nil, EBADF // closed by its owner
	}
	return newConnection(one[0]), nil
}

// hasInput tells whether something is there for the next read, or may be.
func (n *connection) hasInput() bool { return readable(n.c) }
func (l *Listener) hasInput() bool   { return readable(l.l) }
