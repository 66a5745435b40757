package debugger

import (
	"context"
	"errors"

	"sphex/runtime"
	"sphex/runtime/wasi"
)

// HostedRun is how a program ended that Host.Run ran.
type HostedRun struct {
	ExitCode int
	Results  []string // what the invoked function returned
	Trap     *Report  // nil if it did not trap
}

// Run runs a program to its end at full speed, under no debugger, but shown to those that may attach to it. ready, which
// may be nil, is called before the program starts.
func (h *Host) Run(ctx context.Context, cfg Config, ready func()) (*HostedRun, error) {
	s := newSession(cfg)
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	defer s.closePreloads()
	defer s.code.Close()
	p, err := s.instantiate()
	if err != nil {
		return nil, err
	}
	defer p.close()
	p.instance.OnBreakpoint(nil) // they are those of who attaches
	p.instance.OnWatch(nil)
	ExplainTraps(p.instance, s.image.object)
	x := h.show(cfg.Program, p.instance, s.image.object)
	for _, l := range p.linked {
		y := h.show(l.of.Name, l.instance, l.of.object)
		defer h.hide(y, Stop{Err: ErrDetached})
	}
	run := &HostedRun{}
	defer func() { h.hide(x, Stop{ExitCode: run.ExitCode, results: run.Results}) }()
	if ready != nil {
		ready()
	}
	var words []uint64
	p.free = &wasi.Threads{Instantiate: func(context.Context) (*runtime.Instance, error) {
		in, err := s.instantiateIn(p, s.code, p.imports, runtime.Config{StackSize: cfg.StackSize})
		if err == nil {
			ExplainTraps(in, s.image.object)
		}
		return in, err
	}}
	err = p.free.Run(p.instance, func() (err error) {
		for ; p.start != nil && err == nil; p.start = p.afterStart() {
			_, index := p.start.Instance()
			_, err = p.instance.CallIndex(ctx, index)
		}
		if err == nil {
			_, index := p.entry.Instance()
			words, err = p.instance.CallIndex(ctx, index, p.args...)
		}
		return err
	})
	var exit *runtime.ExitError
	switch report, trapped := Explain(err, s.image.object); {
	case err == nil:
		run.Results = p.renderResults(words)
	case errors.As(err, &exit):
		run.ExitCode = int(exit.Code)
	case trapped:
		run.ExitCode, run.Trap = TrapStatus, report
		var thread *wasi.ThreadError
		if errors.As(err, &thread) {
			report.Thread = int(thread.ID)
		}
	default:
		return nil, err
	}
	return run, nil
}
