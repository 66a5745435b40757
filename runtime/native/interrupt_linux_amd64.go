package native

import (
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"sphex/aot/abi"
)

// Go's preemption signal brings a guest back to Go. The threads that run guests are known, so that
// nobody has to give his processor away to send it: no call here is one that Go's scheduler hears of.

// Read by the signal handler.
var (
	riders     [1024]uint32 // the numbers of threads that have run guests
	riderCount uint32
	processID  uint32 //lint:ignore U1000 only the handler reads it
)

var (
	ridersMu sync.Mutex
	eldest   uint32 // of riders, once there are too many
)

// hasThreadBase says that the processor tells threads apart (RDFSBASE). Where it does not, guests are brought back by a signal to
// each thread of the process.
var hasThreadBase bool

// ride notes the thread that is about to run c's guest. The scheduler may still choose another: then enter comes back again.
func ride(c *abi.Context) {
	tid := uint32(unix.Gettid())
	if atomic.SwapUint32(&c.TID, tid) == tid {
		return
	}
	ridersMu.Lock()
	defer ridersMu.Unlock()
	n := atomic.LoadUint32(&riderCount)
	for i := range n {
		if riders[i] == tid {
			return
		}
	}
	if int(n) == len(riders) { // most of them have ended
		atomic.StoreUint32(&riders[eldest], tid)
		eldest = (eldest + 1) % n
		return
	}
	atomic.StoreUint32(&riders[n], tid)
	atomic.StoreUint32(&riderCount, n+1)
}

func initRiders() {
	processID = uint32(unix.Getpid())
	const hwcap2, fsgsbase = 26, 1 << 1
	aux, err := unix.Auxv()
	if err != nil {
		return
	}
	for _, a := range aux {
		if a[0] == hwcap2 {
			hasThreadBase = a[1]&fsgsbase != 0
		}
	}
}

func urge(tid uint32) {
	unix.RawSyscall(unix.SYS_TGKILL, uintptr(processID), uintptr(tid), uintptr(unix.SIGURG))
}

// Inside reports whether a thread is in the guest of c, or on its way: not one that waits for a processor of Go's.
func Inside(c *abi.Context) bool { return atomic.LoadUint32(&c.Inside) != 0 }

// Interrupt brings the guest of c back to Go, if it runs. It may miss one that changes its thread: repeat with
// InterruptAll until the guest stands.
func Interrupt(c *abi.Context) {
	if !hasThreadBase {
		InterruptAll()
	} else if tid := atomic.LoadUint32(&c.TID); tid != 0 {
		urge(tid)
	}
}

// InterruptGuests does what the alarm does: it brings all guests that run back to Go.
func InterruptGuests() {
	atomic.AddUint64(&rings, 1)
	if !hasThreadBase {
		InterruptAll()
	}
	for i := range atomic.LoadUint32(&riderCount) {
		urge(atomic.LoadUint32(&riders[i]))
	}
}

// InterruptAll sends the signal to every thread of the process. Those that run no guest take it for the scheduler's.
func InterruptAll() {
	dir, err := os.Open("/proc/self/task")
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, n := range names {
		if tid, err := strconv.Atoi(n); err == nil {
			urge(uint32(tid))
		}
	}
}
