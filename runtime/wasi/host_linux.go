package wasi

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// addSystemStat adds what only the system's own structure has.
func addSystemStat(st *Stat, info fs.FileInfo) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		st.Dev, st.Ino, st.Nlink = uint64(s.Dev), s.Ino, uint64(s.Nlink)
		st.Access, st.Change = s.Atim.Nano(), s.Ctim.Nano()
	}
}

// setTimes goes through the descriptor, so that it does not matter where the file is now.
func setTimes(f *os.File, access, modify time.Time) error {
	return os.Chtimes("/proc/self/fd/"+strconv.Itoa(int(f.Fd())), access, modify)
}

func cpuTime(c Clock) (int64, error) {
	id := int32(unix.CLOCK_PROCESS_CPUTIME_ID)
	if c == ClockThread {
		id = unix.CLOCK_THREAD_CPUTIME_ID
	}
	var ts unix.Timespec
	if err := unix.ClockGettime(id, &ts); err != nil {
		return 0, err
	}
	return ts.Nano(), nil
}

// readable tells whether a socket has something to read, or may have.
func readable(socket any) bool {
	s, ok := socket.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return true
	}
	there := true
	err = raw.Control(func(fd uintptr) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		there = err != nil || n > 0
	})
	return there || err != nil
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
