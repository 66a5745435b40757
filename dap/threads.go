package dap

import (
	"fmt"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// mainThread is the number of a program's first thread. Most programs have no other.
const mainThread = 1

// A frameId has the frame's level, counted from 1, since 0 reads as absent, and above that the thread's number,
// counted from 0.
const levelBits = 20

func frameID(thread, level int) int { return max(thread-mainThread, 0)<<levelBits + level + 1 }

// level is the frame that a frameId means, whose thread becomes the present one; absent is the innermost frame of
// the present one.
func (s *server) level(frameID int) int {
	if frameID <= 0 {
		return 0
	}
	s.selectThread(mainThread + (frameID-1)>>levelBits)
	return (frameID - 1) & (1<<levelBits - 1)
}

// selectThread makes the session look at a thread; 0 is the present one.
func (s *server) selectThread(id int) {
	if session := s.session; id != 0 && session != nil && session.ThreadCount() > 1 && session.CurrentThread() != id {
		_ = session.SelectThread(id) // what follows says that it has ended
	}
}

// thread is the thread that a threadId means; absent is the present one.
func (s *server) thread(id int) int {
	if id == 0 && s.session != nil && s.session.ThreadCount() > 1 {
		return max(s.session.CurrentThread(), mainThread)
	}
	return max(id, mainThread)
}

// checkThread refuses a thread that is none. Clients may leave it out.
func (s *server) checkThread(id int) error {
	if id == 0 || id == mainThread || s.session != nil && s.session.HasThread(id) {
		return nil
	}
	return fmt.Errorf("there is no thread %d", id)
}

// threads is answered while the program runs, too.
func (s *server) threads(*none) (any, error) {
	body := &dap.ThreadsResponseBody{Threads: []dap.Thread{}}
	if s.session == nil || s.session.State() == debugger.Exited {
		return body, nil
	}
	for _, id := range s.session.ThreadIDs() {
		name := fmt.Sprintf("thread %d", id)
		if id == mainThread {
			name = s.threadName()
		}
		body.Threads = append(body.Threads, dap.Thread{Id: id, Name: name})
	}
	return body, nil
}
