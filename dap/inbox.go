package dap

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/go-dap"
)

// Messages are read ahead of their turn, since some can't wait for it: a cancel ends what is being
// answered or waits, a pause ends a function that an expression calls, and the client's answers are
// to requests of ours.

// message is a request that waits for its turn.
type message struct {
	request
	raw    []byte
	bad    string // why it is none
	ctx    context.Context
	cancel context.CancelFunc
}

// inbox is what has been read and not been answered.
type inbox struct {
	mu       sync.Mutex
	changed  *sync.Cond
	waiting  []*message
	bytes    int      // that wait
	now      *message // is being answered
	ended    bool     // nothing more will come
	relays   bool     // all is another's to answer
	progress map[string]context.CancelFunc
	replies  map[int]chan *reply
}

// Bounds of how far is read ahead: messages, and their bytes, beside one of any size.
const (
	mostWaiting      = 10000
	mostWaitingBytes = 4 << 20
)

// cancelled is the protocol's message of a request that was cancelled.
const cancelled = "cancelled"

func newInbox() *inbox {
	b := &inbox{progress: map[string]context.CancelFunc{}, replies: map[int]chan *reply{}}
	b.changed = sync.NewCond(&b.mu)
	return b
}

// put adds a message; false is that nobody waits for it any more.
func (b *inbox) put(m *message) bool {
	m.ctx, m.cancel = context.WithCancel(context.Background())
	b.mu.Lock()
	defer b.mu.Unlock()
	for (len(b.waiting) >= mostWaiting || b.bytes >= mostWaitingBytes) && !b.ended {
		b.changed.Wait()
	}
	if b.ended {
		m.cancel()
		return false
	}
	b.waiting = append(b.waiting, m)
	b.bytes += len(m.raw)
	b.changed.Broadcast()
	return true
}

// next returns the message whose turn it is; ok is false when there will be none.
func (b *inbox) next() (m *message, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) == 0 && !b.ended {
		b.changed.Wait()
	}
	if len(b.waiting) == 0 {
		return nil, false
	}
	b.now, b.waiting = b.waiting[0], b.waiting[1:]
	b.bytes -= len(b.now.raw)
	b.changed.Broadcast()
	return b.now, true
}

// done tells that the last one was answered.
func (b *inbox) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now.cancel()
	b.now = nil
}

// isOver tells whether nothing more will come.
func (b *inbox) isOver() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ended
}

func (b *inbox) isRelay() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.relays
}

// end tells that nothing more will come or is wanted.
func (b *inbox) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	for seq, c := range b.replies {
		close(c)
		delete(b.replies, seq)
	}
	b.changed.Broadcast()
}

// cancelRequest ends a request that waits or is being answered; now tells the latter.
func (b *inbox) cancelRequest(seq int) (now bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now != nil && b.now.Seq == seq {
		b.now.cancel()
		return true
	}
	for _, m := range b.waiting {
		if m.Seq == seq {
			m.cancel()
		}
	}
	return false
}

// cancelNow ends what is being answered.
func (b *inbox) cancelNow() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now != nil {
		b.now.cancel()
	}
}

// onReply makes the channel that the client's answer to our request seq will come through; it is closed when
// there will be none. send makes the request: nothing is read meanwhile.
func (b *inbox) onReply(send func() (seq int)) <-chan *reply {
	c := make(chan *reply, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		close(c)
	} else {
		b.replies[send()] = c
	}
	return c
}

// replied hands an answer on.
func (b *inbox) replied(r *reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.replies[r.RequestSeq]; c != nil {
		c <- r
		delete(b.replies, r.RequestSeq)
	}
}

// read fills the inbox until the connection ends.
func (s *server) read(in *bufio.Reader) error {
	defer s.inbox.end()
	for {
		b, err := readMessage(in)
		var bad errBadMessage
		m := &message{}
		switch {
		case errors.As(err, &bad):
			m.bad = bad.why
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			s.interrupt(true) // nobody waits for the answer
			return err
		default:
			if err := json.Unmarshal(b, &m.request); err != nil {
				m.bad = fmt.Sprintf("not a request: %v", err)
				break
			}
			m.raw = b
			if s.inbox.isRelay() {
				break
			}
			if m.Type == "response" {
				var r reply
				if json.Unmarshal(b, &r) == nil {
					s.inbox.replied(&r)
				}
				continue
			}
			switch m.Command {
			case "cancel":
				s.cancel(m)
				continue
			case "pause":
				s.interrupt(false)
			case "terminate", "terminateThreads", "disconnect":
				s.interrupt(true)
			}
		}
		if !s.inbox.put(m) {
			return nil
		}
		if m.Command == "disconnect" && m.bad == "" {
			return nil
		}
	}
}

// cancel answers the request of that name at once.
func (s *server) cancel(m *message) {
	answer := &response{RequestSeq: m.Seq, Command: m.Command, Success: true}
	var a dap.CancelArguments
	if len(m.Arguments) > 0 {
		if err := json.Unmarshal(m.Arguments, &a); err != nil {
			answer.Success, answer.Message = false, fmt.Sprintf("the arguments of cancel: %v", err)
		}
	}
	if a.ProgressId != "" {
		s.inbox.mu.Lock()
		if cancel := s.inbox.progress[a.ProgressId]; cancel != nil {
			cancel()
		}
		s.inbox.mu.Unlock()
	}
	if a.RequestId != 0 && s.inbox.cancelRequest(a.RequestId) {
		s.interrupt(false)
	}
	s.w.respond(answer)
}

// interrupt ends a function of the program that an expression is calling, and, if everything, whatever is being
// answered that can be ended.
func (s *server) interrupt(everything bool) {
	if everything {
		s.inbox.cancelNow()
	}
	s.mu.Lock()
	session, running := s.shared, s.running != nil
	s.mu.Unlock()
	if session != nil && !running {
		session.Interrupt()
	}
}
