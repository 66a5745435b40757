package aot

import (
	"errors"
	"io"
	"os"
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

// hugePages asks for huge pages under b. It is a wish: an error means small ones.
func hugePages(b []byte) {
	const huge = 2 << 20
	start := uintptr(unsafe.Pointer(&b[0]))
	skip := int(-start & (huge - 1))
	if size := (len(b) - skip) &^ (huge - 1); size > 0 {
		_ = unix.Madvise(b[skip:skip+size], unix.MADV_HUGEPAGE)
	}
}
