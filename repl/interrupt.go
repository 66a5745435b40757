package repl

import (
	"context"
	"os"
	"os/signal"
	"sync"
)

// patience is what an interrupt ends: the run of the program, or else what a command waits for and prints.
type patience struct {
	mu      sync.Mutex
	running int    // runs of the program
	pause   func() // of the program
	end     func() // of the command; nil: there is none
}

func (p *patience) interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.running > 0:
		p.pause()
	case p.end != nil:
		p.end()
	}
}

// takeInterrupts makes interrupts ours, until the function that it returns is called.
func (r *loop) takeInterrupts() (over func()) {
	r.patience = &patience{pause: r.cfg.Session.Pause}
	return eachInterrupt(r.patience.interrupt)
}

// eachInterrupt calls f for each interrupt, until the function that it returns is called.
func eachInterrupt(f func()) (over func()) {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range interrupts {
			f()
		}
	}()
	return func() {
		signal.Stop(interrupts)
		close(interrupts)
		<-ended
	}
}

// perform runs a command, which an interrupt ends if it waits for debug information or prints.
func (r *loop) perform(line string) error {
	p := r.patience
	if p == nil {
		return r.interp.Execute(line)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.mu.Lock()
	p.end = func() {
		cancel()
		r.pager.End()
	}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.end = nil
		p.mu.Unlock()
		cancel()
	}()
	return r.interp.ExecuteUntil(ctx, line)
}

// pausing makes an interrupt pause the program, until the function that it returns is called.
func (r *loop) pausing() (over func()) {
	p := r.patience
	if p == nil {
		return eachInterrupt(r.cfg.Session.Pause)
	}
	add := func(n int) {
		p.mu.Lock()
		p.running += n
		p.mu.Unlock()
	}
	add(1)
	return func() { add(-1) }
}
