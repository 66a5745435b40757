package wasi

import (
	"math"
	"time"
)

const (
	eventClock = 0
	eventRead  = 1
	eventWrite = 2

	clockAbsolute = 1 << 0
	hangup        = 1 << 0
)

// subscription is a decoded entry of poll_oneoff's input.
type subscription struct {
	userdata uint64
	kind     byte
	err      Errno         // known before waiting
	timeout  time.Duration // eventClock
	interest int           // otherwise: index in what Poll is asked
}

// pollOneoff waits for the first of several clocks and descriptors. A clock that has run out
// gives its event along with everything that is ready at that moment.
func pollOneoff(c *call) error {
	in, outAddr, n := c.num[0], c.num[1], c.num[2]
	if n == 0 {
		return EINVAL
	}
	subs, err := c.array(in, n, sizeSubscription)
	if err != nil {
		return err
	}
	events, err := c.array(outAddr, n, sizeEvent)
	if err != nil {
		return err
	}
	if n > maxSubscriptions {
		return EINVAL
	}
	timeout := time.Duration(-1)
	var want []Interest
	list := make([]subscription, n)
	for i := range list {
		s := &list[i]
		if err := c.subscribe(s, subs[i*sizeSubscription:], &want); err != nil {
			return err
		}
		switch {
		case s.err != 0:
			timeout = 0
		case s.kind == eventClock && (timeout < 0 || s.timeout < timeout):
			timeout = s.timeout
		}
	}
	start, err := c.sys.world.Now(ClockMonotonic)
	if err != nil {
		return err
	}
	var ready []Readiness
	c.await(func() { ready, err = c.sys.world.Poll(c.ctx, timeout, want) })
	if err != nil {
		return err
	}
	now, err := c.sys.world.Now(ClockMonotonic)
	if err != nil {
		return err
	}
	// The clock of the shortest timeout has run out even if the clocks disagree a little.
	elapsed, any := time.Duration(now-start), false
	for i := range ready {
		any = any || ready[i].Ready
	}
	if !any && timeout >= 0 {
		elapsed = max(elapsed, timeout)
	}
	count := 0
	for i := range list {
		s := &list[i]
		var r Readiness
		switch {
		case s.err != 0:
			r = Readiness{Ready: true, Err: s.err}
		case s.kind == eventClock:
			r.Ready = s.timeout <= elapsed
		default:
			r = ready[s.interest]
		}
		if r.Ready {
			encodeEvent(events[count*sizeEvent:], s, r)
			count++
		}
	}
	c.putSize(c.buf[3], uint64(count))
	return nil
}

// maxSubscriptions bounds the work of one call.
const maxSubscriptions = 4096

func encodeEvent(p []byte, s *subscription, r Readiness) {
	clear(p[:sizeEvent])
	le.PutUint64(p, s.userdata)
	le.PutUint16(p[8:], uint16(r.Err))
	p[10] = s.kind
	if s.kind != eventClock && r.Err == 0 {
		le.PutUint64(p[16:], r.Bytes)
		if r.Hangup {
			le.PutUint16(p[24:], hangup)
		}
	}
}

// subscribe decodes one subscription.
func (c *call) subscribe(s *subscription, p []byte, want *[]Interest) error {
	s.userdata, s.kind = le.Uint64(p), p[8]
	switch s.kind {
	case eventClock:
		id, t, flags := Clock(le.Uint32(p[16:])), le.Uint64(p[24:]), le.Uint16(p[40:])
		if flags&^clockAbsolute != 0 {
			return EINVAL
		}
		now, err := c.sys.world.Now(id)
		if err != nil {
			errno, ok := errnoOf(err)
			if !ok {
				return err
			}
			s.err = errno
			return nil
		}
		if flags&clockAbsolute != 0 {
			t = max(t, uint64(now)) - uint64(now)
		}
		s.timeout = time.Duration(min(t, math.MaxInt64))
	case eventRead, eventWrite:
		d, err := c.sys.descriptor(le.Uint32(p[16:]))
		right := rightFDRead
		if s.kind == eventWrite {
			right = rightFDWrite
		}
		switch {
		case err != nil, d.base&right == 0:
			s.err = EBADF
		default:
			s.interest = len(*want)
			*want = append(*want, Interest{d.file, s.kind == eventWrite})
		}
	default:
		return EINVAL
	}
	return nil
}
