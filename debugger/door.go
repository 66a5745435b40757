package debugger

import (
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How many clients that have shown no token yet may be connected, how much each of them may say, and how often it may be wrong.
const (
	mostStrangers = 32
	mostSaid      = 1 << 20 // bytes
	mostGuesses   = 3
)

// strangerTime is how long they may take. A test has less of it.
var strangerTime = 15 * time.Second

// door is where clients stand that may be anybody.
type door struct {
	mu       sync.Mutex
	standing []*stranger // who came first in front
}

// stranger is the connection of one.
type stranger struct {
	net.Conn
	door  *door
	timer *time.Timer
	said  atomic.Int64
	wrong atomic.Int32
	known atomic.Bool
}

// errStranger is a client that talks, and does not say what it was asked for.
var errStranger = errors.New("the client has not shown the token, and says too much")

func (s *stranger) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if !s.known.Load() && (s.said.Add(int64(n)) > mostSaid || s.wrong.Load() >= mostGuesses) {
		return 0, errStranger
	}
	return n, err
}

// shown is called when it has shown the token.
func (s *stranger) shown() {
	s.known.Store(true)
	s.door.leave(s)
}

// guessed is called when it has shown a wrong one. It gets an answer; what it says behind the last one is not heard.
func (s *stranger) guessed() { s.wrong.Add(1) }

// enter takes a client that has to show the token. If there are too many of them, the one that has stood longest goes: who
// knows the token needs no time.
func (d *door) enter(conn net.Conn) *stranger {
	s := &stranger{Conn: conn, door: d}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.standing) == mostStrangers {
		d.standing[0].Close()
		d.remove(0)
	}
	s.timer = time.AfterFunc(strangerTime, func() { conn.Close() })
	d.standing = append(d.standing, s)
	return s
}

// leave takes a client from the door: it is gone, or known.
func (d *door) leave(s *stranger) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.standing, s); i >= 0 {
		d.remove(i)
	}
}

func (d *door) remove(i int) {
	d.standing[i].timer.Stop()
	d.standing = slices.Delete(d.standing, i, i+1)
}
