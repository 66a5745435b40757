package wasi

import (
	"io/fs"
	"os"
	"strconv"
	"strings"
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

// renameOnto renames a directory onto another, which package os does not, and POSIX does if that is empty.
func renameOnto(root *os.Root, from, into string, _ fs.FileMode) error {
	var fds [2]int
	var names [2]string
	for i, p := range [2]string{from, into} {
		dir, name := ".", p
		if at := strings.LastIndexByte(p, '/'); at >= 0 {
			dir, name = p[:at+1], p[at+1:]
		}
		d, err := root.Open(dir)
		if err != nil {
			return err
		}
		defer d.Close()
		fds[i], names[i] = int(d.Fd()), name // which is not followed if it is a link, and refused if it is ..
	}
	return unix.Renameat(fds[0], names[0], fds[1], names[1])
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

// hasRoom tells whether a pipe takes n bytes at once. One that is ready to be written to takes as many as are written in one
// piece (PIPE_BUF).
func hasRoom(pipe syscall.RawConn, n int) bool {
	const pipeBuf = 4096
	room := false
	if n > pipeBuf {
		return false
	}
	err := pipe.Control(func(fd uintptr) {
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 0)
		room = err == nil && ready > 0
	})
	return err == nil && room
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
