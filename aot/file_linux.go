package aot

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// stamp tells one state of a file from another, as far as the file system knows.
type stamp struct {
	Size              int64
	Modified, Changed int64 // ns since 1970
	Inode, Device     uint64
}

// stampOf returns the stamp of a regular file.
func stampOf(path string) (stamp, bool) {
	var st syscall.Stat_t
	if syscall.Stat(path, &st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return stamp{}, false
	}
	return stamp{Size: st.Size, Modified: st.Mtim.Nano(), Changed: st.Ctim.Nano(), Inode: st.Ino, Device: uint64(st.Dev)}, true
}

// mapFile maps a file for reading. Nobody may make the file shorter meanwhile: reading what is
// gone would end the process.
func mapFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() == 0 || st.Size() != int64(int(st.Size())) {
		return nil, errors.New("the file is empty or too large")
	}
	return unix.Mmap(int(f.Fd()), 0, int(st.Size()), unix.PROT_READ, unix.MAP_PRIVATE)
}

func unmapFile(b []byte) {
	if err := unix.Munmap(b); err != nil {
		panic("aot: unmapFile: " + err.Error())
	}
}

// readFile is os.ReadFile for large files: it reads on all processors, into huge pages where
// the kernel gives them. A module is read and not mapped, since a linker may write over it.
func readFile(path string) ([]byte, error) {
	const piece = 8 << 20
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() < 2*piece {
		return io.ReadAll(f)
	}
	b := make([]byte, st.Size())
	hugePages(b)
	pieces := (len(b) + piece - 1) / piece
	errs := make([]error, pieces)
	todo := make(chan int, pieces)
	for i := range pieces {
		todo <- i
	}
	close(todo)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), pieces) {
		wg.Go(func() {
			for i := range todo {
				_, errs[i] = f.ReadAt(b[i*piece:min((i+1)*piece, len(b))], int64(i*piece))
			}
		})
	}
	wg.Wait()
	return b, errors.Join(errs...)
}

// borrowFile maps a large file while the kernel keeps writers waiting (a lease, see fcntl(2)): reading
// it into memory of our own costs more than anything else that is done with most of it. Nobody may look
// at the bytes behind release. ok is false where there is no lease to have, as when somebody has the file
// open for writing, or it is another user's, and for what is no module: objects stay in use.
func borrowFile(path string) (b []byte, release func(), ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, false
	}
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() || st.Size() < int64(borrowFrom) || st.Size() != int64(int(st.Size())) {
		f.Close()
		return nil, nil, false
	}
	if _, err = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK); err != nil {
		f.Close()
		return nil, nil, false
	}
	// It may have become shorter since it was looked at, but cannot any more.
	if st, err = f.Stat(); err == nil {
		b, err = unix.Mmap(int(f.Fd()), 0, int(st.Size()), unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_POPULATE)
	}
	if err != nil {
		f.Close() // and with it the lease
		return nil, nil, false
	}
	if !bytes.HasPrefix(b, []byte("\x00asm")) {
		unmapFile(b)
		f.Close()
		return nil, nil, false
	}
	return b, func() {
		returned(b)
		f.Close()
	}, true
}

// writersWait tells when somebody wants to write to a file that is borrowed: the kernel lets them wait, but
// not for longer than /proc/sys/fs/lease-break-time.
func writersWait() (wanted <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGIO)
	return c, func() { signal.Stop(c) }
}

// returned gives the memory of a borrowed file back. It stays mapped, so that looking at it would be a
// mistake of which nothing comes as long as the file is the same. Tests unmap it.
var returned = func(b []byte) { _ = unix.Madvise(b, unix.MADV_DONTNEED) }

// hugePages asks for huge pages under b. It is a wish: an error means small ones.
func hugePages(b []byte) {
	const huge = 2 << 20
	start := uintptr(unsafe.Pointer(&b[0]))
	skip := int(-start & (huge - 1))
	if size := (len(b) - skip) &^ (huge - 1); size > 0 {
		_ = unix.Madvise(b[skip:skip+size], unix.MADV_HUGEPAGE)
	}
}
