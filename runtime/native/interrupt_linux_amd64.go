package native

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Interrupt sends Go's preemption signal to every thread of the process. The one that runs a
// guest whose Context.Pause is set comes back to Go; the others take it for the scheduler's.
// A thread that is born meanwhile may be missed: repeat until the guest stands.
func Interrupt() {
	dir, err := os.Open("/proc/self/task")
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	pid := unix.Getpid()
	for _, n := range names {
		if tid, err := strconv.Atoi(n); err == nil {
			unix.Tgkill(pid, tid, unix.SIGURG)
		}
	}
}
