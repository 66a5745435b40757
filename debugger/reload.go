package debugger

import (
	"context"
	"os"
	"sync"
	"time"
)

// A program is compiled again while its session is open: Restart looks whether its file is another than the one
// that was loaded, and then starts the new one. Breakpoints and traced functions are bound anew.

// fileStamp tells contents of a file apart as far as that costs nothing.
type fileStamp struct {
	size int64
	time time.Time
}

// stampOf returns the zero stamp for a file that is not there: a program may come from elsewhere.
func stampOf(path string) (f fileStamp) {
	if i, err := os.Stat(path); err == nil {
		f.size, f.time = i.Size(), i.ModTime()
	}
	return f
}

// imageNow returns what was loaded last, for those who are not the owner.
func (s *Session) imageNow() *image {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.image
}

// reload loads the program again if its file has changed; changed tells that it has. After an error the
// old one is there still.
func (s *Session) reload() (changed bool, err error) {
	now := stampOf(s.cfg.Program)
	if now == s.stamp || now == (fileStamp{}) {
		return false, nil
	}
	image, code := s.image, s.code
	if err := s.load(context.Background()); err != nil {
		s.mu.Lock()
		s.image, s.code = image, code
		s.mu.Unlock()
		return false, err
	}
	s.dropCheckpoints() // of the old code
	code.Close()
	s.source.forget()
	s.makeScopes()
	for _, b := range s.breakpoints {
		b.Places, b.Message = s.bind(s.image, &b.BreakpointSpec)
		if b.ID > 0 {
			s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint})
		}
	}
	s.tracer.functions = nil
	for _, pattern := range s.tracer.patterns {
		if found, err := s.image.tracedBy(pattern); err == nil {
			s.traceFunctions(found)
		}
	}
	s.emit(&LogOutput{Text: "The program's file has changed: it was loaded again."})
	return true, nil
}

// makeScopes makes what steps and entry stops know of the program.
func (s *Session) makeScopes() {
	escaping := s.code.Layout().Escaping
	s.hasSources = sync.OnceValue(s.findSources)
	s.ownScope = newStepScope(s.image, escaping, s.ownFile)
	s.sourceScope = newStepScope(s.image, escaping, func(file string) bool { return !s.standsIn(file) })
	s.fullScope = newStepScope(s.image, escaping, nil)
	s.scopeFor = nil
	for _, scope := range []*stepScope{s.ownScope, s.sourceScope, s.fullScope} {
		scope.skipped = s.skips
	}
}

// forget drops what was found: files may have changed.
func (s *sourceFinder) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.paths)
	clear(s.lines)
}
