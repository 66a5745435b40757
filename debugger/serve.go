package debugger

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// ServeConfig says who may connect to a host, and what they find there.
type ServeConfig struct {
	// View serves one client until it leaves, and closes the connection: dap.ServeHost.
	View func(c *Peer, h *Host)

	// Token lets those in who are not the host's own user on its own machine, and know it. Without one they are
	// turned away.
	Token string
}

// farewell is how long clients may take to leave by themselves.
const farewell = 300 * time.Millisecond

// Peer is a client's connection.
type Peer struct {
	net.Conn
	trusted bool
	token   string
	at      *stranger // what it is until it has shown the token; nil: it need not
}

// TrustedPeer is a connection whose other end needs no token, since the host has made it itself.
func TrustedPeer(conn net.Conn) *Peer { return &Peer{Conn: conn, trusted: true} }

// ErrToken is a client that is not the host's own user on its own machine and does not know the token.
var ErrToken = errors.New("the host asks for its token of whoever is not its own user on its own machine")

// Check decides whether the client may go on with what it has shown as its token.
func (p *Peer) Check(token string) error {
	if p.trusted {
		return nil
	}
	if p.token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(p.token)) == 1 {
		if p.at != nil {
			p.at.shown()
		}
		return nil
	}
	if p.at != nil {
		p.at.guessed()
	}
	return ErrToken
}

// Serve lets debuggers connect to a host, until the context is done or the listener fails; it closes the listener, and
// ends with the sessions of those that are connected. A listener that other machines reach needs a token.
func Serve(ctx context.Context, l net.Listener, h *Host, cfg ServeConfig) error {
	defer l.Close()
	if err := cfg.Allows(l.Addr()); err != nil {
		return err
	}
	var clients sync.WaitGroup
	defer clients.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var door door
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return nil
		}
		if err != nil {
			return err
		}
		clients.Add(1)
		go func() {
			defer clients.Done()
			stop := context.AfterFunc(ctx, func() {
				time.Sleep(farewell) // it may have been told that the program has ended
				conn.Close()
			})
			defer stop()
			p := &Peer{Conn: conn, trusted: sameUser(conn), token: cfg.Token}
			if !p.trusted {
				p.at = door.enter(conn)
				p.Conn = p.at
				defer door.leave(p.at)
			}
			cfg.View(p, h)
		}()
	}
}

// Allows tells whether a host may listen at an address.
func (c *ServeConfig) Allows(a net.Addr) error {
	if !isLocal(a) && c.Token == "" {
		return fmt.Errorf("%s can be reached from other machines: a token is needed", a)
	}
	return nil
}

// Listen listens at an address: HOST:PORT, or unix:PATH for a socket that only this user may open.
func Listen(address string) (net.Listener, error) {
	path, ok := strings.CutPrefix(address, "unix:")
	if !ok {
		return net.Listen("tcp", address)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("%s: somebody listens there already", path)
	} else if st, failed := os.Lstat(path); failed == nil && st.Mode()&os.ModeSocket != 0 {
		os.Remove(path) // left by one that has ended
	}
	return listenUnix(path)
}

// Dial connects to an address as for Listen.
func Dial(address string) (net.Conn, error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return net.Dial("unix", path)
	}
	return net.Dial("tcp", address)
}

// NewToken makes a token that nobody guesses.
func NewToken() string {
	b := make([]byte, 16)
	if _, err := io.ReadFull(rand.Reader, b); err != nil {
		panic(fmt.Sprintf("debugger: no randomness: %v", err))
	}
	return hex.EncodeToString(b)
}

// OtherUser tells whether it is known that no process of this user on this machine is at the other end.
func OtherUser(conn net.Conn) bool { return knowsUsers && !sameUser(conn) }

// isLocal tells whether only this machine reaches an address.
func isLocal(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return !ok && a.Network() == "unix" || ok && t.IP.IsLoopback()
}
