package wasi

import (
	"context"
	"io"
	"testing"
	"time"
)

type sub struct {
	userdata uint64
	kind     byte
	id       uint32 // clock or descriptor
	timeout  uint64
	flags    uint16
}

type event struct {
	userdata uint64
	err      Errno
	kind     byte
}

func (g *guest) poll(want Errno, subs ...sub) []event {
	g.t.Helper()
	in, out, n := uint64(g.alloc(sizeSubscription*len(subs))), uint64(g.alloc(sizeEvent*len(subs))), uint64(g.alloc(4))
	for i, s := range subs {
		p := g.mem[in+uint64(i*sizeSubscription):]
		le.PutUint64(p, s.userdata)
		p[8] = s.kind
		le.PutUint32(p[16:], s.id)
		le.PutUint64(p[24:], s.timeout)
		le.PutUint64(p[32:], 0)
		le.PutUint16(p[40:], s.flags)
	}
	g.call(want, "poll_oneoff", in, out, uint64(len(subs)), n)
	if want != ESUCCESS {
		return nil
	}
	var events []event
	for i := range uint64(g.u32(n)) {
		p := g.mem[out+i*sizeEvent:]
		events = append(events, event{le.Uint64(p), Errno(le.Uint16(p[8:])), p[10]})
	}
	return events
}

func (g *guest) expect(got []event, want ...event) {
	g.t.Helper()
	if len(got) != len(want) {
		g.t.Fatalf("events %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			g.t.Errorf("event %d: %v, want %v", i, got[i], want[i])
		}
	}
}

func TestPollClock(t *testing.T) {
	g := newGuest(t, Config{})
	const wait = 20 * time.Millisecond
	start := time.Now()
	g.expect(g.poll(ESUCCESS, sub{7, eventClock, 1, uint64(wait), 0}, sub{8, eventClock, 0, uint64(time.Hour), 0}), event{7, 0, eventClock})
	if d := time.Since(start); d < wait {
		t.Errorf("waited %v", d)
	}
	// An absolute time, which may have passed.
	start = time.Now()
	g.expect(g.poll(ESUCCESS, sub{1, eventClock, 0, uint64(start.Add(wait).UnixNano()), clockAbsolute}), event{1, 0, eventClock})
	if d := time.Since(start); d < wait {
		t.Errorf("waited %v", d)
	}
	g.expect(g.poll(ESUCCESS, sub{1, eventClock, 0, 1000, clockAbsolute}), event{1, 0, eventClock})
	g.expect(g.poll(ESUCCESS, sub{1, eventClock, 77, 0, 0}), event{1, EINVAL, eventClock})
	g.poll(EINVAL, sub{1, eventClock, 0, 0, 2})
	g.poll(EINVAL, sub{1, 3, 0, 0, 0})
	g.call(EINVAL, "poll_oneoff", 0, 0, 0, uint64(g.alloc(4)))
	g.call(EFAULT, "poll_oneoff", 0, 0, 0xffff_ffff, uint64(g.alloc(4)))

	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	in := g.alloc(sizeSubscription)
	clear(g.mem[in : in+sizeSubscription])
	le.PutUint64(g.mem[in+24:], uint64(time.Hour))
	if err := g.try(ctx, "poll_oneoff", uint64(in), uint64(g.alloc(sizeEvent)), 1, uint64(g.alloc(4))); err != context.DeadlineExceeded {
		t.Errorf("poll_oneoff: %v", err)
	}
}

func TestPollDescriptors(t *testing.T) {
	r, w := io.Pipe()
	g := newGuest(t, Config{Stdin: r, Dirs: []Dir{{Host: t.TempDir(), Guest: "/"}}})
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, 0, 0, 0}, sub{2, eventClock, 1, uint64(time.Millisecond), 0}), event{2, 0, eventClock})
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, 0, 0, 0}, sub{2, eventWrite, 1, 0, 0}), event{2, 0, eventWrite})
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, 44, 0, 0}), event{1, EBADF, eventRead})
	go w.Write([]byte("x"))
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, 0, 0, 0}, sub{2, eventClock, 1, uint64(time.Hour), 0}), event{1, 0, eventRead})
	if s := g.read(0, 4); s != "x" {
		t.Errorf("read %q after poll", s)
	}
	fd := g.open(ESUCCESS, "f", openCreate, readWrite, 0)
	g.write(fd, "data")
	g.expect(g.poll(ESUCCESS, sub{1, eventRead, uint32(fd), 0, 0}, sub{2, eventWrite, uint32(fd), 0, 0}), event{1, 0, eventRead}, event{2, 0, eventWrite})
}
