package runtime

import (
	"context"
	"math"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"sphex/runtime/native"
)

// A guest holds one of Go's processors for up to 10 ms at a time. When guests hold all of them, a context's timer
// waits that long until it runs, and a guest that was killed while it waited for a processor, as many times that as there are others
// in front of it. So the alarm (package native) brings all guests to Go when a deadline has come, where they let the timers run; and
// a guest that is to leave is let before the others.

// deadlines are those of the calls that run.
var deadlines struct {
	mu    sync.Mutex
	heap  []*deadline // the first at index 0
	alarm int64       // when it rings; 0: it is not set
	rings uint64      // native.Rings when the heap was last looked at
}

// deadline is that of a thread's context.
type deadline struct {
	when  int64 // nanoseconds since epoch
	index int   // in the heap; -1: it is not there any more
}

var epoch = time.Now()

// watchDeadline has the alarm ring when ctx's deadline comes, until the function that it returns is called.
func watchDeadline(ctx context.Context) (forget func()) {
	t, ok := ctx.Deadline()
	if !ok {
		return nil
	}
	d := &deadline{when: int64(t.Sub(epoch))}
	l := &deadlines
	l.mu.Lock()
	defer l.mu.Unlock()
	d.index = len(l.heap)
	l.heap = append(l.heap, d)
	sinkUp(d.index)
	setAlarm()
	return d.forget
}

func (d *deadline) forget() {
	deadlines.mu.Lock()
	defer deadlines.mu.Unlock()
	if d.index >= 0 {
		removeDeadline(d.index) // the alarm may ring for nobody
	}
}

// alarmRang looks for the next deadline.
func alarmRang() {
	l := &deadlines
	l.mu.Lock()
	defer l.mu.Unlock()
	for now := int64(time.Since(epoch)); len(l.heap) > 0 && l.heap[0].when <= now; {
		removeDeadline(0)
	}
	setAlarm()
}

// patience is how long one that was killed may take to leave before all are asked again to let it.
const patience = time.Millisecond / 2

// setAlarm sets the alarm for what comes first, unless it rings before.
func setAlarm() {
	l := &deadlines
	now, rings, next := int64(time.Since(epoch)), native.Rings(), int64(math.MaxInt64)
	if len(l.heap) > 0 {
		next = l.heap[0].when
	}
	if leaving.Load() > 0 {
		next = min(next, now+int64(patience))
	}
	if next == math.MaxInt64 {
		return
	}
	if rings != l.rings || l.alarm < now-int64(time.Millisecond) {
		l.rings, l.alarm = rings, 0 // it may not be set any more
	}
	if l.alarm == 0 || l.alarm > next {
		l.alarm = next
		native.SetAlarm(time.Duration(l.alarm - now))
	}
}

func removeDeadline(i int) {
	h := deadlines.heap
	h[i].index = -1
	last := len(h) - 1
	if i != last {
		h[i] = h[last]
		h[i].index = i
	}
	h[last] = nil
	deadlines.heap = h[:last]
	if i != last {
		sinkDown(i)
		sinkUp(i)
	}
}

func swapDeadlines(i, j int) {
	h := deadlines.heap
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func sinkUp(i int) {
	for h := deadlines.heap; i > 0 && h[i].when < h[(i-1)/2].when; i = (i - 1) / 2 {
		swapDeadlines(i, (i-1)/2)
	}
}

func sinkDown(i int) {
	for h := deadlines.heap; ; {
		k := 2*i + 1
		if k >= len(h) {
			return
		}
		if k+1 < len(h) && h[k+1].when < h[k].when {
			k++
		}
		if h[i].when <= h[k].when {
			return
		}
		swapDeadlines(i, k)
		i = k
	}
}

// leaving is how many threads were killed in guest code and are not over yet.
var leaving atomic.Int32

// hurryTime is how long others give way: one that has not left by then waits for something else, in the host.
const hurryTime = 20 * time.Millisecond

// hurry has other guests give way to one that was killed, until it is over.
func (th *thread) hurry() {
	th.mu.Lock()
	if !th.over.Load() {
		th.hurried = true
		leaving.Add(1)
		time.AfterFunc(hurryTime, th.left)
	}
	th.mu.Unlock()
	deadlines.mu.Lock()
	setAlarm()
	deadlines.mu.Unlock()
}

// left is the end of hurry.
func (th *thread) left() {
	if !th.dead.Load() {
		return
	}
	th.mu.Lock()
	if th.hurried {
		th.hurried = false
		leaving.Add(-1)
	}
	th.mu.Unlock()
}

// giveWay is for guests that came to Go by a signal, or come by when the alarm has rung.
func (a *activation) giveWay() {
	if rings := native.Rings(); rings != a.rings {
		a.rings = rings
		alarmRang()
		goruntime.Gosched() // which runs timers
	}
	// One that was killed leaves when its turn comes. If it does not, it waits for something else.
	for n := 0; n < 64 && leaving.Load() > 0 && !a.thread.dead.Load(); n++ {
		goruntime.Gosched()
	}
}
