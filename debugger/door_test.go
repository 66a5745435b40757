package debugger

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

// pipes is a listener whose clients may be anybody.
type pipes struct {
	net.Listener
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// Clients that have not shown the token can be only so many, for only so long, and can say and guess only so much; those that
// have shown it stay.
func TestStrangers(t *testing.T) {
	defer func(d time.Duration) { strangerTime = d }(strangerTime)
	serve := func(limit time.Duration) (connect func() net.Conn, stop func()) {
		strangerTime = limit
		l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		ctx, cancel := context.WithCancel(context.Background())
		served := make(chan error)
		go func() {
			served <- Serve(ctx, l, new(Host), ServeConfig{Token: "open sesame", View: func(c *Peer, _ *Host) {
				defer c.Close()
				b := make([]byte, 64<<10)
				for {
					n, err := c.Read(b)
					if err != nil {
						return
					}
					if n > 1000 {
						continue // no guess
					}
					answer := "no"
					if c.Check(string(b[:n])) == nil {
						answer = "in"
					}
					if _, err := c.Write([]byte(answer)); err != nil {
						return
					}
				}
			}})
		}()
		connect = func() net.Conn {
			ours, theirs := net.Pipe()
			l.conns <- theirs
			return ours
		}
		return connect, func() {
			cancel()
			if err := <-served; err != nil {
				t.Error(err)
			}
		}
	}
	say := func(c net.Conn, what string) string {
		b := make([]byte, 2)
		if _, err := c.Write([]byte(what)); err != nil {
			return "gone"
		}
		if _, err := io.ReadFull(c, b); err != nil {
			return "gone"
		}
		return string(b)
	}
	gone := func(c net.Conn) bool {
		_, err := c.Read(make([]byte, 1))
		return err != nil
	}

	connect, stop := serve(time.Hour)
	known := connect()
	if a := say(known, "open sesame"); a != "in" {
		t.Fatal(a)
	}
	guesser := connect()
	for i, want := range []string{"no", "no", "no", "gone"} {
		if a := say(guesser, "sesame"); a != want {
			t.Errorf("guess %d: %s, want %s", i, a, want)
		}
	}
	var list []net.Conn
	for range mostStrangers + 1 {
		list = append(list, connect())
	}
	one := -1 // of the first ones, which come to the door in any order
	for end := time.Now().Add(time.Minute); one < 0 && time.Now().Before(end); {
		for i, c := range list {
			c.SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				one = i
			}
			c.SetReadDeadline(time.Time{})
		}
	}
	if one < 0 {
		t.Fatal("one too many is not sent away")
	}
	if a := say(list[(one+1)%len(list)], "open sesame"); a != "in" {
		t.Errorf("another one: %s", a)
	}
	for range mostStrangers {
		if a := say(known, "whatever"); a != "no" { // it may be wrong by now
			t.Errorf("the first one: %s", a)
		}
	}
	stop()

	connect, stop = serve(20 * time.Millisecond)
	known = connect()
	for a := say(known, "open sesame"); a != "in"; a = say(known, "open sesame") {
		known = connect() // this machine is slow
	}
	if !gone(connect()) {
		t.Error("one that does not show the token stays")
	}
	time.Sleep(2 * strangerTime)
	if a := say(known, "hello"); a != "no" {
		t.Errorf("one that has shown it: %s", a)
	}
	stop()

	connect, stop = serve(time.Hour)
	talker := connect()
	go io.Copy(io.Discard, talker)
	said := 0
	for ; said < 4<<20; said += 32 << 10 {
		if _, err := talker.Write(make([]byte, 32<<10)); err != nil {
			break
		}
	}
	if said < mostSaid/2 || said > 2*mostSaid {
		t.Errorf("%d bytes were heard", said)
	}
	stop()
}
