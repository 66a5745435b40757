package dap

import (
	"fmt"
	"sync"
	"time"

	"github.com/google/go-dap"
)

// progress tells the client of work that takes long. Work that does not is not mentioned.
type progress struct {
	s     *server
	mu    sync.Mutex
	id    string
	told  bool
	title string
	stage string
	timer *time.Timer
	ended bool
}

// quiet is how long work lasts before the client hears of it.
const quiet = 300 * time.Millisecond

// startProgress begins to watch over what the present request does. The client may cancel that.
func (s *server) startProgress(title string) *progress {
	p := &progress{s: s, title: title}
	if s.client.progress {
		s.inbox.mu.Lock()
		s.progressID++
		id := fmt.Sprintf("work %d", s.progressID)
		now := s.inbox.now
		if now != nil {
			s.inbox.progress[id] = now.cancel
		}
		s.inbox.mu.Unlock()
		p.id = id
		p.timer = time.AfterFunc(s.options.quiet(), func() { p.tell(now) })
	}
	return p
}

// quiet is how long work lasts before the client hears of it; tests can't wait.
func (o *Options) quiet() time.Duration {
	if o.tellsAtOnce {
		return 0
	}
	return quiet
}

func (p *progress) tell(now *message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.told = true
	body := &dap.ProgressStartEventBody{ProgressId: p.id, Title: p.title, Cancellable: true, Message: p.stage}
	if now != nil {
		body.RequestId = now.Seq
	}
	p.s.w.event("progressStart", body)
}

// update tells what is being done now.
func (p *progress) update(stage string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = stage
	if p.told && !p.ended {
		p.s.w.event("progressUpdate", &dap.ProgressUpdateEventBody{ProgressId: p.id, Message: stage})
	}
}

// end tells that the work is done.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.id == "" {
		return
	}
	if p.told {
		p.s.w.event("progressEnd", &dap.ProgressEndEventBody{ProgressId: p.id})
	}
	p.s.inbox.mu.Lock()
	delete(p.s.inbox.progress, p.id)
	p.s.inbox.mu.Unlock()
}
