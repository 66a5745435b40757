package aot

import (
	"errors"
	"os"
	"sync"
	"time"

	"sphex/aot/debuginfo"
	"sphex/aot/object"
)

// behind makes the debug information of objects that is made later, and writes them to the cache, while
// somebody uses them already.
type behind struct {
	mu      sync.Mutex
	once    sync.Once
	stopped chan struct{}
	given   bool   // up
	writing string // the file that is being written, "" if there is none
	running sync.WaitGroup
}

// behindAfter is how long the user of an object has all processors for himself: as long as a debugger
// takes from there to its first stop. Tests set it.
var behindAfter = time.Second

// start finishes an object, of a module of that size, and stores it.
func (b *behind) start(f *object.File, size int, store func(f *object.File, create createFile)) {
	b.once.Do(func() { b.stopped = make(chan struct{}) })
	later := f.Later.(*debuginfo.Later)
	wanted, stop := writersWait()
	b.running.Go(func() {
		defer stop()
		done := make(chan struct{})
		defer close(done)
		go func() {
			select {
			case <-wanted: // the module's file
				later.Hurry()
			case <-done:
			}
		}()
		wait := time.NewTimer(behindAfter)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-later.Awaited():
		case <-b.stopped:
			return
		}
		collect(size)
		defer save(size)()
		later.FinishBehind()
		collect(size) // the module, too
		whole := *f
		whole.Later, whole.Debug = nil, later.Sections()
		store(&whole, b.create)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.writing = ""
	})
}

var errGivenUp = errors.New("the process ends")

// create is createTemp for a file that giveUp removes.
func (b *behind) create(name string) (*os.File, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.given {
		return nil, errGivenUp
	}
	f, err := createTemp(name)
	if err == nil {
		b.writing = f.Name()
	}
	return f, err
}

// giveUp begins nothing any more, and removes what is not whole.
func (b *behind) giveUp() {
	b.once.Do(func() { b.stopped = make(chan struct{}) })
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.given {
		return
	}
	b.given = true
	close(b.stopped)
	if b.writing != "" {
		_ = os.Remove(b.writing) // it may be whole by now, and have its name
	}
}
